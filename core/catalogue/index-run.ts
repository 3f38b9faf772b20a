/** One background run over what has changed in a tree: how far it is, how fast, and why it stopped. */
import { KilnError, toKilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { RunState } from './keyboard-store.ts';

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
  readonly finish: () => Promise<void>;
  /** Told about once a second how far it is, and at last how it ended. */
  readonly report: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly state: RunState;
  /** Keyboards still to be read; null until that is known. */
  readonly left: number | null;
  /** Keyboards a second. */
  readonly rate: number | null;
  readonly message: string | null;
}

export interface IndexRun {
  /** Resolves at its end, however it ends. */
  readonly finished: Promise<void>;
  progress(): RunProgress;
  /** Takes no further keyboard. */
  stop(): void;
}

/** The reader failing so often in a row is no fault of the keyboards. */
const MOST_FAILURES = 5;
const LOG_EVERY_MS = 10_000;
const REPORT_EVERY_MS = 1000;

export function createIndexRun(options: IndexRunOptions): IndexRun {
  const { tree, log, now } = options;
  let state: RunProgress['state'] = 'indexing';
  let message: string | null = null;
  let stopping = false;
  let tasks: Task[] = [];
  let prepared = false;
  let total = 0;
  let read = 0;
  let failures = 0;
  let startedAt = now();
  let loggedAt = startedAt;
  let reportedAt = startedAt;

  const rate = (): number | null => {
    const seconds = (now() - startedAt) / 1000;
    return read === 0 || seconds <= 0 ? null : read / seconds;
  };
  const progress = (): RunProgress => ({
    state,
    left: prepared ? total - read : null,
    rate: rate(),
    message,
  });

  const readOne = async (task: Task): Promise<void> => {
    try {
      await options.read(task);
      failures = 0;
    } catch (error) {
      failures += 1;
      // Without a toolchain or a tree nothing can be read; a crash may be one keyboard's.
      const hopeless = error instanceof KilnError && error.code !== 'tree.broken';
      if (stopping || hopeless || failures >= MOST_FAILURES) throw error;
      log.warn({ err: error, tree, keyboard: task.name }, 'keyboard could not be read');
      options.giveUp(task, error);
    }
    read += 1;
    if (now() - reportedAt >= REPORT_EVERY_MS) {
      reportedAt = now();
      options.report(progress());
    }
    if (now() - loggedAt >= LOG_EVERY_MS) {
      loggedAt = now();
      log.info({ tree, read, total, rate: rate() }, 'indexing');
    }
  };

  const work = async (): Promise<void> => {
    for (let task = tasks.pop(); task !== undefined && !stopping; task = tasks.pop()) {
      await readOne(task);
    }
  };

  const go = async (): Promise<void> => {
    options.report(progress());
    try {
      tasks = [...(await options.prepare())].reverse();
      total = tasks.length;
      prepared = true;
      startedAt = now();
      if (total > 0) log.info({ tree, total }, 'indexing begins');
      await Promise.all(Array.from({ length: options.parallel }, work));
      if (stopping) throw new KilnError('job.canceled', 'The run was stopped.');
      await options.finish();
      state = 'complete';
      if (total > 0)
        log.info({ tree, total, seconds: (now() - startedAt) / 1000 }, 'indexing ends');
    } catch (error) {
      stopping = true;
      state = 'stopped';
      message = toKilnError(error).message;
      log.warn({ err: error, tree }, 'indexing stopped');
    }
    options.report(progress());
  };

  return {
    finished: go(),
    progress,
    stop() {
      stopping = true;
    },
  };
}
