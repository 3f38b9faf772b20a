import { describe, expect, it } from 'vitest';
import { createService, TOKEN } from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const URL = '/kiln/v1/trees/qmk/test-builds';

describe('GET /kiln/v1/trees/<tree>/test-builds', () => {
  it('says of each keyboard how and of which commit it was built, and which were not yet', async () => {
    const { get, tests, state } = createService();
    const test = { testedAt: 5000, durationMs: 5, keymap: 'default', version: '0.30.1' } as const;
    tests.save('qmk', 'planck/rev6', { ...test, works: true, warnings: false, message: 'fine' });
    // Of before it could not be read any more.
    tests.save('qmk', 'broken/board', { ...test, works: true, warnings: false, message: 'fine' });
    state.tester = { state: 'building', tree: 'qmk', keyboard: 'zoo', yielded: 2 };
    const view = (await get(URL, AUTHORIZED)).json();
    expect(view).toMatchObject({ state: 'building', tree: 'qmk', keyboard: 'zoo', yielded: 2 });
    expect(view.keyboards).toEqual([
      {
        keyboard: 'broken/board',
        verdict: 'failing',
        testedAt: expect.any(Number),
        version: null,
      },
      { keyboard: 'planck/rev6', verdict: 'passing', testedAt: 5000, version: '0.30.1' },
    ]);
    expect(view.untested).toContain('zoo');
    expect(view.untested).not.toContain('planck/rev6');
    expect(view.counts).toEqual({
      failing: 1,
      warning: 0,
      passing: 1,
      untested: view.untested.length,
    });
  });

  it('says what is new alone to who has the rest, and nothing twice', async () => {
    const { get, tests } = createService();
    const test = { durationMs: 5, keymap: 'default', version: '0.30.1', message: 'fine' } as const;
    const works = { ...test, works: true, warnings: false };
    // In years in which nothing is read that cannot be.
    tests.save('qmk', 'planck/rev6', { ...works, testedAt: 5e15 });
    const first = await get(URL, AUTHORIZED);
    const tag = String(first.headers.etag);
    expect((await get(URL, { ...AUTHORIZED, 'if-none-match': tag })).statusCode).toBe(304);
    tests.save('qmk', 'zoo', { ...works, testedAt: 6e15 });
    const news = (await get(`${URL}?since=6000000000000000`, AUTHORIZED)).json();
    expect(news).toMatchObject({ keyboards: [{ keyboard: 'zoo' }], untested: [] });
    const { counts, untested } = first.json();
    expect(news.counts).toMatchObject({ passing: 2, untested: counts.untested - 1 });
    expect(untested).toContain('zoo');
    expect((await get(URL, { ...AUTHORIZED, 'if-none-match': tag })).statusCode).toBe(200);
    expect((await get(`${URL}?since=yesterday`, AUTHORIZED)).statusCode).toBe(400);
  });

  it('is for nobody without the token, and of no tree that is not there', async () => {
    const { get } = createService();
    expect((await get(URL)).statusCode).toBe(401);
    expect((await get('/kiln/v1/trees/no/test-builds', AUTHORIZED)).statusCode).toBe(404);
  });
});
