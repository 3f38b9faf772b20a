/**
 * Kiln contacts nobody unasked: docs/network.md lists every address. Service, workers, builds and commands run under
 * strace, which sees each address that a system call names, whether anything answers there or not.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Environment, Place } from '../fixtures/service/place.ts';
import { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const KILN = resolve(import.meta.dirname, '../../cli/kiln.js');
const PAGE = resolve(import.meta.dirname, '../fixtures/configurator-page');

/** Why strace cannot watch here; null where it can. */
function withoutStrace(): string | null {
  try {
    execFileSync('strace', ['-f', '-qq', '-e', 'trace=connect', '-o', '/dev/null', 'true'], {
      stdio: 'ignore',
    });
    return null;
  } catch {
    return ' (skipped: strace is missing or may not trace; on Debian: apt-get install strace)';
  }
}

const WITHOUT = withoutStrace();

interface Watched {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly ended: Promise<number | null>;
  /** Addresses beyond this machine that anything in it named so far. */
  readonly contacts: () => readonly string[];
}

let watches = 0;

function watch(
  place: Place,
  file: string,
  args: readonly string[],
  env: Environment = {},
): Watched {
  const report = join(place.folder, `calls-${++watches}.txt`);
  const calls = 'trace=connect,sendto,sendmsg,sendmmsg';
  const child = spawn(
    'strace',
    ['-f', '-qq', '-s', '0', '-e', calls, '-o', report, file, ...args],
    {
      cwd: place.folder,
      env: place.environment(env),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const read = () => (existsSync(report) ? readFileSync(report, 'utf8') : '');
  return {
    child,
    stdout: () => text,
    ended: once(child, 'close').then(([code]) => code as number | null),
    contacts: () =>
      [...read().matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)]
        .map(([, four, six]) => four ?? six ?? '')
        .filter((address) => !/^127\.|^::1$|^::ffff:127\./.test(address)),
  };
}

async function serviceOf(seen: Watched): Promise<Service> {
  const line = await until(
    'the service to be ready',
    () => (seen.stdout().endsWith('\n') ? seen.stdout() : null),
    60_000,
  );
  const command = { child: seen.child, ended: Promise.reject(new Error('watched by strace')) };
  command.ended.catch(() => undefined);
  return new Service(JSON.parse(line), {
    ...command,
    stdout: () => '',
    stderr: () => '',
  });
}

/** What the service answers to whom asks it for a keymap from elsewhere. */
async function remoteKeymap({ url, token }: Service, address: string): Promise<number> {
  const answer = await fetch(`${url}/kiln/v1/remote-keymaps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ url: address }),
  });
  return answer.status;
}

const kiln = (place: Place, ...args: string[]) => watch(place, process.execPath, [KILN, ...args]);

describe.skipIf(WITHOUT !== null)(`what Kiln contacts${WITHOUT ?? ''}`, () => {
  beforeAll(requireTools);

  it('would be seen: a socket that only names an address elsewhere is', async () => {
    const place = testPlace();
    // Sends nothing: to connect a socket of datagrams notes the address down.
    const script = `const s = require('node:dgram').createSocket('udp4'); s.connect(9, '192.0.2.1', () => s.close());`;
    const seen = watch(place, process.execPath, ['-e', script]);
    await seen.ended;
    expect(seen.contacts()).toEqual(['192.0.2.1']);
  });

  it('is nobody while a service starts, builds, searches, serves the Configurator and stops', {
    timeout: 180_000,
  }, async () => {
    const place = testPlace();
    expect(await place.run(['configurator', 'add', PAGE])).toMatchObject({ exitCode: 0 });
    const seen = kiln(place, 'serve', '--json', '--port', '0');
    const service = await serviceOf(seen);
    const id = await service.submit(keymapOf(1));
    const { state } = await service.ended(id, 90_000);
    expect(state).toBe('finished');
    await service.file(id, 'download');
    for (const path of [
      '/v1/keyboards',
      '/v1/keyboards/kiln/pad4x4',
      '/v1/usb.json',
      '/kiln/v1/keyboards?q=pad',
      '/kiln/v1/openapi.json',
      '/configurator/',
      '/configurator/assets/page.js',
    ]) {
      expect((await service.request(path)).status, path).toBe(200);
    }
    // Hosts that are not on the list, and addresses of networks of one's own.
    for (const url of ['https://192.0.2.7/keymap.json', 'https://[2001:db8::1]/keymap.json']) {
      expect(await remoteKeymap(service, url)).toBe(403);
    }
    process.kill(service.pid, 'SIGTERM');
    expect(await seen.ended).toBe(0);
    expect(seen.contacts()).toEqual([]);
  });

  it('is the one host that a keymap is fetched from, once a person agreed', {
    timeout: 60_000,
  }, async () => {
    const place = testPlace();
    const env = { KILN_IMPORT_HOSTS: '192.0.2.7,192.0.2.8', KILN_IMPORT_PRIVATE: 'allow' };
    const seen = watch(place, process.execPath, [KILN, 'serve', '--json', '--port', '0'], env);
    const service = await serviceOf(seen);
    expect(seen.contacts()).toEqual([]);
    // Nobody answers there: the attempt is what counts.
    remoteKeymap(service, 'https://192.0.2.7/keymap.json').catch(() => undefined);
    await until('the host to be asked', () => seen.contacts().length > 0);
    expect(new Set(seen.contacts())).toEqual(new Set(['192.0.2.7']));
    process.kill(service.pid, 'SIGTERM');
    await seen.ended;
  });

  it('is nobody but this machine’s own service while commands run', {
    timeout: 120_000,
  }, async () => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'keymap.json'), JSON.stringify(keymapOf(2)));
    for (const args of [
      ['compile', 'keymap.json'],
      ['keyboards', '--json'],
      ['tree', 'list'],
      ['doctor', '--json'],
      ['configurator', 'show'],
    ]) {
      const seen = kiln(place, ...args);
      await seen.ended;
      expect(seen.contacts(), args.join(' ')).toEqual([]);
    }
  });
});
