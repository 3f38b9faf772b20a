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
