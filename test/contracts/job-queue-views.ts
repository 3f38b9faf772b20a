/** The job queue’s contract: stories, questions, watchers, and forgetting. */
import { describe, expect, it, vi } from 'vitest';
import { type JobQueue, LOG_CUT_LINE, MAX_LOG_BYTES } from '../../core/queue/contract.ts';
import { type Context, LEASE } from './job-queue-context.ts';

export function describeStory({ engine, queue, submit, claim, get }: Context): void {
  describe('the story of a job', () => {
    it('counts from one without a gap, over all tries', async () => {
      const { id } = await submit();
      for (const worker of ['worker-1', 'worker-2']) {
        const held = await claim(worker);
        await queue().record(held, [{ type: 'log', lines: ['a', 'b'] }]);
        await queue().record(held, [
          { type: 'progress', progress: { stage: 'compile', fraction: 0.5 } },
          { type: 'log', lines: ['c'] },
        ]);
        if (worker === 'worker-1') await queue().recover(worker);
        else await queue().finish(held, null);
      }
      const events = await queue().events(id, 0);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events).toHaveLength(11);
    });

    it('tells what was recorded, when, in order', async () => {
      const { id } = await submit();
      const held = await claim();
      engine().advance(5);
      const body = [
        { type: 'log', lines: ['gcc …', '', 'ä "quoted" \u001b[1m'] },
        { type: 'progress', progress: { stage: 'compile', fraction: 0.25 } },
      ] as const;
      await queue().record(held, body);
      const at = engine().now();
      expect(await queue().events(id, 2)).toEqual([
        { seq: 3, at, ...body[0] },
        { seq: 4, at, ...body[1] },
      ]);
    });

    it('goes on after the last event that was seen', async () => {
      const { id } = await submit();
      await queue().finish(await claim(), null);
      const all = await queue().events(id, 0);
      expect(await queue().events(id, 1)).toEqual(all.slice(1));
      expect(await queue().events(id, 3)).toEqual([]);
      expect(await queue().events(id, 1000)).toEqual([]);
    });

    it('is empty for a job that never was', async () => {
      expect(await queue().events('0'.repeat(32), 0)).toEqual([]);
      expect(await queue().events('nonsense', 0)).toEqual([]);
    });

    it('shows the last progress in the job', async () => {
      const { id } = await submit();
      const held = await claim();
      await queue().record(held, [
        { type: 'progress', progress: { stage: 'compile', fraction: 0.5 } },
        { type: 'progress', progress: { stage: 'link' } },
      ]);
      await queue().record(held, [{ type: 'log', lines: ['more'] }]);
      expect((await get(id)).progress).toEqual({ stage: 'link' });
    });

    it('adds nothing for an empty batch', async () => {
      const { id } = await submit();
      const held = await claim();
      await queue().record(held, []);
      await queue().record(held, [{ type: 'log', lines: [] }]);
      expect(await queue().events(id, 2)).toEqual([]);
    });

    it('keeps so much of a live log and says once where it was cut', async () => {
      const { id } = await submit();
      const held = await claim();
      const line = 'x'.repeat(MAX_LOG_BYTES / 4 - 1);
      await queue().record(held, [{ type: 'log', lines: [line, line] }]);
      await queue().record(held, [{ type: 'log', lines: [line, line, 'one too many', 'two'] }]);
      await queue().record(held, [
        { type: 'log', lines: ['three'] },
        { type: 'progress', progress: { stage: 'link' } },
      ]);
      await queue().finish(held, null);
      const story = await queue().events(id, 2);
      const lines = story.flatMap((event) => (event.type === 'log' ? event.lines : []));
      expect(lines.map((each) => (each === line ? 'line' : each))).toEqual([
        'line',
        'line',
        'line',
        'line',
        LOG_CUT_LINE,
      ]);
      expect(story.map(({ type }) => type)).toEqual(['log', 'log', 'progress', 'state']);
    });
  });
}

