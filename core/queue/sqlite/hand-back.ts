/** running → queued (or canceled, where that was asked for): a worker that drains gives the job back. */
import type { Claim, Job } from '../contract.ts';
import { claimLost } from '../reports.ts';
import { type Engine, transaction } from './engine.ts';
import type { Release } from './release.ts';
import { type JobRow, toJob } from './rows.ts';

export function prepareHandBack(engine: Engine, release: Release): (claim: Claim) => Job {
  const { database, now } = engine;
  const held = database.prepare<[string, string], JobRow>(
    "SELECT * FROM jobs WHERE id = ? AND claim_token = ? AND state = 'running'",
  );

  return transaction(engine, (claim): Job => {
    const row = held.get(claim.job.id, claim.token);
    if (row === undefined) throw claimLost(claim);
    const released =
      row.cancel_requested === 1
        ? release.cancel(row.place, now())
        : release.requeue(row.place, row.tries - 1, now());
    return toJob(released);
  });
}
