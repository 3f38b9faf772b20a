/** Jobs are kept for `STORAGE_TIME_HOURS` after their end. */
import { uptime } from 'node:os';
import type { Logger } from '../../core/log.ts';
import type { Settings } from '../../core/settings.ts';
import type { Kiln } from './kiln.ts';

const LONGEST_MS = 10 * 60_000;
const SHORTEST_MS = 1000;

/** How often a service looks for jobs past their time: so that none outlives it by more than a quarter. */
export function sweepEveryMs({ storageTimeHours }: Pick<Settings, 'storageTimeHours'>): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (storageTimeHours * 3_600_000) / 4));
}

/** What the system's clock may be corrected by without a word. */
const UNREMARKABLE_MS = 3_600_000;

export interface Clocks {
  /** Milliseconds since the epoch; people and time servers set it. */
  readonly wall: () => number;
  /** Milliseconds since the machine's start, sleep included; nobody sets it. */
  readonly boot: () => number;
}

const SYSTEM: Clocks = { wall: Date.now, boot: () => uptime() * 1000 };

/**
 * Tells, at each call, what is past its time by now. When the clock was set forward since the call before, the hours that
 * nobody lived through do not count: whatever there was is kept for the whole of its time after that, unless the clock is
 * set back. What happens to the clock while no service runs cannot be told from time that went by.
 * @returns jobs that ended before that time, in milliseconds since the epoch, may be forgotten.
 */
export function createRetentionClock(
  { storageTimeHours }: Pick<Settings, 'storageTimeHours'>,
  log: Logger,
  clocks: Clocks = SYSTEM,
): () => number {
  const keptMs = storageTimeHours * 3_600_000;
  let last = { wall: clocks.wall(), boot: clocks.boot() };
  let skipped = 0;
  let countsAgainAt = 0;
  return () => {
    const now = { wall: clocks.wall(), boot: clocks.boot() };
    const jump = now.wall - last.wall - (now.boot - last.boot);
    last = now;
    if (Math.abs(jump) > UNREMARKABLE_MS) {
      skipped = Math.max(0, skipped + jump);
      countsAgainAt = now.boot + keptMs;
      log.warn(
        { hours: Math.round(jump / 3_600_000) },
        'the clock was set; jobs are kept as if it had not been',
      );
    } else if (now.boot >= countsAgainAt) {
      skipped = 0;
    }
    return now.wall - skipped - keptMs;
  };
}

/**
 * Forgets jobs past their time, and their artifacts.
 * @param before those that ended before it, in milliseconds since the epoch.
 * @returns how many.
 */
export async function sweep(
  { queue, store, settings }: Kiln,
  log: Logger,
  before: number = Date.now() - settings.storageTimeHours * 3_600_000,
): Promise<number> {
  const gone = await queue.sweep(before);
  for (const jobId of gone) await store.delete(jobId);
  for await (const jobId of store.jobs()) {
    if ((await queue.get(jobId)) !== null) continue;
    // The job is unknown: a crash came between the two deletions, or the database was replaced. Then the images are all
    // that is left, and stay for the time that they were promised.
    const files = await store.list(jobId);
    if (files.every(({ storedAt }) => storedAt < before)) await store.delete(jobId);
  }
  if (gone.length > 0) log.info({ jobs: gone.length }, 'forgot jobs past their time');
  return gone.length;
}
