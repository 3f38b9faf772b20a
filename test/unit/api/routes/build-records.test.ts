import { describe, expect, it } from 'vitest';
import { cataloguesWith } from '../../../fixtures/api/catalogue.ts';
import { createService } from '../../../fixtures/api/service.ts';

const MESSAGE = 'keyboard.json of broken/board is no JSON.';
const TESTED = Date.UTC(2025, 10, 20, 18, 7, 37) / 1000;

describe('records of test builds', () => {
  it('name the keyboards that cannot even be read, without terminal colours', async () => {
    const { get } = createService();
    const record = { works: false, warnings: false, last_tested: TESTED };
    expect((await get('/v1/keyboards/build_status')).json()).toEqual({ 'broken/board': false });
    expect((await get('/v1/keyboards/build_summary')).json()).toEqual({ 'broken/board': record });
    expect((await get('/v1/keyboards/build_log')).json()).toEqual({
      'broken/board': { ...record, message: MESSAGE },
    });
    expect((await get('/v1/keyboards/error_log')).json()).toEqual({
      'broken/board': { severity: 'error', message: MESSAGE },
    });
    expect((await get('/v1/keyboards/broken/board/build_log')).json()).toEqual({
      ...record,
      message: MESSAGE,
    });
  });

  it('are what test builds found, beside what cannot be read', async () => {
    const { get, tests } = createService();
    const test = {
      testedAt: 1_763_661_794_999,
      durationMs: 5,
      keymap: 'generated',
      version: 'v1',
    } as const;
    tests.save('qmk', 'planck/rev6', { ...test, works: true, warnings: false, message: 'Linking' });
    tests.save('qmk', 'zoo', { ...test, works: true, warnings: true, message: 'x.c [WARNINGS]' });
    tests.save('qmk', 'handwired/onekey/a/b/c/d', {
      ...test,
      works: false,
      warnings: false,
      message: 'x.c:1: error',
    });
    // Of before it could not be read any more.
    tests.save('qmk', 'broken/board', { ...test, works: true, warnings: false, message: 'fine' });
    expect((await get('/v1/keyboards/build_status')).json()).toEqual({
      'broken/board': false,
      'handwired/onekey/a/b/c/d': false,
      'planck/rev6': true,
      zoo: true,
    });
    const summary = (await get('/v1/keyboards/build_summary')).json();
    expect(summary.zoo).toEqual({ works: true, warnings: true, last_tested: 1_763_661_794 });
    expect(Object.keys(summary)).toHaveLength(4);
    expect((await get('/v1/keyboards/build_log')).json()['planck/rev6']).toEqual({
      works: true,
      warnings: false,
      last_tested: 1_763_661_794,
      message: 'Linking',
    });
    expect((await get('/v1/keyboards/error_log')).json()).toEqual({
      'broken/board': { severity: 'error', message: MESSAGE },
      'handwired/onekey/a/b/c/d': { severity: 'error', message: 'x.c:1: error' },
      zoo: { severity: 'warning', message: 'x.c [WARNINGS]' },
    });
    // Under an old name too.
    expect((await get('/v1/keyboards/old_planck/build_log')).json()).toMatchObject({
      works: true,
      message: 'Linking',
    });
    expect((await get('/kiln/v1/trees/vial/v1/keyboards/build_status')).json()).toEqual({});
  });

  it('are forgotten by their age, and kept short', () => {
    const { tests } = createService();
    const test = {
      durationMs: 5,
      keymap: null,
      version: 'v1',
      works: true,
      warnings: false,
    } as const;
    tests.save('qmk', 'zoo', { ...test, testedAt: 1000, message: 'x'.repeat(100_000) });
    expect(tests.record('qmk', 'zoo')?.message.length).toBeLessThan(9000);
    expect(tests.forget(1000)).toBe(0);
    expect(tests.forget(1001)).toBe(1);
    expect(tests.record('qmk', 'zoo')).toBeNull();
  });

  it.each(['build_status', 'build_summary', 'build_log', 'error_log'])(
    'are {} while nothing is recorded: %s',
    async (path) => {
      const { get } = createService({
        replace: { catalogues: cataloguesWith({ broken: async () => [] }) },
      });
      const answer = await get(`/v1/keyboards/${path}`);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe('{}');
    },
  );

  it.each(['zoo', 'nothing', 'old_planck', '__proto__'])(
    'of a single keyboard are 404 while nothing is recorded: %s',
    async (keyboard) => {
      const answer = await createService().get(`/v1/keyboards/${keyboard}/build_log`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 404, error: { code: 'request.not-found' } });
    },
  );

  it('are those of the tree that is asked for', async () => {
    const { get } = createService();
    expect((await get('/kiln/v1/trees/vial/v1/keyboards/build_log')).json()).toEqual({});
  });
});
