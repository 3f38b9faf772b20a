import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkServer } from '../../core/queue/redis/check-server.ts';
import { createRedisQueue, type RedisQueueOptions } from '../../core/queue/redis/redis-queue.ts';
import { describeJobQueue } from '../contracts/job-queue.ts';
import { codeOf, KINDS, LEASE, newJob } from '../contracts/job-queue-context.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../fixtures/redis/redis-server.ts';

let queues = 0;

/** So that each queue begins with nothing. */
function open(server: RedisServer, more: Partial<RedisQueueOptions> = {}) {
  queues += 1;
  return createRedisQueue({
    address: server.address,
    name: `test-${queues}`,
    queueLimit: 100,
    waitMs: 5000,
    ...more,
  });
}

describe.skipIf(NO_REDIS)('on one Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  describeJobQueue(
    'Redis',
    async ({ queueLimit }) => {
      let time = 1_700_000_000_000;
      const queue = open(server, { queueLimit, now: () => time });
      return {
        queue,
        now: () => time,
        advance: (milliseconds) => {
          time += milliseconds;
        },
        close: () => queue.close(),
      };
    },
    50,
  );

  describe('several machines', () => {
    it('see one queue: each tells the others of what changes', async () => {
      const one = open(server, { name: 'shared' });
      const other = open(server, { name: 'shared' });
      const heard = new Promise((resolve) => {
        other.watch((id) => {
          if (id !== null) resolve(id);
        });
      });
      await other.counts();
      // The subscription is another connection: it may come a moment later.
      let id = '';
      const telling = setInterval(() => {
        void one.submit(newJob()).then((job) => {
          id ||= job.id;
        });
      }, 50);
      expect(await heard).toHaveLength(32);
      clearInterval(telling);
      expect((await other.get(id))?.state).toBe('queued');
      await one.close();
      await other.close();
    });

    it('gives a worker only what it has all needs of, and the rest to others in its order', async () => {
      const queue = open(server);
      const far = await queue.submit(newJob({ needs: ['tree:qmk@1', 'arm'] }));
      const near = await queue.submit(newJob({ needs: ['tree:qmk@2'] }));
      const plain = await queue.submit(newJob());
      const next = async (...offers: string[]) =>
        (await queue.claim('worker-1', KINDS, LEASE, offers))?.job.id;
      expect(await next('tree:qmk@2', 'arm')).toBe(near.id);
      expect(await next()).toBe(plain.id);
      expect(await next('tree:qmk@1')).toBeUndefined();
      expect(await next('tree:qmk@1', 'arm', 'avr')).toBe(far.id);
      await queue.close();
    });

    it('make one job of two submissions under one key, until that is forgotten', async () => {
      const queue = open(server);
      const [one, other] = await Promise.all([
        queue.submit(newJob({ key: 'k' })),
        queue.submit(newJob({ key: 'k' })),
      ]);
      expect(one.id).toBe(other.id);
      expect((await queue.submit(newJob({ key: 'l' }))).id).not.toBe(one.id);
      await queue.cancel(one.id);
      await queue.forget(one.id);
      expect((await queue.submit(newJob({ key: 'k' }))).id).not.toBe(one.id);
      await queue.close();
    });

    it('takes the time from the server, so that no machine’s clock counts', async () => {
      const queue = open(server);
      const job = await queue.submit(newJob());
      const [seconds] = await server.ask((client) => client.time());
      expect(Math.abs(job.createdAt / 1000 - Number(seconds))).toBeLessThan(2);
      await queue.close();
    });
  });
});

describe.skipIf(NO_REDIS)('when Redis goes away', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  it('loses no accepted job and no claim by its crash', async () => {
    const queue = open(server);
    const waiting = await queue.submit(newJob());
    await queue.submit(newJob());
    const claim = await queue.claim('worker-1', KINDS, LEASE);
    expect(claim?.job.id).toBe(waiting.id);
    await server.kill();
    await server.start();
    expect(await queue.counts()).toEqual({ queued: 1, running: 1 });
    if (claim === null) throw new Error('nothing was claimed');
    expect(await queue.heartbeat(claim, LEASE)).toBe('held');
    expect((await queue.finish(claim, 'done')).state).toBe('finished');
    expect((await queue.events(waiting.id, 0)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await queue.close();
  });

  it('waits for it a bounded time, and goes on when it comes back', async () => {
    const queue = open(server, { waitMs: 10_000 });
    const hasty = open(server, { waitMs: 300 });
    const id = (await queue.submit(newJob())).id;
    await hasty.counts();
    await server.kill();
    const patient = queue.submit(newJob());
    const startedAt = performance.now();
    expect(await codeOf(hasty.submit(newJob()))).toBe('queue.unreachable');
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(hasty.connectedMs()).toBeNull();
    await server.start();
    expect((await patient).state).toBe('queued');
    expect((await queue.get(id))?.state).toBe('queued');
    expect(queue.connectedMs()).toBeGreaterThanOrEqual(0);
    await queue.close();
    await hasty.close();
  });

  it('neither hangs nor doubles a job when it stands still', async () => {
    const queue = open(server, { waitMs: 400 });
    await queue.submit(newJob());
    server.freeze();
    expect(await codeOf(queue.submit(newJob()))).toBe('queue.unreachable');
    server.thaw();
    const patient = open(server, { name: `test-${queues}`, waitMs: 5000 });
    const before = (await patient.counts()).queued;
    expect(before).toBeLessThanOrEqual(2);
    expect((await patient.claim('worker-1', KINDS, LEASE))?.job.state).toBe('running');
    await queue.close();
    await patient.close();
  });

  it('tells watchers to look at all after a break', async () => {
    const queue = open(server);
    await queue.counts();
    const looked = new Promise((resolve) => {
      queue.watch((id) => {
        if (id === null) resolve(true);
      });
    });
    await server.kill();
    await server.start();
    expect(await looked).toBe(true);
    await queue.close();
  });

  it('says at the start what a server does not promise', async () => {
    const { address } = server;
    expect(await checkServer(address, 5000)).toEqual({ warnings: [], error: null });
    await server.ask((client) => client.config('SET', 'appendonly', 'no'));
    await server.ask((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    const { warnings } = await checkServer(address, 5000);
    expect(warnings.join('\n')).toMatch(/appendonly yes[\s\S]*noeviction/);
    await server.ask((client) => client.config('SET', 'maxmemory-policy', 'noeviction'));
    const nobody = await checkServer({ ...address, port: 1 }, 200);
    expect(nobody.error?.code).toBe('queue.unreachable');
  });

  it('says which server does not let it in', async () => {
    const closed = await startRedis('secret');
    for (const password of [undefined, 'wrong']) {
      const queue = open(closed, { address: { ...closed.address, password }, waitMs: 500 });
      await expect(queue.counts()).rejects.toMatchObject({ code: 'queue.refused' });
      await queue.close();
    }
    const friend = open(closed, { address: { ...closed.address, password: 'secret' } });
    expect(await friend.counts()).toEqual({ queued: 0, running: 0 });
    await friend.close();
    await closed.close();
  });
});
