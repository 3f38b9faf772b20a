import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../../../../core/catalogue/contract.ts';
import { KilnError } from '../../../../core/errors.ts';
import { ALIAS, cataloguesWith } from '../../../fixtures/api/catalogue.ts';
import { createService } from '../../../fixtures/api/service.ts';

const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/;

const serviceWith = (changes: Partial<Catalogue>) =>
  createService({ replace: { catalogues: cataloguesWith(changes) } });

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
    '',
    'info.json',
    'readme',
    '/info.json',
    'zoo,',
    ',zoo',
    'zoo,,zoo',
    'zoo,../zoo',
    'zoo,planck/rev6/info.json',
    'nothing,constructor',
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

describe('several keyboards', () => {
  it('are served at one address, each under the name that was asked for', async () => {
    const answer = await createService().get(`/v1/keyboards/zoo,${ALIAS},planck/rev6,zoo`);
    expect(answer.statusCode).toBe(200);
    const { keyboards } = answer.json();
    expect(Object.keys(keyboards)).toEqual(['zoo', ALIAS, 'planck/rev6']);
    expect(keyboards[ALIAS]).toEqual(keyboards['planck/rev6']);
  });

  it('are served without those that there are not, or that cannot be read', async () => {
    const { get } = createService();
    const answer = await get('/v1/keyboards/nothing,zoo,broken/board,__proto__');
    expect(answer.statusCode).toBe(200);
    expect(Object.keys(answer.json().keyboards)).toEqual(['zoo']);
    expect((await get('/v1/keyboards/nothing,nobody')).statusCode).toBe(404);
  });

  it('are at most fifty', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `k${index}`);
    const { get } = createService();
    expect((await get(`/v1/keyboards/${names.join(',')},zoo`)).statusCode).toBe(400);
    const answer = await get(`/v1/keyboards/${names.slice(1).join(',')},zoo`);
    expect(Object.keys(answer.json().keyboards)).toEqual(['zoo']);
  });

  it('fail together when the tree does', async () => {
    const { get } = serviceWith({
      infoText: async () => {
        throw new KilnError('tree.missing', 'The folder of the tree is gone.');
      },
    });
    const answer = await get('/v1/keyboards/zoo,planck/rev6');
    expect(answer.statusCode).toBe(500);
    expect(answer.json().error.code).toBe('tree.missing');
  });
});

describe('a keyboard’s data', () => {
  it('are passed on as the catalogue has them, with nothing parsed', async () => {
    const { get } = serviceWith({ infoText: async () => '{"a":1.0,"__proto__":{"b":"\\u00e9"}}' });
    const answer = await get('/v1/keyboards/zoo/info.json');
    expect(answer.body).toBe(
      '{"last_updated":"2025-11-20 18:07:37 GMT","keyboards":' +
        '{"zoo":{"a":1.0,"__proto__":{"b":"\\u00e9"}}}}',
    );
  });

  it('are dated by the last change of the catalogue, or the tree’s coming while there is none', async () => {
    const { get } = createService();
    const { last_updated } = (await get('/v1/keyboards/zoo/info.json')).json();
    expect(last_updated).toBe('2025-11-20 18:07:37 GMT');
    const status = {
      state: 'listed',
      total: 4,
      done: 0,
      broken: 0,
      rate: null,
      remainingSeconds: null,
      message: null,
      revision: 'r0',
      changedAt: 0,
    } as const;
    const fresh = serviceWith({ status: async () => status });
    expect((await fresh.get('/v1/keyboards/zoo')).json().last_updated).toBe(
      '2025-11-20 18:03:14 GMT',
    );
  });
});

describe('keymaps', () => {
  const KEYMAP = '{"keyboard":"planck/rev6"}';

  it('that are JSON are served by keyboard and name, and as the file that info.json names', async () => {
    const { get } = createService();
    for (const path of [
      'planck/rev6/keymaps/default',
      `${ALIAS}/keymaps/default`,
      'planck/keymaps/default/keymap.json',
    ]) {
      const answer = await get(`/v1/keyboards/${path}`);
      expect(answer.statusCode, path).toBe(200);
      expect(answer.body).toBe(KEYMAP);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    }
    const { keymaps } = (await get('/v1/keyboards/planck/rev6')).json().keyboards['planck/rev6'];
    expect((await get(`/v1/${keymaps.default.path}`)).body).toBe(KEYMAP);
  });

  it.each([
    ['planck/rev6/keymaps/mine', 'mine'],
    ['nothing/keymaps/mine', 'mine'],
    ['broken/board/keymaps/mine', 'mine'],
    ['planck/rev6/keymaps/constructor', 'constructor'],
    ['planck/rev6/keymaps/default/readme', 'default'],
    ['planck/rev6/keymaps/%3Cb%3E%0a', '\\u003cb\\u003e\\u000a'],
  ])('of C are not there, in the words of the hosted API: %s', async (path, named) => {
    const answer = await createService().get(`/v1/keyboards/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404, message: `No such keymap: ${named}` });
  });

  it.each([
    'planck/keymaps/mine/keymap.json',
    'planck/keymaps/../keymap.json',
    'planck/keymaps/%2e%2e/keymap.json',
    'planck/keymaps/a%5cb/keymap.json',
    'planck/keymaps/default/keymap.c',
    '../keymaps/default/keymap.json',
    'planck/keymaps',
    'keymaps/default',
  ])('are 404 at %s', async (path) => {
    const answer = await createService().get(`/v1/keyboards/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404 });
  });
});

describe('the keyboards of another tree', () => {
  const TREE = '/kiln/v1/trees/vial';

  it('are served at the same addresses below its name', async () => {
    const { get } = createService();
    expect((await get(`${TREE}/v1/keyboards`)).json()).toEqual(['zoo']);
    expect((await get(`${TREE}/v1/keyboards/zoo/info.json`)).statusCode).toBe(200);
    expect((await get(`${TREE}/v1/keyboards/planck/rev6/info.json`)).statusCode).toBe(404);
    expect((await get('/kiln/v1/trees/qmk/v1/keyboards/planck/rev6')).statusCode).toBe(200);
  });

  it.each(['nothing', '__proto__', '..', '%2e%2e', 'a%2fb', 'vial%00', ''])(
    'are 404 when there is no tree named %j',
    async (name) => {
      const { get } = createService();
      for (const path of ['keyboards', 'keyboards/zoo', 'keyboard_list.json', 'usb.json']) {
        const answer = await get(`/kiln/v1/trees/${name}/v1/${path}`);
        expect(answer.statusCode).toBe(404);
        expect(answer.json().code).toBe(404);
      }
    },
  );
});
