/** The job queue’s contract: in, to a worker, and to an end by the one that holds the claim. */
import { describe, expect, it } from 'vitest';
import { type Claim, isJobId } from '../../core/queue/contract.ts';
import { type Context, codeOf, FAILURE, KINDS, LEASE, newJob } from './job-queue-context.ts';

export function describeSubmit({ engine, queue, submit, get }: Context): void {
  describe('submitting', () => {
    it('keeps what was handed in and queues it', async () => {
      const job = await submit({ client: '192.0.2.7', requestId: 'a1b2c3d4', front: true });
      expect(job).toEqual({
        ...newJob(),
        id: job.id,
        state: 'queued',
        client: '192.0.2.7',
        requestId: 'a1b2c3d4',
        front: true,
        createdAt: engine().now(),
        enqueuedAt: engine().now(),
        startedAt: null,
        endedAt: null,
        tries: 0,
        workerId: null,
        cancelRequested: false,
        pinned: false,
        needs: [],
        progress: null,
        result: null,
        error: null,
      });
      expect(await get(job.id)).toEqual(job);
    });

    it('gives each job an id of its own that cannot be guessed', async () => {
      const ids = [(await submit()).id, (await submit()).id];
      expect(ids.every(isJobId)).toBe(true);
      expect(ids[0]).not.toBe(ids[1]);
    });

    it('returns every payload that JSON can hold unchanged', async () => {
      for (const payload of [
        null,
        false,
        0,
        '',
        [],
        {},
        'ä\u0000"\u2028😀',
        { a: [{ b: null }] },
      ]) {
        const { id } = await submit({ payload });
        expect((await get(id)).payload).toEqual(payload);
        await queue().cancel(id);
      }
    });

    it('refuses more waiting jobs than the limit, with the limit in the message', async () => {
      for (let count = 0; count < 5; count += 1) await submit();
      expect(await codeOf(submit())).toBe('queue.full');
      await expect(submit({ front: true })).rejects.toThrow('5');
      expect(await queue().counts()).toEqual({ queued: 5, running: 0 });
    });

    it('takes jobs again once one has left the queue', async () => {
      for (let count = 0; count < 5; count += 1) await submit();
      await queue().claim('worker-1', KINDS, LEASE);
      expect((await submit()).state).toBe('queued');
    });
  });
}

export function describeClaimOrder({ engine, queue, submit, claim, get, states }: Context): void {
  describe('claiming', () => {
    it('gives nothing when nothing waits', async () => {
      expect(await queue().claim('worker-1', KINDS, LEASE)).toBeNull();
    });

    it('makes the job running, with its worker, start and try', async () => {
      const { id } = await submit();
      engine().advance(50);
      const { job, token } = await claim('worker-7');
      expect(job).toMatchObject({
        id,
        state: 'running',
        workerId: 'worker-7',
        startedAt: engine().now(),
        tries: 1,
      });
      expect(token.length).toBeGreaterThanOrEqual(32);
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'running']);
    });

    it('goes by arrival, even where jobs arrive in the same millisecond', async () => {
      const ids = [(await submit()).id, (await submit()).id, (await submit()).id];
      const claimed = [(await claim()).job.id, (await claim()).job.id, (await claim()).job.id];
      expect(claimed).toEqual(ids);
    });

    it('takes front jobs before the others, and those by arrival too', async () => {
      const plain = await submit();
      const front = await submit({ front: true });
      const frontToo = await submit({ front: true });
      const claimed = [(await claim()).job.id, (await claim()).job.id, (await claim()).job.id];
      expect(claimed).toEqual([front.id, frontToo.id, plain.id]);
    });

    it('gives a worker only the kinds that it can do', async () => {
      await submit({ kind: 'index' });
      const compile = await submit();
      expect((await claim()).job.id).toBe(compile.id);
      expect(await queue().claim('worker-1', KINDS, LEASE)).toBeNull();
      expect(await queue().claim('worker-1', [], LEASE)).toBeNull();
      expect((await queue().claim('worker-1', ['compile', 'index'], LEASE))?.job.kind).toBe(
        'index',
      );
    });

    it('never gives one job to two workers that ask at the same time', async () => {
      for (let count = 0; count < 4; count += 1) await submit();
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) => queue().claim(`worker-${index}`, KINDS, LEASE)),
      );
      const ids = claims.flatMap((each) => (each === null ? [] : [each.job.id]));
      expect(ids).toHaveLength(4);
      expect(new Set(ids).size).toBe(4);
    });
  });
}

