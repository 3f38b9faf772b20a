import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../../../core/db/database.ts';
import { LOG_CUT_LINE } from '../../../../core/queue/contract.ts';
import { MAX_EVENTS } from '../../../../core/queue/sqlite/record.ts';
import {
  createSqliteQueue,
  type SqliteJobQueue,
} from '../../../../core/queue/sqlite/sqlite-queue.ts';
import { describeJobQueue } from '../../../contracts/job-queue.ts';
import type { MakeQueueEngine } from '../../../contracts/job-queue-context.ts';

/** In memory: what a disk adds is tested below and in test/integration. */
const makeEngine: MakeQueueEngine = async ({ queueLimit }) => {
  const database = openDatabase(':memory:');
  let time = Date.UTC(2026, 0, 1);
  const queue = createSqliteQueue({ database, queueLimit, now: () => time });
  return {
    queue,
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
    close: async () => {
      await queue.close();
      database.close();
    },
  };
};

describeJobQueue('SQLite', makeEngine);

const JOB = { kind: 'compile', payload: null, timeLimitMs: 1000 };

describe('the SQLite queue on a file', () => {
  let folder: string;
  const closers: (() => void | Promise<void>)[] = [];

  /** A queue with a connection of its own, as each process has one. */
  function open(pollMs = 5): { queue: SqliteJobQueue; database: Database } {
    const database = openDatabase(join(folder, 'kiln.sqlite'));
    const queue = createSqliteQueue({ database, queueLimit: 10, pollMs });
    closers.push(async () => {
      await queue.close();
      database.close();
    });
    return { queue, database };
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kiln-queue-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    rmSync(folder, { recursive: true });
  });

  it('lets no setting of the clock take a job from a worker that lives', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { queue } = open();
      await queue.submit(JOB);
      await queue.submit(JOB);
      const dead = await queue.claim('dead', ['compile'], 30_000);
      const living = await queue.claim('living', ['compile'], 30_000);
      for (const hours of [10, -20, 24 * 365]) {
        vi.setSystemTime(Date.now() + hours * 3_600_000);
        expect(await queue.recover('another')).toEqual([]);
        expect(await queue.heartbeat(living!, 30_000)).toBe('held');
      }
      expect((await queue.recover('dead')).map(({ id }) => id)).toEqual([dead!.job.id]);
      expect(await queue.finish(living!, null)).toMatchObject({ state: 'finished' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('has a live log stand back from a lock at once, which the build would wait for', async () => {
    const { queue, database } = open();
    const other = open().database;
    await queue.submit(JOB);
    const claim = await queue.claim('worker', ['compile'], 30_000);
    other.exec('BEGIN IMMEDIATE');
    // The usual time is longer than this test may take.
    await expect(queue.record(claim!, [{ type: 'log', lines: ['x'] }])).rejects.toMatchObject({
      code: 'storage.unwritable',
    });
    expect(database.pragma('busy_timeout', { simple: true })).toBe(5000);
    other.exec('ROLLBACK');
    await queue.record(claim!, [{ type: 'log', lines: ['x'] }]);
    expect(await queue.events(claim!.job.id, 2)).toHaveLength(1);
  }, 4000);

  it('shows every job to every connection', async () => {
    const { queue } = open();
    const { queue: other } = open();
    const job = await queue.submit(JOB);
    expect(await other.get(job.id)).toEqual(job);
    expect((await other.claim('worker-1', ['compile'], 1000))?.job.id).toBe(job.id);
    expect(await queue.claim('worker-2', ['compile'], 1000)).toBeNull();
  });

  it('notices what another connection wrote although nobody passed the word on', async () => {
    const { queue } = open();
    const { queue: other } = open();
    const listener = vi.fn();
    queue.watch(listener);
    await other.submit(JOB);
    await vi.waitFor(() => expect(listener).toHaveBeenCalledWith(null));
  });

  it('calls watchers at once when the word is passed on', async () => {
    const { queue } = open(1_000_000);
    const heard = new Promise((resolve) => {
      queue.watch(resolve);
    });
    queue.notify('0'.repeat(32));
    expect(await heard).toBe('0'.repeat(32));
  });

  it('does not call who stopped watching between a change and the call', async () => {
    const { queue } = open();
    const listener = vi.fn();
    const stop = queue.watch(listener);
    queue.notify(null);
    stop();
    await queue.counts();
    expect(listener).not.toHaveBeenCalled();
  });

  it('has its own writes passed on to other processes, and not what came from them', async () => {
    const onWrite = vi.fn();
    const database = openDatabase(':memory:');
    const queue = createSqliteQueue({ database, queueLimit: 10, onWrite });
    queue.notify('0'.repeat(32));
    const { id } = await queue.submit(JOB);
    const claim = await queue.claim('worker-1', ['compile'], 1000);
    if (claim === null) throw new Error('There was no job to claim.');
    await queue.heartbeat(claim, 1000);
    await queue.record(claim, [{ type: 'log', lines: ['x'] }]);
    await queue.finish(claim, null);
    await queue.cancel(id);
    await queue.sweep(Number.MAX_SAFE_INTEGER);
    expect(onWrite.mock.calls).toEqual([[id], [id], [id], [id], [null]]);
    await queue.close();
    database.close();
  });

  it('looks at the file only while somebody watches', async () => {
    const { queue } = open();
    const stopFirst = queue.watch(vi.fn());
    const stopSecond = queue.watch(vi.fn());
    const clear = vi.spyOn(globalThis, 'clearInterval');
    stopFirst();
    expect(clear).not.toHaveBeenCalled();
    stopSecond();
    expect(clear).toHaveBeenCalledOnce();
    clear.mockRestore();
  });

  it('has our codes for what the database refuses', async () => {
    const { queue, database } = open();
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages}`);
    const submit = queue.submit({ ...JOB, payload: 'x'.repeat(1_000_000) });
    await expect(submit).rejects.toMatchObject({ code: 'storage.full' });
    expect(await queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('writes nothing of a transition that fails half-way', async () => {
    const { queue, database } = open();
    const job = await queue.submit(JOB);
    database.exec(`
      CREATE TEMP TRIGGER no_event BEFORE INSERT ON main.job_events
      BEGIN SELECT raise(ABORT, 'no event today'); END`);
    await expect(queue.claim('worker-1', ['compile'], 1000)).rejects.toThrow('no event today');
    await expect(queue.cancel(job.id)).rejects.toThrow('no event today');
    expect(await queue.get(job.id)).toEqual(job);
  });

  it('ends a story that grew too long, but not the job', async () => {
    const { queue, database } = open();
    const { id } = await queue.submit(JOB);
    const claim = await queue.claim('worker-1', ['compile'], 1000);
    if (claim === null) throw new Error('There was no job to claim.');
    database.prepare('UPDATE jobs SET last_seq = ?').run(MAX_EVENTS - 1);
    const progress = (stage: string) => ({ type: 'progress', progress: { stage } }) as const;
    await queue.record(claim, [progress('one'), progress('two'), { type: 'log', lines: ['lost'] }]);
    await queue.record(claim, [progress('three'), { type: 'log', lines: ['lost too'] }]);
    await queue.finish(claim, null);
    expect((await queue.events(id, 2)).map(({ at: _at, ...event }) => event)).toEqual([
      { seq: MAX_EVENTS, ...progress('one') },
      { seq: MAX_EVENTS + 1, type: 'log', lines: [LOG_CUT_LINE] },
      { seq: MAX_EVENTS + 2, type: 'state', state: 'finished' },
    ]);
    expect((await queue.get(id))?.progress).toEqual({ stage: 'three' });
  });

  it('reads its waiting jobs from an index alone', () => {
    const { database } = open();
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN
        SELECT place FROM jobs WHERE state = 'queued' AND kind IN ('compile')
        ORDER BY front DESC, place LIMIT 1`)
      .all()
      .map((row) => (row as { detail: string }).detail);
    expect(plan).toEqual(['SCAN jobs USING COVERING INDEX jobs_queued']);
  });
});