export function describeLooking({ engine, queue, submit, claim }: Context): void {
  describe('looking', () => {
    it('finds no job by an id that never was, or that is no id', async () => {
      expect(await queue().get('0'.repeat(32))).toBeNull();
      expect(await queue().get('../etc/passwd')).toBeNull();
    });

    it('counts what waits and what runs', async () => {
      expect(await queue().counts()).toEqual({ queued: 0, running: 0 });
      for (let count = 0; count < 3; count += 1) await submit();
      const held = await claim();
      expect(await queue().counts()).toEqual({ queued: 2, running: 1 });
      await queue().finish(held, null);
      expect(await queue().counts()).toEqual({ queued: 2, running: 0 });
    });

    it('tells how many jobs go before one', async () => {
      const first = await submit();
      const second = await submit();
      const front = await submit({ front: true });
      const positions = await Promise.all(
        [front, first, second].map(({ id }) => queue().position(id)),
      );
      expect(positions).toEqual([0, 1, 2]);
    });

    it('knows no position of a job that does not wait', async () => {
      const { id } = await submit();
      await claim();
      expect(await queue().position(id)).toBeNull();
      expect(await queue().position('0'.repeat(32))).toBeNull();
      expect(await queue().position('nonsense')).toBeNull();
    });

    it('lists waiting jobs in claim order, then the others, newest first', async () => {
      const done = await submit();
      await queue().finish(await claim(), null);
      const running = await submit();
      await claim();
      const plain = await submit();
      const front = await submit({ front: true });
      expect((await queue().list()).map(({ id }) => id)).toEqual([
        front.id,
        plain.id,
        running.id,
        done.id,
      ]);
    });

    it('lists only the states and the number that were asked for', async () => {
      const first = await submit();
      await queue().cancel(first.id);
      const second = await submit();
      await queue().cancel(second.id);
      const third = await submit();
      const ids = async (...options: Parameters<JobQueue['list']>) =>
        (await queue().list(...options)).map(({ id }) => id);
      expect(await ids({ states: ['canceled'] })).toEqual([second.id, first.id]);
      expect(await ids({ states: ['canceled'], limit: 1 })).toEqual([second.id]);
      expect(await ids({ states: ['canceled', 'queued'], limit: 2 })).toEqual([
        third.id,
        second.id,
      ]);
      expect(await ids({ states: ['running'] })).toEqual([]);
      expect(await ids({ states: [] })).toEqual([]);
    });

    it('calls watchers after each change, with the change to be seen', async () => {
      const seen: string[] = [];
      const stop = queue().watch((id) => {
        void (async () =>
          seen.push(id === null ? 'all' : ((await queue().get(id))?.state ?? '–')))();
      });
      const settled = (state: string) => vi.waitFor(() => expect(seen.at(-1)).toBe(state));
      const { id } = await submit();
      await settled('queued');
      const held = await claim();
      await settled('running');
      seen.length = 0;
      await queue().record(held, [{ type: 'log', lines: ['x'] }]);
      await settled('running');
      seen.length = 0;
      await queue().cancel(id);
      await settled('running');
      await queue().cancelClaimed(held);
      await settled('canceled');
      stop();
    });

    it('calls watchers when a job is recovered', async () => {
      const { id } = await submit();
      await claim();
      engine().advance(LEASE);
      const changed = new Promise((resolve) => {
        queue().watch(resolve);
      });
      await queue().recover();
      expect([id, null]).toContain(await changed);
    });

    it('calls nobody who stopped watching', async () => {
      const stopped = vi.fn();
      queue().watch(stopped)();
      const called = new Promise((resolve) => {
        queue().watch(resolve);
      });
      await submit();
      await called;
      expect(stopped).not.toHaveBeenCalled();
    });
  });
}

export function describeSweep({ engine, queue, submit, claim, get }: Context): void {
  describe('sweeping', () => {
    it('forgets what ended before the time, with its story, and says which', async () => {
      const old = await submit();
      await queue().finish(await claim(), null);
      engine().advance(1000);
      const young = await submit();
      await queue().cancel(young.id);
      expect(await queue().sweep(engine().now())).toEqual([old.id]);
      expect(await queue().get(old.id)).toBeNull();
      expect(await queue().events(old.id, 0)).toEqual([]);
      expect((await get(young.id)).state).toBe('canceled');
      expect(await queue().events(young.id, 0)).toHaveLength(2);
    });

    it('leaves alone what has not ended, however old', async () => {
      const running = await submit();
      await claim();
      const queued = await submit();
      engine().advance(1_000_000);
      expect(await queue().sweep(engine().now())).toEqual([]);
      expect((await get(running.id)).state).toBe('running');
      expect((await get(queued.id)).state).toBe('queued');
    });

    it('forgets any number of jobs', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 120; count += 1) {
        const { id } = await submit();
        await queue().cancel(id);
        ids.push(id);
      }
      engine().advance(1);
      expect([...(await queue().sweep(engine().now()))].sort()).toEqual(ids.sort());
      expect(await queue().list()).toEqual([]);
    });
  });
}
