import { describe, expect, it } from 'vitest';
import { parseKeyboardPath } from '../../../../api/routes/keyboards.ts';
import { ALIAS } from '../../../fixtures/api/catalogue.ts';
import { createService } from '../../../fixtures/api/service.ts';

const NAMES = ['broken/board', 'handwired/onekey/a/b/c/d', 'planck/rev6', 'zoo'];
const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/;

describe('GET /v1/keyboards', () => {
  it('lists the default tree’s keyboards as a bare array', async () => {
    const answer = await createService().get('/v1/keyboards');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(NAMES);
  });
});

describe('GET /v1/keyboard_list.json', () => {
  it('lists them as an object with its date', async () => {
    const answer = await createService().get('/v1/keyboard_list.json');
    expect(answer.json()).toEqual({ last_updated: expect.stringMatching(DATE), keyboards: NAMES });
  });

  it('names only keyboards that have an info.json of that name, or one that says why not', async () => {
    const { get } = createService();
    for (const name of NAMES) {
      const answer = await get(`/v1/keyboards/${name}/info.json`);
      if (name === 'broken/board') expect(answer.statusCode).toBe(422);
      else expect(Object.keys(answer.json().keyboards)).toEqual([name]);
    }
  });
});

describe('GET /v1/keyboards/<kb>/…', () => {
  it.each(['', '/info.json'])('serves the data of a keyboard at <kb>%s', async (ending) => {
    const answer = await createService().get(`/v1/keyboards/planck/rev6${ending}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      last_updated: expect.stringMatching(DATE),
      keyboards: {
        'planck/rev6': expect.objectContaining({
          keyboard_folder: 'planck/rev6',
          layout_aliases: { LAYOUT: 'LAYOUT_pair' },
          layouts: {
            LAYOUT_pair: {
              layout: [
                { x: 0, y: 0, matrix: [0, 0] },
                { x: 1, y: 0, matrix: [0, 1] },
              ],
            },
          },
          parse_errors: [],
          parse_warnings: [],
        }),
      },
    });
  });

  it('keys the data by the name that was asked for, also by a former one', async () => {
    const answer = await createService().get(`/v1/keyboards/${ALIAS}/info.json`);
    expect(Object.keys(answer.json().keyboards)).toEqual([ALIAS]);
    expect(answer.json().keyboards[ALIAS].keyboard_folder).toBe('planck/rev6');
  });

  it.each(['/readme', '/readme.md'])('serves the text of a keyboard at <kb>%s', async (ending) => {
    const answer = await createService().get(`/v1/keyboards/planck/rev6${ending}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('# planck/rev6\n');
    expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('serves names of six segments', async () => {
    const { get } = createService();
    expect((await get('/v1/keyboards/handwired/onekey/a/b/c/d')).statusCode).toBe(200);
    expect((await get('/v1/keyboards/handwired/onekey/a/b/c/d/info.json')).statusCode).toBe(200);
    expect((await get('/v1/keyboards/handwired/onekey/a/b/c/d/readme.md')).statusCode).toBe(200);
  });

  it('says why a keyboard’s data cannot be had', async () => {
    const answer = await createService().get('/v1/keyboards/broken/board/info.json');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 422, error: { code: 'keyboard.metadata-broken' } });
  });

  it.each([
    'nothing',
    'nothing/info.json',
    'nothing/readme.md',
    'zoo/readme.md',
    'zoo/readme',
    'zoo/',
    'zoo/info.json/',
    'zoo/other.json',
    'zoo/keymaps/default',
    '',
    'info.json',
    'readme',
    '/info.json',
    'a/b/c/d/e/f/g',
    'a/b/c/d/e/f/g/info.json',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '%252e%252e/zoo',
    '..%5c..%5cwindows',
    'zoo%00/info.json',
    'zoo%0a/info.json',
    'zoo%3Fx/info.json',
    'zo%C3%B6/info.json',
    '__proto__/info.json',
    'constructor/info.json',
    `${'a'.repeat(129)}/info.json`,
    `${'a/'.repeat(2000)}info.json`,
  ])('answers /v1/keyboards/%s with 404 in JSON', async (path) => {
    const { get } = createService();
    const answer = await get(`/v1/keyboards/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404, error: { kind: 'user' } });
  });

  it('answers a path that is no text with 400 in JSON', async () => {
    const answer = await createService().get('/v1/keyboards/%zz/info.json');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 400, error: { code: 'request.invalid' } });
  });
});

describe('parseKeyboardPath', () => {
  it.each([
    ['planck', { keyboard: 'planck', part: 'info' }],
    ['a/b/c/d/e/f', { keyboard: 'a/b/c/d/e/f', part: 'info' }],
    ['a/b/c/d/e/f/info.json', { keyboard: 'a/b/c/d/e/f', part: 'info' }],
    ['Some-Maker/k_b/readme', { keyboard: 'Some-Maker/k_b', part: 'readme' }],
    ['readme', { keyboard: 'readme', part: 'info' }],
    ['info.json', null],
    ['a//b', null],
    ['/a', null],
    ['a/b/c/d/e/f/g', null],
    ['a.b', null],
    ['../zoo', null],
    ['zoo/../zoo/info.json', null],
    ['%2e%2e/zoo', null],
    ['a\n', null],
    ['a'.repeat(128), { keyboard: 'a'.repeat(128), part: 'info' }],
    ['a'.repeat(129), null],
  ])('reads %j', (path, expected) => {
    expect(parseKeyboardPath(path)).toEqual(expected);
  });
});
