import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createService } from '../../fixtures/api/service.ts';

const COMMITTED = join(import.meta.dirname, '../../../api/openapi.json');

/** There is one at the contract’s addresses, and one for each tree below its name. */
const KEYBOARD_FAMILY = [
  '/readme.md',
  '/v1/constants/{path}',
  '/v1/constants_metadata.json',
  '/v1/keyboard_aliases.json',
  '/v1/keyboard_list.json',
  '/v1/keyboard_metadata.json',
  '/v1/keyboards',
  '/v1/keyboards.json',
  '/v1/keyboards/all',
  '/v1/keyboards/build_log',
  '/v1/keyboards/build_status',
  '/v1/keyboards/build_summary',
  '/v1/keyboards/error_log',
  '/v1/keyboards/{path}',
  '/v1/mappings/{path}',
  '/v1/schemas/{path}',
  '/v1/templates/{path}',
  '/v1/usb',
  '/v1/usb.json',
];

describe('the OpenAPI document', () => {
  it('is what api/openapi.json holds (to write it anew: npx vitest run --project unit test/unit/api/openapi.test.ts -u)', async () => {
    const answer = await createService().get('/kiln/v1/openapi.json');
    expect(answer.statusCode).toBe(200);
    await expect(`${JSON.stringify(answer.json(), null, 2)}\n`).toMatchFileSnapshot(COMMITTED);
  });

  it('is of version 3.1, with every answer of every route described by a schema', async () => {
    const document = (await createService().get('/kiln/v1/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(
      document.paths,
    )) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const where = `${method} ${path}`;
        expect(Object.keys(responses), where).toEqual(
          expect.arrayContaining(['403', '421', '500']),
        );
        expect(Object.keys(responses)[0], where).toMatch(/^2/);
        for (const [status, answer] of Object.entries<{ content?: object }>(responses as never)) {
          if (status === '304') continue;
          expect(Object.keys(answer.content ?? {}).length, where).toBeGreaterThan(0);
        }
      }
    }
  });

  it('defines everything that it refers to', async () => {
    const { body, json } = await createService().get('/kiln/v1/openapi.json');
    const defined = Object.keys(json().components.schemas);
    const named = [...body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]);
    expect([...new Set(named)].sort()).toEqual(defined.sort());
  });

  it('describes every route', async () => {
    const service = createService();
    const { paths } = (await service.get('/kiln/v1/openapi.json')).json();
    expect(Object.keys(paths).sort()).toEqual(
      [
        ...KEYBOARD_FAMILY,
        ...KEYBOARD_FAMILY.map((path) => `/kiln/v1/trees/{tree}${path}`),
        '/kiln/v1/builds',
        '/kiln/v1/check',
        '/kiln/v1/checks',
        '/kiln/v1/health',
        '/kiln/v1/health/live',
        '/kiln/v1/health/ready',
        '/kiln/v1/hooks/git',
        '/kiln/v1/log-level',
        '/kiln/v1/console/events',
        '/kiln/v1/devices',
        '/kiln/v1/devices/events',
        '/kiln/v1/flash-checks',
        '/kiln/v1/flash-images',
        '/kiln/v1/flash-runs',
        '/kiln/v1/flash-runs/{id}',
        '/kiln/v1/flash-runs/{id}/cancel',
        '/kiln/v1/flash-runs/{id}/device',
        '/kiln/v1/flash-runs/{id}/events',
        '/kiln/v1/flash-runs/{id}/log',
        '/kiln/v1/udev',
        '/kiln/v1/udev/install',
        '/kiln/v1/jobs',
        '/kiln/v1/jobs/{id}',
        '/kiln/v1/jobs/{id}/cancel',
        '/kiln/v1/jobs/{id}/events',
        '/kiln/v1/jobs/{id}/keymap.c',
        '/kiln/v1/jobs/{id}/log',
        '/kiln/v1/jobs/{id}/pin',
        '/kiln/v1/jobs/{id}/retry',
        '/kiln/v1/jobs/{id}/unpin',
        '/kiln/v1/keyboards',
        '/kiln/v1/keys',
        '/kiln/v1/keys/{name}',
        '/kiln/v1/openapi.json',
        '/kiln/v1/pair',
        '/kiln/v1/pairing',
        '/kiln/v1/token/rotate',
        '/kiln/v1/ping',
        '/kiln/v1/prewarm',
        '/kiln/v1/queue',
        '/kiln/v1/queue/clients',
        '/kiln/v1/queue/flush',
        '/kiln/v1/queue/jobs/{id}',
        '/kiln/v1/test-keyboard',
        '/kiln/v1/schedule',
        '/kiln/v1/schedule/{task}/run',
        '/kiln/v1/remote-keymaps',
        '/kiln/v1/session-codes',
        '/kiln/v1/sessions',
        '/kiln/v1/settings',
        '/kiln/v1/trees',
        '/kiln/v1/trees/{tree}/catalogue',
        '/kiln/v1/trees/{tree}/catalogue/refresh',
        '/kiln/v1/toolchain/install',
        '/kiln/v1/toolchain/repair',
        '/kiln/v1/trees/{tree}',
        '/kiln/v1/trees/{tree}/preview',
        '/kiln/v1/trees/{tree}/test-builds',
        '/kiln/v1/trees/{tree}/rollback',
        '/kiln/v1/trees/{tree}/toolchain',
        '/kiln/v1/trees/{tree}/update',
        '/kiln/v1/trees/{tree}/use',
        '/kiln/v1/work',
        '/metrics',
        '/v1',
        '/v1/compile',
        '/v1/compile/{id}',
        '/v1/compile/{id}/download',
        '/v1/compile/{id}/hex',
        '/v1/compile/{id}/keymap',
        '/v1/compile/{id}/source',
        '/v1/converters',
        '/v1/converters/kle',
        '/v1/converters/kle2qmk',
        '/v1/healthcheck',
        '/v1/metrics/keyboards',
        '/v1/metrics/keyboards/days/{days}',
        '/v1/metrics/locations',
        '/v1/metrics/locations/days/{days}',
        '/v1/skeletons',
        '/v1/skeletons/keymap',
        '/v1/telemetry',
      ].sort(),
    );
  });
});
