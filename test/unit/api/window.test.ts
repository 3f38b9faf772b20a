import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createService, OWN_HOST, TOKEN } from '../../fixtures/api/service.ts';

const PAGE = '<!doctype html><title>Kiln</title>';

function withWindow() {
  const service = createService();
  const folder = service.dependencies.window.folder;
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'index-Bx7_k2.js'), 'export {};');
  writeFileSync(join(folder, 'licences.json'), '[]');
  writeFileSync(join(folder, '.built-from'), 'secret');
  writeFileSync(join(folder, '..', 'token.json'), '"secret"');
  return service;
}

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the root', () => {
  it('leads a browser to the window, and programs to the API', async () => {
    const { get } = withWindow();
    expect((await get('/', BROWSER)).headers.location).toBe('/app/');
    expect((await get('/', { accept: '*/*' })).headers.location).toBe('/v1');
    expect((await get('/', { accept: 'application/json' })).headers.location).toBe('/v1');
    expect((await get('/')).headers.vary).toContain('Accept');
  });
});

describe('the window', () => {
  it.each(['/app/', '/app/builds', '/app/editor/starter/kiln/pad4x4', '/app/index.html'])(
    'is the same page at each of its own addresses: %s',
    async (url) => {
      const answer = await withWindow().get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(PAGE);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  it('may load and run what the service sends, and nothing else', async () => {
    const { headers } = await withWindow().get('/app/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('keeps files whose name is made of their content for ever, others not', async () => {
    const { get } = withWindow();
    const asset = await get('/app/assets/index-Bx7_k2.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const licences = await get('/app/licences.json');
    expect(licences.headers['cache-control']).toBe('no-cache');
    const again = await get('/app/', {
      'if-none-match': String((await get('/app/')).headers.etag),
    });
    expect(again.statusCode).toBe(304);
  });

  it.each([
    '/app/assets/gone-123.js',
    '/app/.built-from.json',
    '/app/../token.json',
    '/app/..%2ftoken.json',
    '/app/%2e%2e/token.json',
    '/app/assets%2f..%2f..%2ftoken.json',
    '/app/assets/..%5c..%5ctoken.json',
    '/app/token.json%00.js',
    '/app/assets/index-Bx7_k2.js/',
  ])('hands out no other file: %s', async (url) => {
    const answer = await withWindow().get(url);
    expect(answer.body).not.toContain('secret');
    if (/\.\w+$/.test(url)) expect(answer.statusCode).toBe(404);
  });

  it.each(['127.0.0.1:5001', '[::1]:5001'])(
    'has one name, so that no page at %s shares its origin',
    async (host) => {
      const answer = await withWindow().get('/app/builds?q=x', { host });
      expect(answer.statusCode).toBe(302);
      expect(answer.headers.location).toBe('http://localhost:5001/app/builds?q=x');
    },
  );

  it('says so where it could not be built', async () => {
    const answer = await createService().get('/app/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build:app');
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

const OWN_PAGE = { origin: 'http://localhost:5001' };

async function letIn(service: ReturnType<typeof createService>) {
  const issued = await service.post(
    '/kiln/v1/session-codes',
    {},
    {
      authorization: `Bearer ${TOKEN}`,
    },
  );
  const { code } = issued.json<{ code: string }>();
  const opened = await service.post('/kiln/v1/sessions', { code }, OWN_PAGE);
  return { code, token: opened.json<{ token: string }>().token };
}

describe('a browser’s session', () => {
  it('comes from a code that the session token asked for', async () => {
    const service = createService();
    expect((await service.post('/kiln/v1/session-codes', {})).statusCode).toBe(401);
    const { token } = await letIn(service);
    const authorization = `Bearer ${token}`;
    const answer = await service.get('/kiln/v1/trees', { authorization });
    expect(answer.statusCode).toBe(200);
    expect((await service.get('/kiln/v1/trees', { authorization, ...OWN_PAGE })).statusCode).toBe(
      200,
    );
  });

  it('takes each code once', async () => {
    const service = createService();
    const { code } = await letIn(service);
    const again = await service.post('/kiln/v1/sessions', { code }, OWN_PAGE);
    expect(again.statusCode).toBe(403);
    expect(again.json().error.code).toBe('session.code-refused');
  });

  it.each([
    ['the Configurator’s', { origin: 'http://127.0.0.1:5001' }],
    ['a listed Configurator’s', { origin: 'https://config.qmk.fm' }],
    ['one without a name', {}],
    [
      'the Configurator’s, at its own name',
      { origin: 'http://127.0.0.1:5001', host: '127.0.0.1:5001' },
    ],
  ])('is not given to another page: %s', async (_, headers: Record<string, string>) => {
    const service = createService();
    const authorization = `Bearer ${TOKEN}`;
    const { code } = (await service.post('/kiln/v1/session-codes', {}, { authorization })).json();
    const answer = await service.post('/kiln/v1/sessions', { code }, headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).not.toContain('token":');
    // Nor is the code used up by it: the person's own page still gets in.
    expect((await service.post('/kiln/v1/sessions', { code }, OWN_PAGE)).statusCode).toBe(200);
  });

  it('is refused in the hands of another page, and when it has ended', async () => {
    const service = createService();
    const { token } = await letIn(service);
    const authorization = `Bearer ${token}`;
    const foreign = { authorization, origin: 'http://127.0.0.1:5001' };
    expect((await service.get('/kiln/v1/trees', foreign)).statusCode).toBe(403);
    service.clock.now = Date.now() + 91 * 24 * 3_600_000;
    expect((await service.get('/kiln/v1/trees', { authorization })).statusCode).toBe(401);
  });

  it('is a key with a name, which can be revoked', async () => {
    const service = createService();
    const { token } = await letIn(service);
    const [key] = await service.dependencies.keys.list();
    expect(key?.name).toMatch(/^browser \d{6}$/);
    await service.dependencies.keys.revoke(key?.name ?? '');
    const answer = await service.get('/kiln/v1/trees', { authorization: `Bearer ${token}` });
    expect(answer.statusCode).toBe(401);
  });

  it('is nothing that a visitor can ask for', async () => {
    const service = createService();
    for (const code of ['', 'x', 'a'.repeat(24)]) {
      const answer = await service.post(
        '/kiln/v1/sessions',
        { code },
        { ...OWN_HOST, ...OWN_PAGE },
      );
      expect(answer.statusCode).toBe(403);
    }
    expect(await service.dependencies.keys.list()).toEqual([]);
  });
});
