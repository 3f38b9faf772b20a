/** One background run over what has changed in a tree: how far it is, how fast, and why it stopped. */
import { KilnError, toKilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RunState } from './tree-store.ts';

export interface Task {
  readonly name: string;
  readonly signature: string;
}

export interface IndexRunOptions {
  readonly tree: string;
  /** Keyboards at the same time. */
  readonly parallel: number;
  readonly log: Logger;
  readonly now: () => number;
  /** Finds what is to be read. */
  readonly prepare: () => Promise<readonly Task[]>;
  /** Reads one keyboard and keeps it. @throws what is no fault of the keyboard */
  readonly read: (task: Task) => Promise<void>;
  /** Keeps that one keyboard cannot be read, so that the rest can go on. */
  readonly giveUp: (task: Task, error: unknown) => void;
  /** What else there is to do once all keyboards are read. */
  readonly finish: () => Promise<void>;
  /** Told at the beginning, once a second how far it is, and at last how it ended. */
  readonly report: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly state: RunState;
  /** Keyboards still to be read; null until that is known. */
  readonly left: number | null;
  /** Keyboards a second since the first one was begun. */
  readonly rate: number | null;
  readonly message: string | null;
}

export interface IndexRun {
  /** Resolves at its end, however it ends. */
  readonly finished: Promise<void>;
  /** Takes no further keyboard. */
  stop(): void;
}

/** The reader failing so often in a row is no fault of the keyboards. */
const MOST_FAILURES = 5;
const LOG_EVERY_MS = 10_000;
const REPORT_EVERY_MS = 1000;
const STOPPED = 'The run was stopped.';

/** Without a toolchain, a tree or room on the disk nothing can be read; a crash may be one keyboard's. */
function isHopeless(error: unknown): boolean {
  return error instanceof KilnError && !['tree.broken', 'keyboard.unknown'].includes(error.code);
}

export function createIndexRun(options: IndexRunOptions): IndexRun {
  const { tree, log, now } = options;
  let state: RunState = 'indexing';
  let message: string | null = null;
  /** No further keyboard is taken: somebody asked for it, or reading failed. */
  let stopping = false;
  let asked = false;
  let tasks: Task[] = [];
  let total: number | null = null;
  let read = 0;
  let failures = 0;
  let startedAt = now();
  let loggedAt = startedAt;

  const rate = (): number | null => {
    const seconds = (now() - startedAt) / 1000;
    return read === 0 || seconds <= 0 ? null : read / seconds;
  };
  const report = (): void => {
    options.report({ state, message, left: total === null ? null : total - read, rate: rate() });
  };
  /** By the clock, not by keyboards: a run that waits for one for long is alive all the same. */
  const tick = (): void => {
    try {
      report();
    } catch (error) {
      // Who writes the keyboards will meet the same, and knows what to do about it.
      log.debug({ err: error, tree }, 'the progress of indexing could not be kept');
    }
    if (total === null || now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = now();
    log.info({ tree, read, total, rate: rate() }, 'indexing');
  };

  const readOne = async (task: Task): Promise<void> => {
    try {
      await options.read(task);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (stopping || isHopeless(error) || failures >= MOST_FAILURES) throw error;
      log.warn({ err: error, tree, keyboard: task.name }, 'keyboard could not be read');
      options.giveUp(task, error);
    }
    read += 1;
  };
  const work = async (): Promise<void> => {
    try {
      for (let task = tasks.pop(); task !== undefined && !stopping; task = tasks.pop()) {
        await readOne(task);
      }
    } catch (error) {
      // The others take no further one either.
      stopping = true;
      throw error;
    }
  };
  const readAll = async (): Promise<void> => {
    const results = await Promise.allSettled(Array.from({ length: options.parallel }, work));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    if (asked) throw new KilnError('job.canceled', STOPPED);
  };

  const go = async (): Promise<void> => {
    const ticking = setInterval(tick, REPORT_EVERY_MS);
    try {
      report();
      tasks = [...(await options.prepare())].reverse();
      total = tasks.length;
      startedAt = now();
      if (total > 0) log.info({ tree, total }, 'indexing begins');
      await readAll();
      await options.finish();
      state = 'complete';
      if (total > 0)
        log.info({ tree, total, seconds: (now() - startedAt) / 1000 }, 'indexing ends');
    } catch (error) {
      state = 'stopped';
      // The reader is closed under a run that is to end at once; what it says of that is no news.
      message = asked ? STOPPED : toKilnError(error).message;
      if (asked) log.info({ tree, read, total }, 'indexing was stopped');
      else log.warn({ err: error, tree }, 'indexing stopped');
    }
    clearInterval(ticking);
    try {
      report();
    } catch (error) {
      log.warn({ err: error, tree }, 'the end of indexing could not be kept');
    }
  };

  return {
    finished: go(),
    stop() {
      asked = true;
      stopping = true;
    },
  };
}
