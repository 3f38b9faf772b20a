/** The job queue’s contract: canceled, lost and handed-back jobs. */
import { describe, expect, it } from 'vitest';
import { MAX_TRIES } from '../../core/queue/contract.ts';
import { type Context, codeOf, FAILURE, KINDS, LEASE } from './job-queue-context.ts';

export function describeCancel({ engine, queue, submit, claim, get, states }: Context): void {
  describe('canceling', () => {
    it('ends a queued job at once', async () => {
      const { id } = await submit();
      engine().advance(10);
      const job = await queue().cancel(id);
      expect(job).toMatchObject({
        state: 'canceled',
        cancelRequested: true,
        endedAt: engine().now(),
        error: { code: 'job.canceled' },
      });
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'canceled']);
      expect(await queue().claim('worker-1', KINDS, LEASE)).toBeNull();
    });

    it('marks a running job, tells its worker and lets it end the job', async () => {
      const { id } = await submit();
      const held = await claim();
      expect(await queue().heartbeat(held, LEASE)).toBe('held');
      expect(await queue().cancel(id)).toMatchObject({ state: 'running', cancelRequested: true });
      expect(await queue().heartbeat(held, LEASE)).toBe('cancel');
      const job = await queue().cancelClaimed(held);
      expect(job).toMatchObject({
        state: 'canceled',
        error: { code: 'job.canceled' },
        endedAt: engine().now(),
      });
      expect(await states(id)).toEqual(['queued', 'running', 'canceled']);
    });

    it('leaves an ended job as it is', async () => {
      const { id } = await submit();
      const job = await queue().finish(await claim(), 'done');
      expect(await queue().cancel(id)).toEqual(job);
      expect(await get(id)).toEqual(job);
    });

    it('changes nothing when it is asked for twice', async () => {
      const { id } = await submit();
      const job = await queue().cancel(id);
      engine().advance(10);
      expect(await queue().cancel(id)).toEqual(job);
    });

    it('knows nothing of a job that never was', async () => {
      expect(await queue().cancel('0'.repeat(32))).toBeNull();
      expect(await queue().cancel("' OR 1=1 --")).toBeNull();
    });
  });
}

export function describeRefuse({ engine, queue, submit, claim, get, states }: Context): void {
  describe('refusing', () => {
    it('fails a queued job with the reason, and nobody gets it any more', async () => {
      const { id } = await submit();
      engine().advance(10);
      const job = await queue().refuse(id, FAILURE);
      expect(job).toMatchObject({
        state: 'failed',
        cancelRequested: false,
        tries: 0,
        endedAt: engine().now(),
        error: FAILURE,
      });
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'failed']);
      expect(await queue().claim('worker-1', KINDS, LEASE)).toBeNull();
      expect(await queue().counts()).toEqual({ queued: 0, running: 0 });
    });

    it('leaves a job alone that a worker has by now, or that has ended', async () => {
      const { id } = await submit();
      const held = await claim();
      expect(await queue().refuse(id, FAILURE)).toEqual(held.job);
      const job = await queue().finish(held, 'done');
      expect(await queue().refuse(id, FAILURE)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'running', 'finished']);
    });

    it('knows no job of another id', async () => {
      expect(await queue().refuse('0'.repeat(32), FAILURE)).toBeNull();
      expect(await queue().refuse('nothing', FAILURE)).toBeNull();
    });
  });
}

