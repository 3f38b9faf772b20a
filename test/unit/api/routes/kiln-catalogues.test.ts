import { describe, expect, it } from 'vitest';
import { cataloguesWith, testCatalogues } from '../../../fixtures/api/catalogue.ts';
import { createService, TOKEN } from '../../../fixtures/api/service.ts';

const withToken = { authorization: `Bearer ${TOKEN}` };

describe('GET /kiln/v1/keyboards', () => {
  it('finds keyboards of all trees, with their tree', async () => {
    const { keyboards } = (await createService().get('/kiln/v1/keyboards?q=zoo')).json();
    expect(keyboards.map(({ tree, name }: Record<string, string>) => [tree, name])).toEqual([
      ['qmk', 'zoo'],
      ['vial', 'zoo'],
    ]);
  });

  it('lists them without a text, as many as are asked for', async () => {
    const { get } = createService();
    expect((await get('/kiln/v1/keyboards')).json().keyboards).toHaveLength(5);
    expect((await get('/kiln/v1/keyboards?limit=2')).json().keyboards).toHaveLength(2);
  });

  it('says why a keyboard cannot be read', async () => {
    const { keyboards } = (await createService().get('/kiln/v1/keyboards?q=broken')).json();
    expect(keyboards).toMatchObject([{ name: 'broken/board', error: expect.any(String) }]);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'limit=1.5', `q=${'a'.repeat(201)}`, 'q=a&q=b'])(
    'refuses ?%s with 400',
    async (query) => {
      const answer = await createService().get(`/kiln/v1/keyboards?${query}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 400, error: { code: 'request.invalid' } });
    },
  );

  it('keeps control characters from the index', async () => {
    const asked: string[] = [];
    const catalogues = {
      ...cataloguesWith({}),
      search: async (text: string) => {
        asked.push(text);
        return [];
      },
    };
    await createService({ replace: { catalogues } }).get('/kiln/v1/keyboards?q=a%00%1bb%0a"%25');
    expect(asked).toEqual(['a b "%']);
  });
});

describe('GET /kiln/v1/trees/<tree>/catalogue', () => {
  it('says how far it is, and which keyboards cannot be read, to anybody', async () => {
    const answer = await createService().get('/kiln/v1/trees/qmk/catalogue');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      tree: 'qmk',
      status: { state: 'complete', total: 4, done: 4, broken: 1 },
      broken: [{ name: 'broken/board', message: 'keyboard.json of broken/board is no JSON.' }],
    });
  });

  it('tells no place on this machine', async () => {
    const catalogue = await testCatalogues.forTree('qmk');
    const message = 'cannot read /trees/qmk/keyboards/x/keyboard.json';
    const { get } = createService({
      replace: {
        catalogues: cataloguesWith({
          status: async () => ({ ...(await catalogue.status()), state: 'stopped', message }),
          broken: async () => [{ name: 'x', message, readAt: 0 }],
        }),
      },
    });
    const shown = 'cannot read qmk/keyboards/x/keyboard.json';
    expect((await get('/kiln/v1/trees/qmk/catalogue')).json()).toMatchObject({
      status: { message: shown },
      broken: [{ message: shown }],
    });
    expect((await get('/v1/keyboards/build_log')).json()).toMatchObject({ x: { message: shown } });
  });
});

describe('POST /kiln/v1/trees/<tree>/catalogue/refresh', () => {
  const refresh = '/kiln/v1/trees/vial/catalogue/refresh';

  it('begins a run for who has the token', async () => {
    const service = createService();
    const answer = await service.post(refresh, '', withToken);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ state: 'complete', total: 1 });
    expect(service.state.refreshed).toEqual(['vial']);
  });

  it('does nothing without the token, or for a tree that there is not', async () => {
    const service = createService();
    expect((await service.post(refresh, '')).statusCode).toBe(401);
    const nothing = '/kiln/v1/trees/nothing/catalogue/refresh';
    expect((await service.post(nothing, '', withToken)).statusCode).toBe(404);
    expect((await service.get(refresh, withToken)).statusCode).toBe(404);
    expect(service.state.refreshed).toEqual([]);
  });
});
