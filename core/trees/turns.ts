/** One at a time in the clone of a tree: git locks a store against a second git that works in it, and that one fails. */
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessLock, takeProcessLock } from '../db/process-lock.ts';
import { KilnError } from '../errors.ts';
import { lockComplainedOf, removeLeftLocks } from './left-locks.ts';

/** Beside the store; held by the process of Kiln that works in there. */
export const TURN_FILES = ['kiln.lock', 'kiln.lock.holder'] as const;

const LOOK_EVERY_MS = 250;

export interface TurnOptions {
  /** Told when another process of Kiln has to end its work first. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** How long that is waited for; a minute by default. */
  readonly waitMs?: number;
}

function take(home: string): ProcessLock | KilnError {
  try {
    return takeProcessLock(join(home, TURN_FILES[0]), home, 'fetching a firmware tree');
  } catch (error) {
    if (error instanceof KilnError && error.code === 'service.data-in-use') return error;
    throw error;
  }
}

async function takeLock(home: string, options: TurnOptions): Promise<ProcessLock> {
  const { onLine, signal, waitMs = 60_000 } = options;
  const until = performance.now() + waitMs;
  let isSaid = false;
  for (;;) {
    signal?.throwIfAborted();
    const lock = take(home);
    if (!(lock instanceof KilnError)) return lock;
    if (performance.now() > until) {
      throw new KilnError(lock.code, lock.message, {
        cause: lock,
        remedy: 'Wait until it has fetched the tree, then try again.',
      });
    }
    if (!isSaid) onLine?.(lock.message);
    isSaid = true;
    await sleep(LOOK_EVERY_MS);
  }
}

/** What git refused because of a lock, with the way out; anything else as it is. */
function explain(error: unknown): unknown {
  if (!(error instanceof KilnError) || error.code !== 'tree.git-failed') return error;
  const file = lockComplainedOf(error.message);
  if (file === null) return error;
  return new KilnError(error.code, error.message, {
    cause: error,
    details: { ...error.details, lock: file },
    remedy: `Wait until no git works there any more, then try again. If it stays, delete ${file}.`,
  });
}

async function alone<Value>(
  home: string,
  options: TurnOptions,
  work: () => Promise<Value>,
): Promise<Value> {
  mkdirSync(home, { recursive: true });
  const lock = await takeLock(home, options);
  try {
    const real = realpathSync(home);
    for (const file of await removeLeftLocks(real)) {
      options.onLine?.(`Removed a lock that an interrupted git had left: ${file}`);
    }
    return await work();
  } catch (error) {
    throw explain(error);
  } finally {
    lock.release();
  }
}

/**
 * @returns a function that does work in a clone after all that was asked of it before, and while no other process of Kiln
 * does; what a killed git left locked is free then. It throws what the work throws, and `service.data-in-use`.
 */
export function createTurns(): <Value>(
  home: string,
  options: TurnOptions,
  work: () => Promise<Value>,
) => Promise<Value> {
  const turns = new Map<string, Promise<unknown>>();
  return (home, options, work) => {
    const before = turns.get(home) ?? Promise.resolve();
    const mine = before.then(() => alone(home, options, work));
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    turns.set(home, ended);
    void ended.then(() => turns.get(home) === ended && turns.delete(home));
    return mine;
  };
}
