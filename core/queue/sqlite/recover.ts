/** running → queued, failed or canceled: jobs whose worker is gone. */
import { type Job, MAX_TRIES } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';
import type { Release } from './release.ts';
import { type JobRow, toJob } from './rows.ts';

export function prepareRecover(
  engine: Engine,
  release: Release,
): (workerId?: string) => readonly Job[] {
  const { database, now, leaseNow } = engine;
  // Named, because the planner would rather read every job in the wanted order than sort the few that run.
  const findLost = database.prepare<[number, string | null], JobRow>(`
    SELECT * FROM jobs INDEXED BY jobs_running
    WHERE state = 'running' AND (lease_until <= ? OR worker_id = ?)
    ORDER BY place`);

  return transaction(engine, (workerId?: string): readonly Job[] => {
    const at = now();
    return findLost.all(leaseNow(), workerId ?? null).map(({ place, tries, cancel_requested }) => {
      if (cancel_requested === 1) return toJob(release.cancel(place, at));
      if (tries >= MAX_TRIES) return toJob(release.giveUp(place, at));
      return toJob(release.requeue(place, tries, at));
    });
  });
}
