import { describe, expect, it } from 'vitest';
import { createService, FIRST_ID, KEYMAP, TOKEN } from '../../../fixtures/api/service.ts';

const CONFIGURATOR = 'https://config.qmk.fm';

describe('the Host check', () => {
  it.each(['localhost:5001', 'LOCALHOST:5001', '127.0.0.1:5001', '[::1]:5001'])(
    'takes %s',
    async (host) => {
      expect((await createService().get('/v1', { host })).statusCode).toBe(200);
    },
  );

  it.each([
    ['an attacker’s name that points here', 'rebind.example:5001'],
    ['a name that begins like ours', 'localhost.example:5001'],
    ['a name that ends like ours', 'example.localhost:5001'],
    ['another port', 'localhost:5002'],
    ['no port', 'localhost'],
    ['a machine’s own address', '192.168.0.7:5001'],
    ['another spelling of loopback', '127.1:5001'],
    ['a user before the name', 'localhost:5001@example.org'],
    ['a path', 'localhost:5001/x'],
    ['nothing', ''],
  ])('refuses %s with 421', async (_what, host) => {
    const service = createService();
    for (const url of ['/v1', '/nothing', '/kiln/v1/health', '/v1/keyboards/%zz']) {
      const answer = await service.get(url, { host });
      expect(answer.statusCode).toBe(421);
      expect(answer.json()).toMatchObject({ code: 421, error: { code: 'request.host-refused' } });
    }
    expect((await service.post('/v1/compile', KEYMAP, { host })).statusCode).toBe(421);
    expect(await service.queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('takes names without a port when the port is 80', async () => {
    const { get } = createService({ settings: { port: 80 } });
    expect((await get('/v1', { host: 'localhost' })).statusCode).toBe(200);
    expect((await get('/v1', { host: '[::1]' })).statusCode).toBe(200);
    expect((await get('/v1', { host: 'localhost:5001' })).statusCode).toBe(421);
  });

  it('takes the settings’ names with any port', async () => {
    const { get } = createService({ settings: { allowedHosts: 'Kiln.lan, [fd00::7]' } });
    for (const host of ['kiln.lan', 'KILN.LAN:8080', '[fd00::7]:1234', 'localhost:5001']) {
      expect((await get('/v1', { host })).statusCode).toBe(200);
    }
    for (const host of ['kiln.lan.example', 'notkiln.lan', 'kiln.lan:x', 'kiln.lan:80:90']) {
      expect((await get('/v1', { host })).statusCode).toBe(421);
    }
  });
});

describe('the Origin check', () => {
  it.each([CONFIGURATOR, 'http://localhost:5001', 'http://127.0.0.1:5001', 'http://[::1]:5001'])(
    'takes %s, and says so to the browser',
    async (origin) => {
      const answer = await createService().get('/v1', { origin });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
      expect(answer.headers.vary).toContain('Origin');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  it.each([
    ['a foreign page', 'https://evil.example'],
    ['a page that has no origin to tell', 'null'],
    ['another port of this machine', 'http://localhost:3000'],
    ['another scheme at our port', 'ftp://localhost:5001'],
    ['an allowed name with another scheme', 'http://config.qmk.fm'],
    ['an allowed name with a port', 'https://config.qmk.fm:8443'],
    ['a name that begins like an allowed one', 'https://config.qmk.fm.example'],
    ['a name that ends like an allowed one', 'https://evilconfig.qmk.fm'],
    ['a browser’s extension', 'chrome-extension://abcdefgh'],
    ['a star', '*'],
    ['nothing', ''],
  ])('refuses %s with 403, for reading too', async (_what, origin) => {
    const service = createService();
    const answers = [
      await service.get('/v1', { origin }),
      await service.get('/v1/keyboards/zoo/info.json', { origin }),
      await service.get('/nothing', { origin }),
      await service.get('/v1/keyboards/%zz', { origin }),
      await service.post('/v1/compile', KEYMAP, { origin }),
      await service.post(
        `/kiln/v1/jobs/${FIRST_ID}/cancel`,
        {},
        {
          origin,
          authorization: `Bearer ${TOKEN}`,
        },
      ),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ code: 403, error: { code: 'request.origin-refused' } });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(await service.queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('never takes null or a star, whatever the settings say', async () => {
    const { get } = createService({ settings: { allowedOrigins: 'null, *' } });
    expect((await get('/v1', { origin: 'null' })).statusCode).toBe(403);
    expect((await get('/v1', { origin: 'https://evil.example' })).statusCode).toBe(403);
  });

  it('takes the settings’ origins, also when written with a slash', async () => {
    const { get } = createService({ settings: { allowedOrigins: 'http://Localhost:8080/' } });
    expect((await get('/v1', { origin: 'http://localhost:8080' })).statusCode).toBe(200);
    expect((await get('/v1', { origin: CONFIGURATOR })).statusCode).toBe(403);
  });

  it('takes pages of a host that the settings name, from that host only', async () => {
    const { get } = createService({ settings: { allowedHosts: 'kiln.lan' } });
    const host = 'kiln.lan:8080';
    expect((await get('/v1', { host, origin: 'http://kiln.lan:8080' })).statusCode).toBe(200);
    expect((await get('/v1', { host, origin: 'https://kiln.lan:8080' })).statusCode).toBe(200);
    expect((await get('/v1', { host, origin: 'http://kiln.lan' })).statusCode).toBe(403);
    expect((await get('/v1', { origin: 'http://kiln.lan:8080' })).statusCode).toBe(403);
  });

  it('does not take a page’s origin because the request names its host', async () => {
    const headers = { host: 'rebind.example:5001', origin: 'http://rebind.example:5001' };
    const answer = await createService().get('/v1', headers);
    expect(answer.statusCode).toBe(421);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('sends no star to clients without an origin', async () => {
    const answer = await createService().get('/v1');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers.vary).toBe('Origin');
  });

  it.each([
    ['404 of an unknown path', 'GET', '/nothing', {}],
    ['404 of an unknown job', 'GET', `/v1/compile/${FIRST_ID}`, {}],
    ['400 of a path that is no text', 'GET', '/v1/keyboards/%zz', {}],
    ['403 of Kiln’s own API', 'GET', '/kiln/v1/trees', {}],
    ['415 of a wrong type', 'POST', '/v1/compile', { 'content-type': 'text/plain' }],
    ['400 of an empty body', 'POST', '/v1/compile', { 'content-type': 'application/json' }],
    ['421 of a wrong host', 'GET', '/v1', { host: 'rebind.example' }],
  ] as const)('lets an allowed page read the %s', async (what, method, url, headers) => {
    const { app } = createService();
    const answer = await app.inject({
      method,
      url,
      headers: { host: 'localhost:5001', origin: CONFIGURATOR, ...headers },
    });
    expect(answer.statusCode).toBe(Number(what.slice(0, 3)));
    expect(answer.json().code).toBe(answer.statusCode);
    expect(answer.headers['access-control-allow-origin']).toBe(CONFIGURATOR);
  });
});

describe('preflights', () => {
  const preflight = (url: string, headers: Record<string, string>) =>
    createService().app.inject({
      method: 'OPTIONS',
      url,
      headers: {
        host: 'localhost:5001',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
        ...headers,
      },
    });

  it.each([
    '/v1/compile',
    '//v1/compile',
    '/v1/converters/kle',
    '/v1/telemetry',
    '/v1/keyboards.json',
    '/kiln/v1/jobs',
    '/kiln/v1/trees/qmk/catalogue/refresh',
    '/nothing',
  ])('of an allowed page to %s are answered', async (url) => {
    const answer = await preflight(url, { origin: CONFIGURATOR });
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe('');
    expect(answer.headers['access-control-allow-origin']).toBe(CONFIGURATOR);
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
    expect(answer.headers['access-control-allow-headers']).toBe('content-type');
    expect(answer.headers['access-control-allow-private-network']).toBeUndefined();
    expect(answer.headers.vary).toContain('Access-Control-Request-Headers');
  });

  it('allow no header that no route reads', async () => {
    const asked = 'Authorization, X-Forwarded-Proto,content-type , cookie';
    const answer = await preflight('/v1', {
      origin: CONFIGURATOR,
      'access-control-request-headers': asked,
    });
    expect(answer.headers['access-control-allow-headers']).toBe('authorization, content-type');
  });

  it('let an allowed page on a public origin in', async () => {
    const answer = await preflight('/v1', {
      origin: CONFIGURATOR,
      'access-control-request-private-network': 'true',
    });
    expect(answer.headers['access-control-allow-private-network']).toBe('true');
  });

  it.each(['https://evil.example', 'null', 'http://localhost:3000'])(
    'of %s are refused',
    async (origin) => {
      const answer = await preflight('/v1/compile', {
        origin,
        'access-control-request-private-network': 'true',
      });
      expect(answer.statusCode).toBe(403);
      const names = Object.keys(answer.headers).filter((name) => name.startsWith('access-control'));
      expect(names).toEqual([]);
    },
  );
});

describe('requests that a foreign page makes without an Origin', () => {
  const fetched = (site: string, mode: string) => ({
    'sec-fetch-site': site,
    'sec-fetch-mode': mode,
  });

  it.each(['cross-site', 'same-site'])('are refused when it embeds (%s)', async (site) => {
    const answer = await createService().get('/v1', fetched(site, 'no-cors'));
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ error: { code: 'request.origin-refused' } });
  });

  it('are refused when it submits a form', async () => {
    const service = createService();
    const answer = await service.post('/v1/compile', KEYMAP, fetched('cross-site', 'navigate'));
    expect(answer.statusCode).toBe(403);
  });

  it('are answered when it links, as QMK Configurator does to the firmware', async () => {
    const answer = await createService().get('/v1', fetched('cross-site', 'navigate'));
    expect(answer.statusCode).toBe(200);
  });

  it.each(['same-origin', 'none'])('are answered when the site is %s', async (site) => {
    expect((await createService().get('/v1', fetched(site, 'cors'))).statusCode).toBe(200);
  });
});

describe('security headers', () => {
  it.each(['/v1', '/nothing', '/v1/keyboards/%zz', '/kiln/v1/openapi.json'])(
    'are on the answer of %s',
    async (url) => {
      const { headers } = await createService().get(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      });
    },
  );
});
