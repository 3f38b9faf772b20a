/**
 * Runs tasks when they are due. A task never overlaps itself. What was missed while the machine slept or the service
 * stood still is made up for once: due is what lies after the last start, however long ago that was.
 */
import { KilnError, toKilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RunContext, Schedule, Task, TaskState } from './contract.ts';
import type { ScheduleStore, TaskRow } from './store.ts';
import { describeWhen, nextAfter } from './when.ts';

export interface SchedulerOptions {
  readonly tasks: readonly Task[];
  readonly store: ScheduleStore;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How often it looks, in milliseconds. Timers stand still while the machine sleeps; the clock does not. */
  readonly lookEveryMs?: number;
}

export interface Scheduler extends Schedule {
  start(): void;
  /** Tells running tasks to end, and waits for them. */
  stop(): Promise<void>;
  /** Looks once, as it does by itself every so often. */
  look(): void;
}

const LOOK_EVERY_MS = 1000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { tasks, store, log, now = Date.now, lookEveryMs = LOOK_EVERY_MS } = options;
  const running = new Map<string, Promise<void>>();
  const lanes = new Map<string, Promise<void>>();
  const nextAt = new Map<string, number>();
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const find = (name: string): Task => {
    const task = tasks.find((one) => one.name === name);
    if (task !== undefined) return task;
    throw new KilnError('schedule.unknown', 'There is no task of that name.');
  };

  /** A clock that was set back must not keep a task waiting until it has caught up. */
  const planNext = ({ name, when }: Task, row: TaskRow | undefined): void => {
    if (when === null) return;
    nextAt.set(name, nextAfter(when, Math.min(row?.due_from ?? now(), now())));
  };

  const stateOf = ({ name, title, when, setting }: Task): TaskState => {
    const row = store.get(name);
    return {
      name,
      title,
      when: describeWhen(when),
      setting: setting ?? null,
      nextRunAt: nextAt.get(name) ?? null,
      startedAt: row?.started_at ?? null,
      endedAt: row?.ended_at ?? null,
      outcome: row?.outcome ?? null,
      message: row?.message ?? null,
      doneAt: row?.done_at ?? null,
    };
  };

  /** Notes what came of it. A database that cannot be written to must not end the service. */
  const note = (task: Task, write: () => void): void => {
    try {
      write();
    } catch (error) {
      log.error({ err: error, task: task.name }, 'the schedule could not be written');
    }
  };

  const carryOut = async (task: Task, context: RunContext): Promise<void> => {
    await (task.lane === undefined ? undefined : lanes.get(task.lane));
    try {
      context.signal.throwIfAborted();
      const message = await task.run(context);
      note(task, () => store.end(task.name, now(), 'done', message));
      log.debug({ task: task.name, message }, 'scheduled task done');
    } catch (error) {
      const { message, remedy, code } = toKilnError(error);
      const stopped = stop.signal.aborted;
      const text = stopped ? 'The service stopped before its end.' : `${message} ${remedy}`;
      note(task, () => store.end(task.name, now(), 'failed', text));
      if (!stopped) log.error({ err: error, code, task: task.name }, 'scheduled task failed');
    }
  };

  const begin = (task: Task, wishes: Pick<RunContext, 'now' | 'asked'>): Promise<void> => {
    note(task, () => store.begin(task.name, now()));
    // Counted from now on, also where the start could not be written.
    if (task.when !== null) nextAt.set(task.name, nextAfter(task.when, now()));
    const run = carryOut(task, { ...wishes, signal: stop.signal }).finally(() =>
      running.delete(task.name),
    );
    running.set(task.name, run);
    if (task.lane !== undefined) {
      const lane = Promise.all([lanes.get(task.lane), run]).then(() => undefined);
      lanes.set(task.lane, lane);
    }
    return run;
  };

  const look = (): void => {
    if (stop.signal.aborted) return;
    for (const task of tasks) {
      const due = nextAt.get(task.name);
      if (due === undefined || due > now() || running.has(task.name)) continue;
      void begin(task, { now: false, asked: false });
    }
  };

  return {
    list: () => tasks.map(stateOf),
    async run(name, atOnce) {
      const task = find(name);
      if (running.has(name)) {
        throw new KilnError('schedule.running', `The task ${name} runs already.`);
      }
      await begin(task, { now: atOnce, asked: true });
      return stateOf(task);
    },
    look,
    start() {
      const cut = store.repair(now());
      if (cut > 0) log.warn({ tasks: cut }, 'scheduled tasks were ended in the middle');
      for (const task of tasks) {
        store.see(task.name, now());
        planNext(task, store.get(task.name));
        if (task.atStart === true) nextAt.set(task.name, now());
      }
      look();
      timer = setInterval(look, lookEveryMs);
    },
    async stop() {
      clearInterval(timer);
      stop.abort();
      await Promise.all(running.values());
    },
  };
}
