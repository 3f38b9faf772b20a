/** Who may use the service: machines that were let in, by key, code or cookie; and what each secret opens. */
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { ApiKey, NewApiKey } from '../../../../core/access/contract.ts';
import type { SettingsInput } from '../../../../core/settings.ts';
import {
  createService,
  FIRST_ID,
  finishJob,
  KEYMAP,
  submitJob,
  TOKEN,
} from '../../../fixtures/api/service.ts';

const MACHINE = `${hostname().toLowerCase()}:5001`;
const OTHER = '192.0.2.20';

interface Sent {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'OPTIONS';
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly from?: string;
}

/** A service in LAN mode, asked from another machine unless a test says otherwise. */
function createLan(settings: SettingsInput = {}) {
  const service = createService({ settings: { lan: 'plain', ...settings } });
  const send = (url: string, { method, headers = {}, body, from = OTHER }: Sent = {}) =>
    service.app.inject({
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      url,
      remoteAddress: from,
      headers: {
        host: from === '127.0.0.1' ? 'localhost:5001' : MACHINE,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  const keyOf = async (key: Partial<NewApiKey> = {}) =>
    service.dependencies.keys.add({ name: 'laptop', scopes: ['compile'], ...key });
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const begin = () => service.dependencies.pairings.begin(3_600_000);
  return { ...service, send, keyOf, bearer, begin };
}

const codeOf = (answer: { json: () => { error: { code: string } } }) => answer.json().error.code;

describe('another machine that nobody let in', () => {
  it.each([
    '/v1',
    '/v1/keyboards',
    '/v1/keyboard_list.json',
    `/v1/compile/${FIRST_ID}`,
    `/kiln/v1/jobs/${FIRST_ID}`,
    '/kiln/v1/keyboards?q=a',
    '/kiln/v1/openapi.json',
    '/configurator/',
    '/nothing',
    '/',
  ])('gets 401 for %s, and is told how to be let in', async (url) => {
    const { send } = createLan();
    const answer = await send(url);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({
      code: 401,
      error: { code: 'request.not-let-in', remedy: expect.stringContaining('/pair') },
    });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('cannot start a build', async () => {
    const { send, queue } = createLan();
    expect((await send('/v1/compile', { body: KEYMAP })).statusCode).toBe(401);
    expect(await queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('cannot come in by saying that it is this machine', async () => {
    const { send } = createLan();
    for (const headers of [
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-real-ip': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { via: '1.1 localhost' },
    ]) {
      expect((await send('/v1', { headers: headers as Record<string, string> })).statusCode).toBe(
        401,
      );
    }
    expect((await send('/v1', { headers: { host: 'localhost:5001' } })).statusCode).toBe(421);
    const own = { origin: 'http://localhost:5001' };
    expect((await send('/v1', { headers: own })).statusCode).toBe(403);
  });

  it('sees whether the service lives, and the page where a code is typed', async () => {
    const { send } = createLan();
    const health = await send('/kiln/v1/health');
    expect(health.statusCode).toBe(200);
    expect(health.json()).toMatchObject({ status: 'running', lan: 'plain' });
    for (const url of ['/pair', '/pair/pair.js', '/pair/pair.css']) {
      expect((await send(url)).statusCode).toBe(200);
    }
  });

  it.each(['/', '/configurator/', '/v1'])(
    'is sent from %s to that page, in a browser',
    async (url) => {
      const { send } = createLan();
      const answer = await send(url, { headers: { accept: 'text/html,application/xhtml+xml' } });
      expect(answer.statusCode).toBe(302);
      expect(answer.headers.location).toBe('/pair');
    },
  );

  it('may build where KILN_ACCESS is open, and still nothing more', async () => {
    const { send, queue } = createLan({ access: 'open' });
    expect((await send('/v1/compile', { body: KEYMAP })).statusCode).toBe(200);
    expect(await queue.counts()).toEqual({ queued: 1, running: 0 });
    for (const url of ['/kiln/v1/jobs', '/kiln/v1/trees', '/kiln/v1/keys', '/kiln/v1/pairing']) {
      expect((await send(url)).statusCode).toBe(401);
    }
  });
});

describe('this machine', () => {
  it.each(['127.0.0.1', '127.3.4.5', '::1', '::ffff:127.0.0.1'])(
    'needs nothing for the QMK API, by %s',
    async (from) => {
      const { send } = createLan();
      const headers = { host: 'localhost:5001' };
      expect((await send('/v1', { from, headers })).statusCode).toBe(200);
      expect((await send('/v1/compile', { from, headers, body: KEYMAP })).statusCode).toBe(200);
    },
  );

  it.each([
    '128.0.0.1',
    '10.127.0.0',
    '::2',
    '::ffff:10.0.0.1',
    'fe80::1%lo',
    '2001:db8::127.0.0.1',
  ])('is not %s', async (from) => {
    expect((await createLan().send('/v1', { from })).statusCode).toBe(401);
  });

  it('needs a secret for what goes beyond', async () => {
    const { send, bearer } = createLan();
    const from = '127.0.0.1';
    for (const url of ['/kiln/v1/jobs', '/kiln/v1/trees', '/kiln/v1/keys', '/kiln/v1/pairing']) {
      expect(codeOf(await send(url, { from }))).toBe('request.token-required');
      expect(codeOf(await send(url, { from, headers: bearer('wrong') }))).toBe(
        'request.token-required',
      );
      expect((await send(url, { from, headers: bearer(TOKEN) })).statusCode).toBe(200);
    }
  });
});

describe('the session token', () => {
  it('is not taken from another machine unless it came encrypted', async () => {
    const { send, bearer } = createLan();
    expect((await send('/kiln/v1/keys', { headers: bearer(TOKEN) })).statusCode).toBe(401);
    expect((await send('/v1', { headers: bearer(TOKEN) })).statusCode).toBe(401);
  });

  it.each([
    ['a cookie', { cookie: `kiln_paired=${TOKEN}` }],
    ['a query', {}],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['no scheme', { authorization: TOKEN }],
    ['spaces around', { authorization: `Bearer  ${TOKEN}` }],
  ])('is taken from no %s', async (_what, headers) => {
    const { send } = createLan();
    const url = `/kiln/v1/keys?token=${TOKEN}`;
    const answer = await send(url, {
      from: '127.0.0.1',
      headers: headers as Record<string, string>,
    });
    expect(answer.statusCode).toBe(401);
  });

  it('is replaced by one that the answer brings', async () => {
    const { send, bearer } = createLan();
    const from = '127.0.0.1';
    const rotate = (headers: Record<string, string>) =>
      send('/kiln/v1/token/rotate', { method: 'POST', from, headers });
    expect((await rotate({})).statusCode).toBe(401);
    const answer = await rotate(bearer(TOKEN));
    expect(answer.json()).toEqual({ token: TOKEN });
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('an API key', () => {
  it('lets another machine use the QMK API, and is counted', async () => {
    const { send, keyOf, bearer, state } = createLan();
    const { key, secret } = await keyOf();
    expect((await send('/v1', { headers: bearer(secret) })).statusCode).toBe(200);
    const answer = await send('/v1/compile', { headers: bearer(secret), body: KEYMAP });
    expect(answer.statusCode).toBe(200);
    expect(state.keyUses).toEqual([key.id, key.id]);
  });

  it.each([
    ['compile', { compile: 200, admin: 403 }],
    ['flash', { compile: 403, admin: 403 }],
    ['admin', { compile: 200, admin: 200 }],
  ] as const)('with the scope %s opens what that covers', async (scope, expected) => {
    const { send, keyOf, bearer } = createLan();
    const headers = bearer((await keyOf({ scopes: [scope] })).secret);
    expect((await send('/v1', { headers })).statusCode).toBe(expected.compile);
    for (const url of ['/kiln/v1/jobs', '/kiln/v1/trees', '/kiln/v1/keys', '/kiln/v1/pairing']) {
      const answer = await send(url, { headers });
      expect(answer.statusCode).toBe(expected.admin);
      if (expected.admin === 403) expect(codeOf(answer)).toBe('request.scope-missing');
    }
  });

  it('with the scope compile cancels a job whose id one has', async () => {
    const service = createLan();
    const { send, keyOf, bearer } = service;
    const id = await submitJob(service);
    const url = `/kiln/v1/jobs/${id}/cancel`;
    expect((await send(url, { method: 'POST' })).statusCode).toBe(401);
    const headers = bearer((await keyOf()).secret);
    expect((await send(url, { method: 'POST', headers })).json()).toMatchObject({
      state: 'canceled',
    });
  });

  it('opens nothing from the moment that it is revoked', async () => {
    const { send, keyOf, bearer } = createLan();
    const headers = bearer((await keyOf({ scopes: ['admin'] })).secret);
    expect((await send('/v1', { headers })).statusCode).toBe(200);
    const answer = await send('/kiln/v1/keys/laptop', { method: 'DELETE', headers });
    expect(answer.json()).toEqual({ keys: [] });
    expect((await send('/v1', { headers })).statusCode).toBe(401);
  });

  it('that is bound to an origin is refused from pages of others', async () => {
    const origin = 'https://config.qmk.fm';
    const { send, keyOf, bearer } = createLan({ allowedOrigins: `${origin},http://other.example` });
    const headers = bearer((await keyOf({ origin })).secret);
    expect((await send('/v1', { headers: { ...headers, origin } })).statusCode).toBe(200);
    const other = await send('/v1', { headers: { ...headers, origin: 'http://other.example' } });
    expect(other.statusCode).toBe(403);
    expect(other.json().message).toContain(origin);
    // A program says no origin.
    expect((await send('/v1', { headers })).statusCode).toBe(200);
  });

  it('is made, listed and revoked over HTTP; its secret is shown once', async () => {
    const { send, bearer } = createLan();
    const admin = { from: '127.0.0.1', headers: bearer(TOKEN) };
    const made = await send('/kiln/v1/keys', {
      ...admin,
      body: { name: 'club', scopes: ['flash', 'compile'], origin: 'http://club.lan:8080' },
    });
    expect(made.statusCode).toBe(201);
    const { key, secret } = made.json() as { key: ApiKey; secret: string };
    expect(key).toMatchObject({ name: 'club', origin: 'http://club.lan:8080', uses: 0 });
    const list = await send('/kiln/v1/keys', admin);
    expect(list.json()).toEqual({ keys: [key] });
    expect(list.body).not.toContain(secret.slice(17));
    expect(list.headers['cache-control']).toBe('no-store');
    const again = await send('/kiln/v1/keys', { ...admin, body: { name: 'club' } });
    expect(codeOf(again)).toBe('key.exists');
    expect((await send('/v1', { headers: bearer(secret) })).statusCode).toBe(200);
    const gone = await send('/kiln/v1/keys/nobody', { ...admin, method: 'DELETE' });
    expect(codeOf(gone)).toBe('key.unknown');
  });

  it.each([
    [{}, 'name'],
    [{ name: '<b>' }, 'name'],
    [{ name: 'a', scopes: [] }, 'scopes'],
    [{ name: 'a', scopes: ['root'] }, 'scopes'],
    [{ name: 'a', origin: 'http://a.test/path' }, 'origin'],
    [{ name: 'a', origin: 'javascript:alert(1)' }, 'origin'],
    [{ name: 'a', paired: true }, ''],
    [[], ''],
  ])('is not made of %j', async (body, at) => {
    const { send, bearer } = createLan();
    const answer = await send('/kiln/v1/keys', { from: '127.0.0.1', headers: bearer(TOKEN), body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.details.rules[0].at).toContain(at);
  });
});

describe('pairing', () => {
  const pair = (service: ReturnType<typeof createLan>, code: string, more: Sent = {}) =>
    service.send('/kiln/v1/pair', { body: { code, name: 'phone' }, ...more });

  it('gives a device a key that ends with the code, as a cookie too', async () => {
    const service = createLan();
    const { code, expiresAt } = await service.begin();
    const answer = await pair(service, ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)}`);
    expect(answer.statusCode).toBe(201);
    const { secret } = answer.json();
    expect(answer.json()).toEqual({ name: 'phone', secret, expiresAt });
    const seconds = Math.floor((expiresAt - Date.now()) / 1000);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      new RegExp(`^kiln_paired=${secret}; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBeLessThanOrEqual(Math.max(1, seconds) + 1);
    expect(answer.headers['cache-control']).toBe('no-store');
    const opens = { cookie: `a=b; kiln_paired=${secret}; c=d` };
    expect((await service.send('/v1', { headers: opens })).statusCode).toBe(200);
    const posted = await service.send('/v1/compile', { headers: opens, body: KEYMAP });
    expect(posted.statusCode).toBe(200);
    expect((await service.send('/kiln/v1/keys', { headers: opens })).statusCode).toBe(403);
    service.clock.now = expiresAt;
    expect((await service.send('/v1', { headers: opens })).statusCode).toBe(401);
  });

  it('takes a device back with the same code, and replaces its key of before', async () => {
    const service = createLan();
    const { code } = await service.begin();
    const first = (await pair(service, code)).json().secret;
    const cookie = `kiln_paired=${first}`;
    const second = (await pair(service, code, { headers: { cookie } })).json().secret;
    expect((await service.send('/v1', { headers: service.bearer(first) })).statusCode).toBe(401);
    expect((await service.send('/v1', { headers: service.bearer(second) })).statusCode).toBe(200);
    expect(await service.dependencies.keys.list()).toHaveLength(1);
  });

  it('does not give away a key that somebody made by hand', async () => {
    const service = createLan();
    const { code } = await service.begin();
    const { secret } = await service.keyOf();
    await pair(service, code, { headers: { cookie: `kiln_paired=${secret}` } });
    expect((await service.send('/v1', { headers: service.bearer(secret) })).statusCode).toBe(200);
  });

  it('ends at once for every device when the code is ended', async () => {
    const service = createLan();
    const admin = { from: '127.0.0.1', headers: service.bearer(TOKEN) };
    const begun = await service.send('/kiln/v1/pairing', { ...admin, body: { hours: 1 } });
    const { code } = begun.json().pairing;
    expect((await service.send('/kiln/v1/pairing', admin)).json()).toEqual(begun.json());
    const again = await service.send('/kiln/v1/pairing', { ...admin, body: {} });
    expect(again.json()).toEqual(begun.json());
    const headers = { cookie: `kiln_paired=${(await pair(service, code)).json().secret}` };
    expect((await service.send('/v1', { headers })).statusCode).toBe(200);
    const ended = await service.send('/kiln/v1/pairing', { ...admin, method: 'DELETE' });
    expect(ended.json()).toEqual({ pairing: null });
    expect((await service.send('/v1', { headers })).statusCode).toBe(401);
    expect(codeOf(await pair(service, code))).toBe('pairing.refused');
  });

  it.each(['AAAAAAAA', 'short', '', '00000000', "' OR 1=1"])('refuses %j', async (code) => {
    const service = createLan();
    await service.begin();
    const answer = await pair(service, code);
    expect(answer.statusCode).toBe(403);
    expect(codeOf(answer)).toBe('pairing.refused');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('refuses everything while there is no code', async () => {
    expect((await pair(createLan(), 'AAAAAAAA')).statusCode).toBe(403);
  });

  it.each([
    ['a page of another site', { origin: 'http://evil.example' }],
    ['a page of an allowed origin', { origin: 'https://config.qmk.fm' }],
    ['a page that has no origin to tell', { origin: 'null' }],
  ])('refuses %s, even with the code', async (_what, headers) => {
    const service = createLan();
    const { code } = await service.begin();
    expect((await pair(service, code, { headers })).statusCode).toBe(403);
    expect(await service.dependencies.keys.list()).toEqual([]);
  });

  it('looks at no code after too many wrong ones, of that machine alone', async () => {
    const service = createLan();
    const { code } = await service.begin();
    const wrong = code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA';
    for (let index = 0; index < 11; index += 1) {
      expect((await pair(service, wrong)).statusCode).toBe(403);
    }
    const answer = await pair(service, code);
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    // By no other way either.
    const { send, bearer } = service;
    expect((await send(`/p/${code}/v1`)).statusCode).toBe(429);
    expect((await send('/v1', { headers: bearer(code) })).statusCode).toBe(429);
    expect((await pair(service, code, { from: '192.0.2.21' })).statusCode).toBe(201);
  });

  it('counts an IPv6 network as one machine', async () => {
    const service = createLan();
    const { code } = await service.begin();
    const wrong = code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA';
    for (let index = 0; index < 11; index += 1) {
      await pair(service, wrong, { from: `2001:db8:1:2::${index + 1}` });
    }
    expect((await pair(service, code, { from: '2001:db8:1:2::ffff' })).statusCode).toBe(429);
    expect((await pair(service, code, { from: '2001:db8:1:3::1' })).statusCode).toBe(201);
  });
});

describe('an address that begins with a code or key', () => {
  it.each(['', '//'])('leads to the QMK API, and its links lead back (%j)', async (slashes) => {
    const service = createLan();
    const { code } = await service.begin();
    const base = `/p/${code}/${slashes}v1`;
    const posted = await service.send(`${base}/compile`, {
      body: KEYMAP,
      headers: { origin: 'http://elsewhere.example:8080' },
    });
    expect(posted.statusCode).toBe(200);
    expect(posted.headers['access-control-allow-origin']).toBe('http://elsewhere.example:8080');
    const id = posted.json().job_id;
    await finishJob(service);
    const job = (await service.send(`${base}/compile/${id}`)).json();
    const link = `http://${MACHINE}/p/${code}/v1/compile/${id}/download`;
    expect(job.result.firmware_binary_url).toEqual([link]);
    expect((await service.send(new URL(link).pathname)).body).toBe('firmware bytes');
  });

  it('answers the preflight of any page that knows it', async () => {
    const service = createLan();
    const { code } = await service.begin();
    const preflight = (url: string, origin = 'http://elsewhere.example') =>
      service.send(url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    const answer = await preflight(`/p/${code}/v1/compile`);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('http://elsewhere.example');
    expect((await preflight('/p/AAAAAAAA/v1/compile')).statusCode).toBe(403);
    expect((await preflight('/v1/compile')).statusCode).toBe(403);
    expect((await preflight(`/p/${code}/v1/compile`, 'null')).statusCode).toBe(403);
  });

  it('opens compiling only, whatever its key could; and nothing with a key that could all', async () => {
    const { send, keyOf } = createLan();
    const both = (await keyOf({ scopes: ['compile', 'flash'] })).secret;
    expect((await send(`/p/${both}/v1`)).statusCode).toBe(200);
    for (const scopes of [['admin'], ['flash'], ['compile', 'admin']] as const) {
      const { secret } = await keyOf({ name: scopes.join('-'), scopes });
      expect((await send(`/p/${secret}/v1`)).statusCode).toBe(401);
    }
    expect((await send(`/p/${TOKEN}/v1`, { from: '127.0.0.1' })).statusCode).toBe(401);
  });

  it.each([
    'kiln/v1/jobs',
    'kiln/v1/keys',
    'configurator/',
    'pair',
    '../kiln/v1/keys',
    'v1/../kiln/v1/keys',
    'v1x',
    '',
  ])('leads nowhere else: %s', async (rest) => {
    const { send, begin } = createLan();
    const { code } = await begin();
    const answer = await send(`/p/${code}/${rest}`);
    expect([401, 404]).toContain(answer.statusCode);
  });

  it('does not hold on this machine either once it is wrong, and an allowed page can read so', async () => {
    const { send } = createLan();
    const answer = await send('/p/AAAAAAAA/v1', {
      from: '127.0.0.1',
      headers: { origin: 'https://config.qmk.fm' },
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['access-control-allow-origin']).toBe('https://config.qmk.fm');
    const foreign = await send('/p/AAAAAAAA/v1', { headers: { origin: 'http://evil.example' } });
    expect(foreign.statusCode).toBe(403);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('holds a key to the origin that it is bound to', async () => {
    const { send, keyOf } = createLan();
    const { secret } = await keyOf({ origin: 'http://club.lan:8080' });
    const ask = (origin: string) => send(`/p/${secret}/v1`, { headers: { origin } });
    expect((await ask('http://club.lan:8080')).statusCode).toBe(200);
    expect((await ask('http://other.lan:8080')).statusCode).toBe(403);
  });
});

describe('requests of one other machine', () => {
  it('are limited, with 429 and when to come back', async () => {
    const { send, keyOf, bearer } = createLan({ rateLimit: 20 });
    const headers = bearer((await keyOf()).secret);
    for (let index = 0; index < 20; index += 1) {
      expect((await send('/v1', { headers })).statusCode).toBe(200);
    }
    const answer = await send('/v1', { headers });
    expect(answer.statusCode).toBe(429);
    expect(answer.json()).toMatchObject({ code: 429, error: { code: 'request.too-many' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await send('/v1', { headers, from: '192.0.2.21' })).statusCode).toBe(200);
    expect((await send('/v1', { from: '127.0.0.1' })).statusCode).toBe(200);
  });

  it('are limited ten times as much where they start builds', async () => {
    const { send, keyOf, bearer } = createLan({ rateLimit: 20 });
    const headers = bearer((await keyOf()).secret);
    const submit = async () => (await send('/v1/compile', { headers, body: KEYMAP })).statusCode;
    expect([await submit(), await submit(), await submit()]).toEqual([200, 200, 429]);
    expect((await send('/v1', { headers })).statusCode).toBe(200);
  });

  it('are not counted with 0, nor those of this machine', async () => {
    const { send, keyOf, bearer } = createLan({ rateLimit: 0 });
    const headers = bearer((await keyOf()).secret);
    for (let index = 0; index < 50; index += 1) {
      expect((await send('/v1', { headers })).statusCode).toBe(200);
    }
    const local = createLan({ rateLimit: 1 });
    for (let index = 0; index < 5; index += 1) {
      expect((await local.send('/v1', { from: '127.0.0.1' })).statusCode).toBe(200);
    }
  });
});

describe('every route', () => {
  it('that changes something, or is Kiln’s own, says who may use it', async () => {
    const { send, bearer } = createLan();
    const document = (await send('/kiln/v1/openapi.json', { from: '127.0.0.1' })).json();
    const unguarded: string[] = [];
    for (const [path, methods] of Object.entries<Record<string, unknown>>(document.paths)) {
      for (const method of Object.keys(methods)) {
        const url = path
          .replace('{id}', FIRST_ID)
          .replace('{tree}', 'qmk')
          .replace('{name}', 'x')
          .replace('{path}', 'x')
          .replace('{days}', '1');
        const from = '127.0.0.1';
        const answer = await send(url, {
          method: method.toUpperCase() as 'GET',
          from,
          headers: { 'content-type': 'application/json', ...bearer('wrong') },
          ...(method === 'post' ? { body: {} } : {}),
        });
        if (answer.statusCode !== 401 && method !== 'get') unguarded.push(`${method} ${path}`);
      }
    }
    // The public contract, and the doors for who has no secret yet but a code.
    expect(unguarded.sort()).toEqual([
      'post /kiln/v1/hooks/git',
      'post /kiln/v1/pair',
      'post /kiln/v1/sessions',
      'post /v1/compile',
      'post /v1/converters/kle',
      'post /v1/converters/kle2qmk',
      'post /v1/telemetry',
    ]);
  });
});