export function describeEnds({ engine, queue, submit, claim, get, states }: Context): void {
  describe('ending', () => {
    it('keeps the result of a job that finished', async () => {
      const { id } = await submit();
      const held = await claim();
      engine().advance(1234);
      const result = { returncode: 0, output: 'Linking…', errors: [] };
      const job = await queue().finish(held, result);
      expect(job).toMatchObject({ state: 'finished', result, error: null });
      expect(job.endedAt).toBe(engine().now());
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'running', 'finished']);
    });

    it('keeps the error of a job that failed', async () => {
      const { id } = await submit();
      const job = await queue().fail(await claim(), FAILURE);
      expect(job).toMatchObject({ state: 'failed', error: FAILURE, result: null });
      expect(await get(id)).toEqual(job);
      expect(await states(id)).toEqual(['queued', 'running', 'failed']);
    });

    it('keeps a result of null apart from no result: the state tells', async () => {
      await submit();
      expect(await queue().finish(await claim(), null)).toMatchObject({
        state: 'finished',
        result: null,
      });
    });

    it('lets a worker whose lease ran out finish while nobody took its job', async () => {
      await submit();
      const held = await claim();
      engine().advance(LEASE * 10);
      expect((await queue().finish(held, 1)).state).toBe('finished');
    });

    it('lets a worker finish although a cancel was asked for meanwhile', async () => {
      const { id } = await submit();
      const held = await claim();
      await queue().cancel(id);
      expect((await queue().finish(held, 1)).state).toBe('finished');
    });
  });
}

export function describeLostClaims({ engine, queue, submit, claim, get }: Context): void {
  describe('a claim that no longer holds', () => {
    const ways: readonly (readonly [string, (claim: Claim) => Promise<unknown>])[] = [
      ['finish', (held) => queue().finish(held, 'late')],
      ['fail', (held) => queue().fail(held, FAILURE)],
      ['cancel', (held) => queue().cancelClaimed(held)],
      ['hand back', (held) => queue().handBack(held)],
    ];

    it.each(ways)('cannot %s a job that was queued again', async (_way, act) => {
      const { id } = await submit();
      const lost = await claim();
      engine().advance(LEASE);
      await queue().recover();
      const before = await get(id);
      expect(await codeOf(act(lost))).toBe('queue.claim-lost');
      expect(await get(id)).toEqual(before);
      expect(await queue().events(id, 0)).toHaveLength(3);
    });

    it.each(ways)('cannot %s a job that another worker has now', async (_way, act) => {
      const { id } = await submit();
      const lost = await claim('worker-1');
      await queue().recover('worker-1');
      const held = await claim('worker-1');
      const before = await get(id);
      expect(await codeOf(act(lost))).toBe('queue.claim-lost');
      expect(await get(id)).toEqual(before);
      expect((await queue().finish(held, 'mine')).result).toBe('mine');
    });

    it.each(ways)('cannot %s a job a second time', async (_way, act) => {
      const { id } = await submit();
      const held = await claim();
      await queue().finish(held, 'first');
      const before = await get(id);
      expect(await codeOf(act(held))).toBe('queue.claim-lost');
      expect(await get(id)).toEqual(before);
    });

    it('records nothing, without a word', async () => {
      const { id } = await submit();
      const lost = await claim();
      await queue().recover('worker-1');
      const before = await queue().events(id, 0);
      await queue().record(lost, [{ type: 'log', lines: ['from the grave'] }]);
      expect(await queue().events(id, 0)).toEqual(before);
      expect((await get(id)).progress).toBeNull();
    });

    it('hears so from its heartbeat, which prolongs nothing', async () => {
      await submit();
      const lost = await claim('worker-1');
      await queue().recover('worker-1');
      const held = await claim('worker-2');
      expect(await queue().heartbeat(lost, LEASE * 100)).toBe('lost');
      engine().advance(LEASE);
      expect(await queue().recover()).toHaveLength(1);
      expect(await queue().heartbeat(held, LEASE)).toBe('lost');
    });

    it('is of no use with another job', async () => {
      const first = await submit();
      const second = await submit();
      const held = await claim();
      const other = await claim();
      expect(await codeOf(queue().finish({ job: other.job, token: held.token }, 1))).toBe(
        'queue.claim-lost',
      );
      expect((await get(first.id)).state).toBe('running');
      expect((await get(second.id)).state).toBe('running');
    });
  });
}
