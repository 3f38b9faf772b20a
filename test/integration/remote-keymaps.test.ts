/** Keymaps from addresses: a real server on this machine, and the service's own words about what it will not fetch. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KilnError } from '../../core/errors.ts';
import { type FetchRules, fetchText } from '../../core/remote/fetch-text.ts';
import { createService, TOKEN } from '../fixtures/api/service.ts';

const KEYMAP = JSON.stringify({ keyboard: 'kiln/pad4x4', layers: [['KC_A']] });

/** @returns the server's `host:port` and what it was asked. */
async function serve(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const json: RequestListener = (_request, response) =>
  void response.setHeader('content-type', 'application/json').end(KEYMAP);

const rulesFor = (host: string, more: Partial<FetchRules> = {}): FetchRules => ({
  hosts: [host],
  privateAddresses: true,
  ...more,
});

async function refusalOf(address: string, rules: FetchRules): Promise<KilnError> {
  const error = await fetchText(address, rules).catch((thrown: unknown) => thrown);
  if (error instanceof KilnError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`);
}

describe('a keymap from an address', () => {
  it('comes with its name, and the server learns nothing of who asks', async () => {
    const { host, requests } = await serve(json);
    const fetched = await fetchText(`http://${host}/a/my%20pad.json?raw=1#x`, rulesFor(host));
    expect(fetched).toEqual({ name: 'my pad.json', text: KEYMAP });
    expect(Object.keys(requests[0]!.headers).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
    ]);
    expect(requests[0]!.url).toBe('/a/my%20pad.json?raw=1');
  });

  it.each([
    ['ftp://host/x.json'],
    ['file:///etc/passwd'],
    ['keymap.json'],
    ['https://me:secret@codeberg.org/x.json'],
  ])('is no file of this machine and carries no password: %s', async (address) => {
    const { code } = await refusalOf(address, rulesFor('codeberg.org'));
    expect(code).toBe('remote.address-invalid');
  });

  it('is of a host of the list, to the port', async () => {
    const { host, requests } = await serve(json);
    const other = rulesFor('127.0.0.1');
    expect(await refusalOf(`http://${host}/x.json`, other)).toMatchObject({
      code: 'remote.refused',
    });
    expect(requests).toEqual([]);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f.1', 'localhost'])(
    'is not of this machine, however it is spelled: %s',
    async (name) => {
      const { host, requests } = await serve(json);
      const port = host.split(':')[1]!;
      const address = new URL(`https://${name}:${port}/x.json`);
      const error = await refusalOf(
        address.href,
        rulesFor(address.host, { privateAddresses: false }),
      );
      expect(error).toMatchObject({ code: 'remote.refused' });
      expect(error.message).toContain('on this machine or its own network');
      expect(requests).toEqual([]);
    },
  );

  it('comes encrypted, but from this network when that is allowed', async () => {
    const { code, message } = await refusalOf(
      'http://codeberg.org/x.json',
      rulesFor('codeberg.org', { privateAddresses: false }),
    );
    expect([code, message]).toEqual([
      'remote.refused',
      'Only addresses that begin with https:// are read.',
    ]);
  });

  it('may lie elsewhere on the same host, but on no other, and not in a circle', async () => {
    const { host: foreign, requests } = await serve(json);
    const { host } = await serve(({ url }, response) => {
      if (url === '/here') response.writeHead(302, { location: '/there.json' }).end();
      else if (url === '/out') response.writeHead(302, { location: `http://${foreign}/` }).end();
      else if (url === '/round') response.writeHead(307, { location: '/round' }).end();
      else response.setHeader('content-type', 'text/plain; charset=utf-8').end(KEYMAP);
    });
    expect(await fetchText(`http://${host}/here`, rulesFor(host))).toEqual({
      name: 'there.json',
      text: KEYMAP,
    });
    // Even when both hosts may be asked: a person agreed to one.
    const both = rulesFor(host, { hosts: [host, foreign] });
    expect(await refusalOf(`http://${host}/out`, both)).toMatchObject({ code: 'remote.refused' });
    expect(requests).toEqual([]);
    expect(await refusalOf(`http://${host}/round`, both)).toMatchObject({ code: 'remote.failed' });
  });

  it.each<[string, RequestListener]>([
    ['a web page', (_, response) => response.setHeader('content-type', 'text/html').end('<p>')],
    ['no text', (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['too much', (_, response) => response.end(Buffer.alloc(3_000, 0x20))],
  ])('is refused when it is %s', async (_what, answer) => {
    const { host } = await serve(answer);
    const { code } = await refusalOf(`http://${host}/x`, rulesFor(host, { maxBytes: 2_000 }));
    expect(code).toBe('remote.unfit');
  });

  it.each<[string, RequestListener]>([
    ['answered with 404', (_, response) => response.writeHead(404).end()],
    ['it took too long', (_, response) => void response.write('{')],
    ['ECONNRESET', ({ socket }) => socket.destroy()],
  ])('that cannot be had says why: %s', async (why, answer) => {
    const { host } = await serve(answer);
    const error = await refusalOf(`http://${host}/x`, rulesFor(host, { timeoutMs: 300 }));
    expect(error.code).toBe('remote.failed');
    expect(error.message).toContain(why);
  });
});

describe('POST /kiln/v1/remote-keymaps', () => {
  const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

  it('fetches for the person at this machine, by the settings', async () => {
    const { host } = await serve(json);
    const body = { url: `http://${host}/pad.json` };
    const service = createService({ settings: { importHosts: host, importPrivate: 'allow' } });
    expect((await service.post('/kiln/v1/remote-keymaps', body)).statusCode).toBe(401);
    const answer = await service.post('/kiln/v1/remote-keymaps', body, AUTHORIZED);
    expect(answer.json()).toEqual({ name: 'pad.json', text: KEYMAP });
    const strict = createService({ settings: { importHosts: host } });
    const refused = await strict.post('/kiln/v1/remote-keymaps', body, AUTHORIZED);
    expect([refused.statusCode, refused.json().error.code]).toEqual([403, 'remote.refused']);
  });
});
