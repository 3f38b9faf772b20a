import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../../core/db/database.ts';
import { createLogger } from '../../../../core/log.ts';
import type { RunContext, Task } from '../../../../core/schedule/contract.ts';
import { createScheduler } from '../../../../core/schedule/scheduler.ts';
import { createScheduleStore } from '../../../../core/schedule/store.ts';
import { isCronPattern, nextAfter } from '../../../../core/schedule/when.ts';

const START = new Date(2026, 2, 10, 12, 0, 0).getTime();
const HOUR = 3_600_000;
const NIGHTLY = '30 3 * * *';
const log = createLogger({ level: 'silent', name: 'test' });

/** A scheduler that looks when it is told to, at a time that is told to it. */
function createPlace(tasks: readonly Task[], database = openDatabase(':memory:')) {
  const clock = { now: START };
  const make = () =>
    createScheduler({
      tasks,
      store: createScheduleStore(database),
      log,
      now: () => clock.now,
      lookEveryMs: 1_000_000,
    });
  const scheduler = make();
  onTestFinished(() => scheduler.stop());
  const at = async (time: number) => {
    clock.now = time;
    scheduler.look();
    await nextTurn();
  };
  const state = (name: string) => scheduler.list().find((task) => task.name === name);
  return { scheduler, clock, at, state, make, database };
}

function counted(when: Task['when'], more: Partial<Task> = {}) {
  const runs: RunContext[] = [];
  const task: Task = {
    name: 'count',
    title: 'count',
    when,
    run: async (context) => {
      runs.push(context);
      return `run ${runs.length}`;
    },
    ...more,
  };
  return { task, runs };
}

describe('a schedule', () => {
  it('runs a task at its time and says when, how it went, and when next', async () => {
    const { task, runs } = counted(NIGHTLY);
    const { scheduler, at, state } = createPlace([task]);
    scheduler.start();
    expect(runs).toHaveLength(0);
    const first = new Date(2026, 2, 11, 3, 30).getTime();
    expect(state('count')).toMatchObject({ nextRunAt: first, outcome: null, when: NIGHTLY });
    await at(first - 1);
    expect(runs).toHaveLength(0);
    await at(first);
    expect(runs).toMatchObject([{ asked: false, now: false }]);
    expect(state('count')).toMatchObject({
      startedAt: first,
      endedAt: first,
      doneAt: first,
      outcome: 'done',
      message: 'run 1',
      nextRunAt: new Date(2026, 2, 12, 3, 30).getTime(),
    });
  });

  it('makes up once for what it missed while the machine slept', async () => {
    const { task, runs } = counted(NIGHTLY);
    const { scheduler, at } = createPlace([task]);
    scheduler.start();
    await at(START + 100 * HOUR);
    await at(START + 100 * HOUR + 1000);
    expect(runs).toHaveLength(1);
  });

  it('makes up once for what was due while no service ran', async () => {
    const { task, runs } = counted(NIGHTLY);
    const place = createPlace([task]);
    place.scheduler.start();
    await place.scheduler.stop();
    place.clock.now = START + 100 * HOUR;
    const later = place.make();
    onTestFinished(() => later.stop());
    later.start();
    later.look();
    await nextTurn();
    expect(runs).toHaveLength(1);
  });

  it('never lets a task overlap itself', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const slow: Task = {
      name: 'slow',
      title: 'slow',
      when: 1000,
      run: async () => {
        runs += 1;
        await gate.promise;
        return 'ended';
      },
    };
    const { scheduler, at, state } = createPlace([slow]);
    scheduler.start();
    for (const seconds of [1, 2, 3, 4]) await at(START + seconds * 1000);
    expect(runs).toBe(1);
    expect(state('slow')?.outcome).toBe('running');
    await expect(scheduler.run('slow', true)).rejects.toMatchObject({ code: 'schedule.running' });
    gate.resolve();
    await nextTurn();
    await at(START + 5000);
    expect(runs).toBe(2);
  });

  it('lets tasks of one lane wait for each other', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const inLane = (name: string, wait: Promise<void>): Task => ({
      name,
      title: name,
      when: 1000,
      lane: 'heavy',
      run: async () => {
        order.push(`${name} begins`);
        await wait;
        order.push(`${name} ends`);
        return '';
      },
    });
    const { scheduler, at } = createPlace([
      inLane('a', gate.promise),
      inLane('b', Promise.resolve()),
    ]);
    scheduler.start();
    await at(START + 1000);
    expect(order).toEqual(['a begins']);
    gate.resolve();
    await scheduler.stop();
    expect(order.slice(0, 2)).toEqual(['a begins', 'a ends']);
  });

  it('runs a task by hand, with its wish, also one that has no time of its own', async () => {
    const { task, runs } = counted(null);
    const { scheduler, at, state } = createPlace([task]);
    scheduler.start();
    await at(START + 1000 * HOUR);
    expect(runs).toHaveLength(0);
    expect(await scheduler.run('count', true)).toMatchObject({ outcome: 'done', message: 'run 1' });
    expect(runs).toMatchObject([{ asked: true, now: true }]);
    expect(state('count')).toMatchObject({ nextRunAt: null, when: 'on demand' });
    await expect(scheduler.run('nothing', false)).rejects.toMatchObject({
      code: 'schedule.unknown',
    });
  });

  it('keeps what went wrong, and the last time that it went well', async () => {
    let fails = false;
    const task: Task = {
      name: 'moody',
      title: 'moody',
      when: 1000,
      run: async () => {
        if (fails) throw new Error('out of order');
        return 'fine';
      },
    };
    const { scheduler, at, state } = createPlace([task]);
    scheduler.start();
    await at(START + 1000);
    fails = true;
    await at(START + 2000);
    expect(state('moody')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('out of order'),
      startedAt: START + 2000,
      doneAt: START + 1000,
    });
  });

  it('says of a run that a killed service did not end that it failed', () => {
    const { task } = counted(NIGHTLY);
    const { scheduler, database, state } = createPlace([task]);
    const store = createScheduleStore(database);
    store.see('count', START);
    store.begin('count', START);
    scheduler.start();
    expect(state('count')).toMatchObject({ outcome: 'failed', endedAt: START });
  });

  it('does not wait for a clock that was set back to catch up', async () => {
    const { task, runs } = counted(1000);
    const { scheduler, database, at } = createPlace([task]);
    createScheduleStore(database).see('count', START + 1000 * HOUR);
    scheduler.start();
    await at(START + 1000);
    expect(runs).toHaveLength(1);
  });
});

describe('the time of a task', () => {
  it.each(['30 3 * * *', '0 */6 * * *', '@daily'])('may be the cron pattern %s', (pattern) => {
    expect(isCronPattern(pattern)).toBe(true);
  });
  it.each(['', 'soon', '61 * * * *', '0 0 31 2 *'])('is no pattern: %j', (pattern) => {
    expect(isCronPattern(pattern)).toBe(false);
  });
  it('is counted in milliseconds where that is given', () => {
    expect(nextAfter(5000, START)).toBe(START + 5000);
  });
});
