import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { CHECKED, createService, KEYMAP, TOKEN } from '../../../fixtures/api/service.ts';

const withToken = { authorization: `Bearer ${TOKEN}` };

describe('POST /kiln/v1/check', () => {
  it('answers with size and errors, and leaves no job', async () => {
    const { post, state, queue } = createService();
    const answer = await post('/kiln/v1/check', KEYMAP, withToken);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(CHECKED);
    expect(answer.headers['cache-control']).toBe('no-store');
    const [asked] = state.checked;
    expect(asked?.payload).toMatchObject({ keyboard: 'planck/rev6', layout: 'LAYOUT_pair' });
    expect(await queue.list()).toEqual([]);
  });

  it('tells the windows of one machine apart by their own word', async () => {
    const { post, state } = createService();
    for (const word of ['one', 'two']) {
      await post('/kiln/v1/check', KEYMAP, { ...withToken, 'x-kiln-client': word });
    }
    await post('/kiln/v1/check', KEYMAP, withToken);
    expect(new Set(state.checked.map(({ client }) => client)).size).toBe(3);
  });

  it.each(['', 'a b', 'a'.repeat(65), 'é'])('refuses the word %j', async (word) => {
    const answer = await createService().post('/kiln/v1/check', KEYMAP, {
      ...withToken,
      'x-kiln-client': word,
    });
    expect(answer.statusCode).toBe(400);
  });

  it('refuses what a compile refuses, before anything is built', async () => {
    const { post, state } = createService();
    const hostile = { ...KEYMAP, keymap: '$(shell id)' };
    expect((await post('/kiln/v1/check', hostile, withToken)).statusCode).toBe(422);
    expect((await post('/kiln/v1/check', '{', withToken)).statusCode).toBe(400);
    expect(state.checked).toEqual([]);
  });

  it('is for who may build, not for every page', async () => {
    const { post, state } = createService();
    expect((await post('/kiln/v1/check', KEYMAP)).statusCode).toBe(401);
    expect((await post('/kiln/v1/prewarm', KEYMAP)).statusCode).toBe(401);
    expect(state.checked).toEqual([]);
    expect(state.prewarmed).toEqual([]);
  });

  it('says 409 when a newer check took its place', async () => {
    const liveCheck = {
      check: async () => {
        throw new KilnError('check.superseded', 'A newer check took its place.');
      },
      prewarm: () => undefined,
    };
    const answer = await createService({ replace: { liveCheck } }).post(
      '/kiln/v1/check',
      KEYMAP,
      withToken,
    );
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ error: { code: 'check.superseded' } });
  });
});

describe('POST /kiln/v1/prewarm', () => {
  it('takes the wish and answers at once', async () => {
    const { post, state } = createService();
    const answer = await post('/kiln/v1/prewarm', KEYMAP, withToken);
    expect(answer.statusCode).toBe(202);
    expect(state.prewarmed).toMatchObject([{ keyboard: 'planck/rev6' }]);
  });
});
