import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRecord } from '../../../../core/configurator/record.ts';
import { createService } from '../../../fixtures/api/service.ts';

const FILES = {
  'index.html': '<script src="/assets/a.js"></script>',
  'assets/a.js':
    'f("https://api.qmk.fm/v1/compile");g("https://keyboards.qmk.fm/v1/keyboard_list.json")',
  'icon.png': 'png',
};

async function createWithConfigurator() {
  const service = createService();
  const { dataDir } = service.dependencies.settings;
  const folder = join(dataDir, 'built');
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await writeRecord(join(dataDir, 'configurator.json'), { folder });
  return service;
}

describe('/configurator/', () => {
  it('is the page, with a policy that lets it run and talk to this service only', async () => {
    const { get } = await createWithConfigurator();
    const answer = await get('/configurator/');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toBe('<script src="/configurator/assets/a.js"></script>');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/\*|https?:|script-src[^;]*unsafe-inline/);
  });

  it('is where the address without its slash leads', async () => {
    const { get } = await createWithConfigurator();
    const answer = await get('/configurator');
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/configurator/');
  });

  it('keeps the strict policy for all that is no page', async () => {
    const { get } = await createWithConfigurator();
    const strict = "default-src 'none'; frame-ancestors 'none'";
    for (const url of [
      '/configurator/assets/a.js',
      '/configurator/gone.js',
      '/configurator/icon.png',
    ]) {
      const answer = await get(url);
      expect(answer.headers['content-security-policy']).toBe(strict);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('has its scripts talk to this service', async () => {
    const { get } = await createWithConfigurator();
    const answer = await get('/configurator/assets/a.js');
    expect(answer.body).toBe('f("/v1/compile");g("/v1/keyboard_list.json")');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(answer.rawPayload.length),
    });
  });

  it.each(['/configurator/', '/configurator/assets/a.js', '/configurator/icon.png'])(
    'is not sent again to who has it: %s',
    async (url) => {
      const { get, app } = await createWithConfigurator();
      const first = await get(url);
      expect(first.headers['cache-control']).toBe('no-cache');
      const etag = String(first.headers.etag);
      const again = await get(url, { 'if-none-match': etag });
      expect(again.statusCode).toBe(304);
      expect(again.body).toBe('');
      expect((await get(url, { 'if-none-match': '"other"' })).statusCode).toBe(200);
      const head = await app.inject({ method: 'HEAD', url, headers: { host: 'localhost:5001' } });
      expect(head.statusCode).toBe(200);
      expect(head.body).toBe('');
      expect(head.headers['content-length']).toBe(first.headers['content-length']);
    },
  );

  it.each([
    '/configurator/keymaps/k/none_default.json',
    '/configurator/assets/',
    '/configurator/..%2ftoken',
    '/configurator/%2e%2e/token',
    '/configurator/assets%2f..%2f..%2ftoken',
    '/configurator/..%5ctoken',
    '/configurator/index.html%00',
  ])('answers 404 in JSON for what is no file of it: %s', async (url) => {
    const { get, dependencies } = await createWithConfigurator();
    writeFileSync(join(dependencies.settings.dataDir, 'token'), 'secret');
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toMatchObject({ code: 404 });
    expect(answer.body).not.toContain('secret');
  });

  it('says how to add one while there is none', async () => {
    const answer = await createService().get('/configurator/');
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({
      error: { code: 'configurator.missing', remedy: expect.stringContaining('configurator add') },
    });
  });

  it('is no part of the interface for programs', async () => {
    const document = await createService().get('/kiln/v1/openapi.json');
    expect(document.body).not.toContain('configurator');
  });
});