export function describeRecovery({ engine, queue, submit, claim, get, states }: Context): void {
  describe('recovering from lost workers', () => {
    it('leaves a job alone as long as its lease lasts', async () => {
      await submit();
      await claim();
      engine().advance(LEASE - 1);
      expect(await queue().recover()).toEqual([]);
    });

    it('leaves a job alone whose lease heartbeats prolong', async () => {
      await submit();
      const held = await claim();
      for (let beat = 0; beat < 5; beat += 1) {
        engine().advance(LEASE - 1);
        expect(await queue().heartbeat(held, LEASE)).toBe('held');
      }
      engine().advance(LEASE - 1);
      expect(await queue().recover()).toEqual([]);
      engine().advance(1);
      expect(await queue().recover()).toHaveLength(1);
    });

    it('queues a job again whose lease ran out', async () => {
      const { id } = await submit();
      const held = await claim();
      await queue().record(held, [{ type: 'progress', progress: { stage: 'link' } }]);
      engine().advance(LEASE);
      const recovered = await queue().recover();
      expect(recovered).toEqual([await get(id)]);
      expect(recovered[0]).toMatchObject({
        state: 'queued',
        tries: 1,
        workerId: null,
        startedAt: null,
        progress: null,
        enqueuedAt: engine().now(),
      });
      expect(await states(id)).toEqual(['queued', 'running', 'queued']);
    });

    it('takes all jobs of a worker that is known to be gone, and of no other', async () => {
      const first = await submit();
      const second = await submit();
      await submit();
      await claim('gone');
      await claim('gone');
      const alive = await claim('alive');
      const recovered = await queue().recover('gone');
      expect(recovered.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
      expect(await queue().heartbeat(alive, LEASE)).toBe('held');
    });

    it('puts jobs back before all that came later, in their old order', async () => {
      const jobs = [await submit(), await submit(), await submit()];
      await claim();
      await claim();
      await submit();
      await queue().recover('worker-1');
      const claimed = [(await claim()).job.id, (await claim()).job.id, (await claim()).job.id];
      expect(claimed).toEqual(jobs.map(({ id }) => id));
    });

    it('keeps front jobs before one that came back', async () => {
      const lost = await submit();
      await claim();
      const front = await submit({ front: true });
      await queue().recover('worker-1');
      expect([(await claim()).job.id, (await claim()).job.id]).toEqual([front.id, lost.id]);
    });

    it('gives a job up after its third lost worker', async () => {
      const { id } = await submit();
      for (let tries = 1; tries < MAX_TRIES; tries += 1) {
        expect((await claim()).job.tries).toBe(tries);
        expect((await queue().recover('worker-1'))[0]?.state).toBe('queued');
      }
      await claim();
      const [job] = await queue().recover('worker-1');
      expect(job).toMatchObject({
        state: 'failed',
        tries: MAX_TRIES,
        endedAt: engine().now(),
        error: { code: 'job.worker-lost', kind: 'defect' },
      });
      expect(await get(id)).toEqual(job);
      expect((await states(id)).at(-1)).toBe('failed');
    });

    it('finishes a job in its third try like any other', async () => {
      await submit();
      for (let tries = 1; tries < MAX_TRIES; tries += 1) {
        await claim();
        await queue().recover('worker-1');
      }
      expect((await queue().finish(await claim(), 1)).state).toBe('finished');
    });

    it('cancels a job instead of queueing it again where that was asked for', async () => {
      const { id } = await submit();
      await claim();
      await queue().cancel(id);
      expect((await queue().recover('worker-1'))[0]).toMatchObject({
        state: 'canceled',
        error: { code: 'job.canceled' },
        endedAt: engine().now(),
      });
      expect(await states(id)).toEqual(['queued', 'running', 'canceled']);
    });

    it('queues again although the queue is full: an accepted job is never refused', async () => {
      const { id } = await submit();
      await claim();
      for (let count = 0; count < 5; count += 1) await submit();
      await queue().recover('worker-1');
      expect((await get(id)).state).toBe('queued');
      expect(await codeOf(submit())).toBe('queue.full');
    });
  });
}

export function describeHandBack({ engine, queue, submit, claim, get, states }: Context): void {
  describe('handing back', () => {
    it('queues the job again and does not count the try', async () => {
      const { id } = await submit();
      const held = await claim();
      engine().advance(10);
      const job = await queue().handBack(held);
      expect(job).toMatchObject({
        state: 'queued',
        tries: 0,
        workerId: null,
        startedAt: null,
        enqueuedAt: engine().now(),
      });
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'running', 'queued']);
    });

    it('never uses up the tries', async () => {
      const { id } = await submit();
      for (let count = 0; count < MAX_TRIES * 2; count += 1) await queue().handBack(await claim());
      await claim();
      await queue().recover('worker-1');
      expect(await get(id)).toMatchObject({ state: 'queued', tries: 1 });
    });

    it('puts the job before all that came later', async () => {
      const first = await submit();
      await submit();
      await queue().handBack(await claim());
      expect(await queue().position(first.id)).toBe(0);
      expect((await claim()).job.id).toBe(first.id);
    });

    it('cancels the job where that was asked for', async () => {
      const { id } = await submit();
      const held = await claim();
      await queue().cancel(id);
      expect(await queue().handBack(held)).toMatchObject({
        state: 'canceled',
        error: { code: 'job.canceled' },
      });
      expect(await queue().claim('worker-2', KINDS, LEASE)).toBeNull();
    });
  });
}
