import { describe, expect, it } from 'vitest';
import { cataloguesWith } from '../../../fixtures/api/catalogue.ts';
import { createService } from '../../../fixtures/api/service.ts';

describe('documents of the tree', () => {
  it.each([
    ['/readme.md', 'text/markdown', '# Keyboard data\n'],
    ['/v1/constants/keycodes_german_0.0.1.json', 'application/json', /DE_CIRC/],
    ['/v1/constants/module_hooks/1.0.0.json', 'application/json', /keyboard_pre_init/],
    ['/v1/mappings/defaults.json', 'application/json', /development_board/],
    ['/v1/schemas/keyboard.jsonschema', 'application/schema+json', /qmk.keyboard.v1/],
    ['/v1/templates/keyboard/readme.md', 'text/markdown', '# %KEYBOARD%\n'],
    ['/v1/templates/config-overrides/common/conf.h', 'text/plain', '#pragma once\n'],
  ])('are served as the tree publishes them: %s', async (url, mediaType, content) => {
    const answer = await createService().get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(`${mediaType}; charset=utf-8`);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    if (typeof content === 'string') expect(answer.body).toBe(content);
    else expect(answer.body).toMatch(content);
  });

  it('of unknown kinds are bytes', async () => {
    const answer = await createService().get('/v1/templates/keyboard/picture.bin');
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect(answer.rawPayload).toEqual(Buffer.from([0]));
  });

  it('of another tree are below its name', async () => {
    const { get } = createService();
    expect((await get('/kiln/v1/trees/qmk/readme.md')).body).toBe('# Keyboard data\n');
    expect((await get('/kiln/v1/trees/vial/readme.md')).statusCode).toBe(404);
  });

  it('keep their own date, and get the catalogue’s where they have none', async () => {
    const { get } = createService();
    expect((await get('/v1/constants_metadata.json')).json().last_updated).toBe(
      '2025-11-19 00:00:00 GMT',
    );
    expect((await get('/kiln/v1/trees/vial/v1/constants_metadata.json')).json()).toEqual({
      last_updated: '2025-11-20 18:07:37 GMT',
      constants: { keycodes: ['0.0.2'] },
    });
  });

  it.each([
    'constants/',
    'constants/nothing.json',
    'constants/..%2fmappings/defaults.json',
    'constants/%2e%2e/mappings/defaults.json',
    'constants/.hidden',
    'constants/a//b.json',
    'constants/a%00.json',
    'constants/keycodes_0.0.1.json%0a',
    'constants/__proto__',
    'mappings/defaults.json/x',
    `schemas/${'a'.repeat(300)}`,
    `templates/${'a/'.repeat(9)}b`,
  ])('are 404 in JSON at /v1/%s, and only sound paths are looked up', async (path) => {
    const asked: string[] = [];
    const service = createService({
      replace: {
        catalogues: cataloguesWith({
          document: async (document) => {
            asked.push(document);
            return null;
          },
        }),
      },
    });
    const answer = await service.get(`/v1/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404 });
    for (const document of asked) expect(document).toMatch(/^v1(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/);
  });
});
