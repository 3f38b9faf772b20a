/** Jobs are kept for `STORAGE_TIME_HOURS` after their end. */
import type { Logger } from '../../core/log.ts';
import type { Settings } from '../../core/settings.ts';
import type { Kiln } from './kiln.ts';

const LONGEST_MS = 10 * 60_000;
const SHORTEST_MS = 1000;

/** How often a service looks for jobs past their time: so that none outlives it by more than a quarter. */
export function sweepEveryMs({ storageTimeHours }: Pick<Settings, 'storageTimeHours'>): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (storageTimeHours * 3_600_000) / 4));
}

/** Forgets jobs past their time, and their artifacts. */
export async function sweep({ queue, store, settings }: Kiln, log: Logger): Promise<void> {
  const before = Date.now() - settings.storageTimeHours * 3_600_000;
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
}
