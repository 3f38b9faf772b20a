/** LAN mode over a real network: another machine that reaches the service, and what it gets. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LIMITS } from '../../api/limits.ts';
import { startServer } from '../../api/server.ts';
import type { SettingsInput } from '../../core/settings.ts';
import { createDependencies, KEYMAP, type ServiceOptions, TOKEN } from '../fixtures/api/service.ts';
import { createNeighbour, type Question, WITHOUT_NEIGHBOURS } from '../fixtures/lan/neighbour.ts';

async function start(settings: SettingsInput, limits: ServiceOptions['limits'] = {}) {
  const parts = createDependencies({ settings: { port: 0, lanPort: 0, ...settings } });
  onTestFinished(parts.close);
  const server = await startServer(parts.dependencies, { ...LIMITS, ...limits });
  onTestFinished(server.close);
  return { ...parts.dependencies, ...server };
}

function neighbour() {
  const made = createNeighbour();
  onTestFinished(made.close);
  return made;
}

const json = { 'content-type': 'application/json' };

describe('listening for other machines', () => {
  it.each(['0.0.0.0', '::', '192.0.2.2', 'kiln.lan'])(
    'at %s is refused unless KILN_LAN allows it',
    async (host) => {
      await expect(start({ host })).rejects.toMatchObject({
        code: 'service.lan-not-allowed',
        message: expect.stringContaining(host),
        remedy: expect.stringContaining('--lan'),
      });
    },
  );

  it.each(['127.0.0.1', 'localhost', '::1'])(
    'is refused when KILN_HOST is %s, which they do not reach',
    async (host) => {
      for (const lan of ['plain', 'tls']) {
        await expect(start({ host, lan })).rejects.toMatchObject({ code: 'settings.invalid' });
      }
    },
  );

  it('is refused with a certificate that cannot be used, and leaves nothing listening', async () => {
    const settings = {
      lan: 'tls',
      tlsCert: '/nonexistent/cert.pem',
      tlsKey: '/nonexistent/key.pem',
    };
    await expect(start(settings)).rejects.toMatchObject({ code: 'settings.invalid' });
  });

  it('names the port that another program has, and gives the other one back', async () => {
    const first = await start({ lan: 'tls' });
    const { port } = new URL(first.lan?.urls[0] ?? '');
    const free = (await start({})).port + 1000;
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(start({ lan: 'tls', port: free, lanPort: port })).rejects.toMatchObject({
        code: 'service.port-in-use',
        message: expect.stringContaining(port),
      });
    }
  });
});

describe('the encrypted door', () => {
  it('is beside the plain one, which stays for this machine alone', async () => {
    const { port, url, lan } = await start({ lan: 'tls' });
    expect(url).toBe(`http://localhost:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}/v1`)).status).toBe(200);
    const tlsPort = Number(new URL(lan?.urls[0] ?? '').port);
    const socket = connectTls({ host: '127.0.0.1', port: tlsPort, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().fingerprint256).toBe(lan?.fingerprint);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.write(
      `GET /v1 HTTP/1.1\r\nHost: localhost:${tlsPort}\r\nOrigin: https://localhost:${tlsPort}\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
    expect(String(answer)).toContain(`access-control-allow-origin: https://localhost:${tlsPort}`);
  });

  it('is trusted by whoever was given its certificate', async () => {
    const { lan, settings } = await start({ lan: 'tls' });
    const ca = readFileSync(`${settings.dataDir}/tls/cert.pem`);
    const port = Number(new URL(lan?.urls[0] ?? '').port);
    const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', port, ca });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
  });

  it('takes nothing plain, and cuts who does not begin or does not go on', async () => {
    const { lan } = await start({ lan: 'tls' }, { headersMs: 200, requestMs: 300, checkMs: 50 });
    const port = Number(new URL(lan?.urls[0] ?? '').port);
    const plain = connectPlain(port, '127.0.0.1');
    plain.on('error', () => undefined);
    let text = '';
    plain.on('data', (chunk) => {
      text += chunk;
    });
    plain.write(`GET /v1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await once(plain, 'close');
    expect(text).not.toContain('HTTP/1.1');
    const silent = connectPlain(port, '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'close');
    const slow = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    slow.on('error', () => undefined);
    await once(slow, 'secureConnect');
    slow.write('GET /v1 HTTP/1.1\r\nX-Slow: ');
    const [answer] = await once(slow, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('does not keep the service from stopping by a connection that never begins', async () => {
    const { lan, close } = await start({ lan: 'tls' }, { closeMs: 100 });
    const silent = connectPlain(Number(new URL(lan?.urls[0] ?? '').port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    const gone = once(silent, 'close');
    await close();
    await gone;
  });

  it('closes with the service, streams and idle connections too', async () => {
    const { lan, close } = await start({ lan: 'tls' }, { closeMs: 60_000 });
    const port = Number(new URL(lan?.urls[0] ?? '').port);
    const idle = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(idle, 'secureConnect');
    idle.write(`GET /v1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await once(idle, 'data');
    const gone = once(idle, 'close');
    await close();
    await gone;
  });
});

describe.skipIf(WITHOUT_NEIGHBOURS !== null)(`another machine${WITHOUT_NEIGHBOURS ?? ''}`, () => {
  it('does not reach a service that was not opened to it', async () => {
    const other = neighbour();
    const { port } = await start({});
    const [answer] = await other.ask({ url: `http://${other.service}:${port}/kiln/v1/health` });
    expect(answer?.status).toBe(0);
  });

  it('does not reach the plain port of a service that was opened with encryption', async () => {
    const other = neighbour();
    const { port, lan } = await start({ lan: 'tls' });
    const door = new URL(lan?.urls.find((url) => url.includes(other.service)) ?? '');
    const [plain, encrypted] = await other.ask(
      { url: `http://${other.service}:${port}/kiln/v1/health` },
      { url: `${door.origin}/kiln/v1/health` },
    );
    expect(plain?.status).toBe(0);
    expect(encrypted).toMatchObject({ status: 200, fingerprint: lan?.fingerprint });
  });

  it('gets nothing before it was let in, and the QMK API afterwards', async () => {
    const other = neighbour();
    const { port, pairings, keys, queue } = await start({ lan: 'plain' });
    const { code } = await pairings.begin(3_600_000);
    const base = `http://${other.service}:${port}`;
    const submission = { method: 'POST', headers: json, body: JSON.stringify(KEYMAP) };
    const before = await other.ask(
      { url: `${base}/v1` },
      { url: `${base}/v1/compile`, ...submission },
      { url: `${base}/kiln/v1/jobs`, headers: { authorization: `Bearer ${TOKEN}` } },
      { url: `${base}/v1`, headers: { 'x-forwarded-for': '127.0.0.1' } },
      { url: `${base}/kiln/v1/health` },
    );
    expect(before.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200]);
    const [paired] = await other.ask({
      url: `${base}/kiln/v1/pair`,
      method: 'POST',
      headers: { ...json, origin: base },
      body: JSON.stringify({ code }),
    });
    expect(paired?.status).toBe(201);
    const cookie = String(paired?.headers['set-cookie']).split(';')[0] ?? '';
    const after = await other.ask(
      { url: `${base}/v1`, headers: { cookie } },
      { url: `${base}/v1/compile`, ...submission, headers: { ...json, cookie, origin: base } },
      { url: `${base}/kiln/v1/jobs`, headers: { cookie } },
      { url: `${base}/p/${code}/v1` },
    );
    expect(after.map(({ status }) => status)).toEqual([200, 200, 403, 200]);
    expect(await queue.counts()).toEqual({ queued: 1, running: 0 });
    expect(await keys.list()).toMatchObject([{ name: 'device', paired: true }]);
  });

  it('calls the service by the address that it reached, and by no other name', async () => {
    const other = neighbour();
    const third = neighbour();
    const { port } = await start({ lan: 'plain', access: 'open' });
    const url = `http://${other.service}:${port}/v1`;
    const byHost = (host: string): Question => ({ url, headers: { host } });
    const answers = await other.ask(
      byHost(`${other.service}:${port}`),
      byHost(`rebind.example:${port}`),
      byHost(`${third.service}:${port}`),
      byHost(`localhost:${port}`),
      byHost(`127.0.0.1:${port}`),
      byHost(other.service),
      // A page of that machine itself, at its own port of this number.
      { url, headers: { origin: `http://localhost:${port}` } },
      { url, headers: { origin: `http://${other.service}:${port}` } },
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 421, 421, 421, 421, 421, 403, 200]);
  });

  it('gets a share of the connections, and leaves the rest to others', async () => {
    const other = neighbour();
    const { port } = await start({ lan: 'plain' }, { connectionsOfOne: 5, connections: 20 });
    expect(await other.hold(port, 30)).toBe(5);
    expect((await fetch(`http://127.0.0.1:${port}/v1`)).status).toBe(200);
    // Those are given back when their machine is gone.
    await expect.poll(() => other.hold(port, 3)).toBe(3);
  });
});
