/** The service under a supervisor that speaks systemd's protocol: the real systemd-notify, and a socket that listens. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';

const has = (command: string) => spawnSync(command, ['--version']).status === 0;
const REASON = has('systemd-notify') ? '' : ' (skipped: there is no systemd-notify)';
const UNIT_REASON = has('systemd-analyze') ? '' : ' (skipped: there is no systemd-analyze)';
const UNIT = join(import.meta.dirname, '../../deploy/systemd/kiln.service');

const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode().replace(chr(10), ' '), flush=True)
`;

describe.skipIf(REASON !== '')(`a service under systemd${REASON}`, () => {
  it('says that it is ready, feeds the watchdog, and says that it stops', async () => {
    const place = testPlace();
    const socket = join(place.folder, 'notify');
    const listener = spawn('python3', ['-c', LISTENER, socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let heard = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    onTestFinished(async () => {
      listener.kill('SIGKILL');
      await once(listener, 'exit');
    });
    await until('the socket', () => existsSync(socket));
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' };
    const service = await place.serve({ env });
    await until('to be ready', () => /READY=1/.test(heard));
    expect(heard).toContain(`STATUS=Answers at ${service.url}`);
    expect(heard).toContain(`MAINPID=${service.pid}`);
    await until('the watchdog', () => heard.split('WATCHDOG=1').length > 2);
    await service.stop();
    await until('it to say that it stops', () => heard.includes('STOPPING=1'));
  }, 90_000);
});

describe('the systemd unit', () => {
  it.skipIf(UNIT_REASON !== '')(`is one that systemd takes${UNIT_REASON}`, () => {
    const place = testPlace();
    // The program that it starts is nowhere on this machine.
    const text = readFileSync(UNIT, 'utf8').replace('/usr/local/bin/kiln serve', '/bin/true');
    const file = join(place.folder, 'kiln.service');
    execFileSync('tee', [file], { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
    const { status, stderr, stdout } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    expect({
      status,
      said: `${stdout}${stderr}`.split('\n').filter((line) => line.includes('kiln')),
    }).toEqual({
      status: 0,
      said: [],
    });
  });
});
