/** The rules for the transport of hostile input, one test each; what needs real sockets is in api-server.test.ts. */
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../core/settings.ts';
import {
  createService,
  FIRST_ID,
  finishJob,
  KEYMAP,
  submitJob,
  TOKEN,
} from '../../fixtures/api/service.ts';

describe('rule 1: loopback', () => {
  it('is what the service listens on, and nobody else is let in, unless somebody says so', () => {
    const settings = loadSettings({ dataDir: '/nonexistent' }, {});
    // Absent means loopback: see startServer.
    expect(settings).toMatchObject({ lan: 'off', access: 'paired' });
    expect(settings.host).toBeUndefined();
  });
});

describe('rule 2: names and origins', () => {
  it.each(['evil.example:5001', 'localhost:5001.evil.example', 'localhost', ''])(
    'takes no request for the host %j',
    async (host) => {
      expect((await createService().get('/v1', { host })).statusCode).toBe(421);
    },
  );

  it.each(['null', 'http://evil.example', 'http://localhost:3000', 'file://'])(
    'takes no request from the origin %j',
    async (origin) => {
      const answer = await createService().get('/v1', { origin });
      expect(answer.statusCode).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('says a star to nobody', async () => {
    const { app, get } = createService({ settings: { allowedOrigins: '*' } });
    for (const headers of [{}, { origin: 'https://config.qmk.fm' }, { origin: '*' }]) {
      const answer = await get('/v1', headers as Record<string, string>);
      expect(answer.headers['access-control-allow-origin']).not.toBe('*');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
    const options = await app.inject({
      method: 'OPTIONS',
      url: '/v1/compile',
      headers: { host: 'localhost:5001', origin: 'http://evil.example' },
    });
    expect(options.statusCode).toBe(403);
  });
});

describe('rule 3: content types', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/json',
    'application/json5',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; x=y',
    'application/ld+json',
    '',
  ])('takes no keymap as %j', async (type) => {
    const service = createService();
    const answer = await service.post('/v1/compile', KEYMAP, { 'content-type': type });
    expect(answer.statusCode).toBe(415);
    expect(await service.queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it.each([
    'application/json',
    'Application/JSON; Charset="UTF-8"',
    'application/json;charset=utf-8',
  ])('takes one as %j', async (type) => {
    const answer = await createService().post('/v1/compile', KEYMAP, { 'content-type': type });
    expect(answer.statusCode).toBe(200);
  });

  it.each(['/kiln/v1/pair', '/kiln/v1/keys', '/kiln/v1/pairing'])(
    'holds for what %s takes as well',
    async (url) => {
      const headers = { 'content-type': 'text/plain', authorization: `Bearer ${TOKEN}` };
      expect((await createService().post(url, '{}', headers)).statusCode).toBe(415);
    },
  );
});

describe('rule 4: content encodings', () => {
  it.each([
    'gzip',
    'deflate',
    'br',
    'zstd',
    'compress',
    'x-gzip',
    'gzip, identity',
    'IDENTITY, br',
  ])('unpacks no %s', async (encoding) => {
    const answer = await createService().post('/v1/compile', KEYMAP, {
      'content-encoding': encoding,
    });
    expect(answer.statusCode).toBe(415);
  });

  it('takes identity', async () => {
    const headers = { 'content-encoding': 'Identity' };
    expect((await createService().post('/v1/compile', KEYMAP, headers)).statusCode).toBe(200);
  });
});

describe('rule 5: the size of bodies', () => {
  const ofSize = (bytes: number) => {
    const head = JSON.stringify({ ...KEYMAP, notes: '' });
    return `${head}${' '.repeat(bytes - Buffer.byteLength(head))}`;
  };

  it('takes 256 KiB and not a byte more', async () => {
    const { post } = createService();
    expect((await post('/v1/compile', ofSize(256 * 1024))).statusCode).toBe(200);
    const answer = await post('/v1/compile', ofSize(256 * 1024 + 1));
    expect(answer.statusCode).toBe(413);
    expect(answer.json().error.code).toBe('request.too-large');
  });

  it.each(['/kiln/v1/pair', '/v1/converters/kle', '/v1/telemetry'])(
    'holds for what %s takes as well',
    async (url) => {
      expect((await createService().post(url, ofSize(256 * 1024 + 1))).statusCode).toBe(413);
    },
  );
});

describe('rule 6: a bounded queue', () => {
  it('answers 503 and when to come back, and forgets nothing that it took', async () => {
    const service = createService({ settings: { queueLimit: 2 } });
    const submit = async () => service.post('/v1/compile', KEYMAP);
    expect((await submit()).statusCode).toBe(200);
    expect((await submit()).statusCode).toBe(200);
    const answer = await submit();
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('15');
    expect(answer.json().error.code).toBe('queue.full');
    expect(await service.queue.counts()).toEqual({ queued: 2, running: 0 });
  });
});

describe('rule 7: job ids', () => {
  it.each([
    'x',
    FIRST_ID.slice(1),
    `${FIRST_ID}0`,
    FIRST_ID.toUpperCase().replace('0', 'A'),
    `${FIRST_ID.slice(0, -1)}g`,
    `${FIRST_ID}%0a`,
    `${FIRST_ID}%00`,
    '..%2f..%2ftoken',
    "' OR 1=1 --",
  ])('%j is 404 before anything is looked up', async (id) => {
    const service = createService();
    let looked = 0;
    service.queue.get = async () => {
      looked += 1;
      return null;
    };
    for (const path of [
      `/v1/compile/${id}`,
      `/v1/compile/${id}/download`,
      `/v1/compile/${id}/source`,
      `/kiln/v1/jobs/${id}`,
      `/kiln/v1/jobs/${id}/events`,
    ]) {
      expect((await service.get(path)).statusCode).toBe(404);
    }
    expect(looked).toBe(0);
  });
});

describe('what an answer carries', () => {
  it('lists no jobs and no folders', async () => {
    const service = createService();
    const id = await submitJob(service);
    await finishJob(service);
    for (const url of [
      '/v1/compile',
      '/v1/compile/',
      `/v1/compile/${id}/`,
      '/kiln/v1/jobs',
      '/pair/',
    ]) {
      const answer = await service.get(url);
      expect([401, 404]).toContain(answer.statusCode);
      expect(answer.body).not.toContain(id);
    }
  });

  it.each(['download', 'hex', 'source', 'keymap'])(
    'is a file to save, never to show: %s',
    async (name) => {
      const service = createService();
      const id = await submitJob(service);
      await finishJob(service);
      const { headers } = await service.get(`/v1/compile/${id}/${name}`);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-disposition': expect.stringMatching(/^attachment; filename="[\w.-]+"$/),
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'cross-origin-resource-policy': 'same-origin',
      });
    },
  );

  it('has no header that a name can break out of', async () => {
    const service = createService();
    const keymap = 'a"; filename="evil.exe\r\nSet-Cookie: x=1\u2028é';
    const id = await submitJob(service, { keymap, keyboard: 'a/../b"\r\n' });
    await finishJob(service);
    for (const name of ['source', 'keymap']) {
      const { headers } = await service.get(`/v1/compile/${id}/${name}`);
      expect(headers['content-disposition']).toMatch(/^attachment; filename="[A-Za-z0-9._-]+"$/);
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('sends a page of Kiln’s own with a policy that lets it load and ask its own service only', async () => {
    const { headers } = await createService().get('/pair');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split('; ')).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });
});
