import { describe, expect, it } from 'vitest';
import { createService, FIRST_ID, finishJob, submitJob } from '../../fixtures/api/service.ts';

const READABLE = [
  '/v1',
  '/v1/healthcheck',
  '/v1/skeletons',
  '/v1/skeletons/keymap',
  '/v1/keyboards',
  '/v1/keyboard_list.json',
  '/v1/keyboards/planck/rev6',
  '/v1/keyboards/planck/rev6/info.json',
  '/v1/keyboards/planck/rev6/readme.md',
  '/v1/keyboards/planck/rev6/readme',
  '/v1/keyboards/planck/rev6,zoo',
  '/v1/keyboards/planck/rev6/keymaps/default',
  '/v1/keyboards/planck/keymaps/default/keymap.json',
  '/v1/keyboards/broken/board/build_log',
  '/v1/keyboards/build_status',
  '/v1/keyboards/build_summary',
  '/v1/keyboards/build_log',
  '/v1/keyboards/error_log',
  '/v1/keyboards/all',
  '/v1/keyboards.json',
  '/v1/keyboard_aliases.json',
  '/v1/keyboard_metadata.json',
  '/v1/usb.json',
  '/v1/usb',
  '/v1/constants_metadata.json',
  '/v1/constants/keycodes_0.0.1.json',
  '/v1/mappings/defaults.json',
  '/v1/schemas/keyboard.jsonschema',
  '/v1/templates/keyboard/readme.md',
  '/v1/converters',
  '/v1/metrics/keyboards',
  '/v1/metrics/locations/days/7',
  '/readme.md',
  `/v1/compile/${FIRST_ID}`,
  `/kiln/v1/jobs/${FIRST_ID}`,
  '/kiln/v1/health',
  '/kiln/v1/openapi.json',
  '/kiln/v1/keyboards?q=zoo',
  '/kiln/v1/trees/qmk/catalogue',
  '/kiln/v1/trees/vial/v1/keyboards.json',
  '/kiln/v1/trees/vial/v1/keyboards/zoo/info.json',
];

async function createUsed() {
  const service = createService();
  await submitJob(service);
  await finishJob(service);
  return service;
}

describe('addresses', () => {
  it('lead from the root to the API', async () => {
    const answer = await createService().get('/');
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/v1');
  });

  it.each(READABLE)('can be asked for by HEAD where by GET: %s', async (url) => {
    const { app, get } = await createUsed();
    const head = await app.inject({ method: 'HEAD', url, headers: { host: 'localhost:5001' } });
    const answer = await get(url);
    expect(head.statusCode).toBe(answer.statusCode);
    expect(head.body).toBe('');
    expect(head.headers['content-type']).toBe(answer.headers['content-type']);
    expect(head.headers['content-length']).toBe(answer.headers['content-length']);
    expect(head.headers.etag).toBe(answer.headers.etag);
  });

  it.each(READABLE)('are not there with a slash at the end: %s', async (url) => {
    const [path, query] = url.split('?');
    const answer = await (await createUsed()).get(`${path}/${query === undefined ? '' : '?'}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404, message: expect.any(String) });
  });

  it.each(READABLE)('may begin with two slashes: %s', async (url) => {
    const { app } = await createUsed();
    // As a path: of a text with two slashes the test’s own client would make a host.
    const [pathname, query = ''] = url.split('?');
    const path = { pathname: `/${pathname}`, query };
    const answer = await app.inject({ url: path, headers: { host: 'localhost:5001' } });
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    '/nothing',
    '/v1/update',
    '/v2',
    '/V1',
    '/v1/compile',
    '/kiln',
    '/kiln/v1',
    '/favicon.ico',
  ])('that are unknown are 404 in JSON: %s', async (url) => {
    const answer = await createService().get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toMatchObject({ code: 404, error: { code: 'request.not-found' } });
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'] as const)(
    'that take no %s are 404 in JSON, whatever the body',
    async (method) => {
      const { app } = createService();
      for (const type of ['application/json', 'text/plain']) {
        const answer = await app.inject({
          method,
          url: '/v1/keyboards',
          headers: { host: 'localhost:5001', 'content-type': type },
          payload: 'x',
        });
        expect(answer.statusCode).toBe(404);
        expect(answer.json()).toMatchObject({ code: 404 });
      }
    },
  );
});
