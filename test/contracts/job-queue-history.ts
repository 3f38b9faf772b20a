/** The job queue’s contract: what was done, what of it is kept, and forgetting by hand. */
import { describe, expect, it } from 'vitest';
import type { HistoryOptions } from '../../core/queue/contract.ts';
import type { Context } from './job-queue-context.ts';

export function describeHistory({ engine, queue, submit, claim, get }: Context): void {
  const pageOf = async (options: Partial<HistoryOptions> = {}) => {
    const { jobs, more } = await queue().history({ limit: 100, ...options });
    return { ids: jobs.map(({ id }) => id), more };
  };
  /** So many jobs that ended, the first one first. */
  const several = async (count: number, title = '') => {
    const ids: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const { id } = await submit({ title });
      await queue().cancel(id);
      ids.push(id);
    }
    return ids;
  };

  describe('the history', () => {
    it('has every job, by arrival, the newest first', async () => {
      const done = await submit();
      await queue().finish(await claim(), null);
      const running = await submit();
      await claim();
      const queued = await submit({ front: true });
      expect(await pageOf()).toEqual({ ids: [queued.id, running.id, done.id], more: false });
    });

    it('comes in pages without gaps or doubles, also while jobs arrive', async () => {
      const ids = (await several(7)).reverse();
      const first = await pageOf({ limit: 3 });
      expect(first).toEqual({ ids: ids.slice(0, 3), more: true });
      await several(2);
      const second = await pageOf({ limit: 3, before: ids[2] ?? '' });
      expect(second).toEqual({ ids: ids.slice(3, 6), more: true });
      expect(await pageOf({ limit: 3, before: ids[5] ?? '' })).toEqual({
        ids: ids.slice(6),
        more: false,
      });
    });

    it('ends where the page before ended with a job that was forgotten', async () => {
      const [first = '', second = ''] = await several(2);
      await queue().forget(second);
      expect(await pageOf({ before: second })).toEqual({ ids: [], more: false });
      expect(await pageOf({ before: 'nonsense' })).toEqual({ ids: [], more: false });
      expect((await pageOf()).ids).toEqual([first]);
    });

    it('finds jobs by every word of their title, whatever the case', async () => {
      const [planck] = await several(1, 'planck/rev6 mine qmk');
      const [pad] = await several(1, 'kiln/pad4x4 100%_mine starter');
      expect((await pageOf({ text: 'PLANCK' })).ids).toEqual([planck]);
      expect((await pageOf({ text: 'mine' })).ids).toEqual([pad, planck]);
      expect((await pageOf({ text: ' mine  starter ' })).ids).toEqual([pad]);
      // Wildcards of the database stand for themselves.
      expect((await pageOf({ text: '100%_' })).ids).toEqual([pad]);
      expect((await pageOf({ text: 'p_ad' })).ids).toEqual([]);
      expect((await pageOf({ text: "'" })).ids).toEqual([]);
    });

    it('has the states and the kept jobs only, where these are asked for', async () => {
      const [canceled = ''] = await several(1);
      const queued = await submit();
      expect((await pageOf({ states: ['canceled', 'failed'] })).ids).toEqual([canceled]);
      expect((await pageOf({ states: ['queued'] })).ids).toEqual([queued.id]);
      expect((await pageOf({ pinned: true })).ids).toEqual([]);
      await queue().pin(canceled, true);
      expect((await pageOf({ pinned: true })).ids).toEqual([canceled]);
    });
  });

  describe('pinning', () => {
    it('keeps a job from being swept, until it is let go', async () => {
      const [kept = '', other = ''] = await several(2);
      expect(await queue().pin(kept, true)).toMatchObject({ id: kept, pinned: true });
      engine().advance(1);
      expect(await queue().sweep(engine().now())).toEqual([other]);
      expect((await get(kept)).pinned).toBe(true);
      expect(await queue().pin(kept, false)).toMatchObject({ id: kept, pinned: false });
      expect(await queue().sweep(engine().now())).toEqual([kept]);
    });

    it('is possible before a job has ended', async () => {
      const { id } = await submit();
      expect((await get(id)).pinned).toBe(false);
      await queue().pin(id, true);
      await queue().finish(await claim(), null);
      expect((await get(id)).pinned).toBe(true);
    });

    it('finds no job that never was', async () => {
      expect(await queue().pin('0'.repeat(32), true)).toBeNull();
      expect(await queue().pin('nonsense', true)).toBeNull();
    });
  });

  describe('forgetting by hand', () => {
    it('takes one job that has ended, with its story, and no other', async () => {
      const [first = '', second = ''] = await several(2);
      expect(await queue().forget(first)).toBe(true);
      expect(await queue().get(first)).toBeNull();
      expect(await queue().events(first, 0)).toEqual([]);
      expect(await queue().forget(first)).toBe(false);
      expect((await pageOf()).ids).toEqual([second]);
    });

    it('takes a pinned one too: who deletes it means it', async () => {
      const [id = ''] = await several(1);
      await queue().pin(id, true);
      expect(await queue().forget(id)).toBe(true);
    });

    it('leaves alone what waits or runs, and what never was', async () => {
      const running = await submit();
      await claim();
      const queued = await submit();
      for (const id of [running.id, queued.id, '0'.repeat(32), 'nonsense']) {
        expect(await queue().forget(id)).toBe(false);
      }
      expect((await pageOf()).ids).toHaveLength(2);
    });
  });
}
