/** queued → running. */
import type { Claim } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';
import type { Story } from './story.ts';

export type ClaimNext = (
  workerId: string,
  kinds: readonly string[],
  leaseMs: number,
) => Claim | null;

export function prepareClaim(engine: Engine, story: Story): ClaimNext {
  const { database, now, leaseNow, newToken } = engine;
  // The inner SELECT reads the index jobs_queued in its own order and stops at the first fit.
  const take = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs
    SET state = 'running', tries = tries + 1, worker_id = @workerId, claim_token = @token,
        lease_until = @leaseUntil, started_at = @at, last_seq = last_seq + 1
    WHERE place = (
      SELECT place FROM jobs
      WHERE state = 'queued' AND kind IN (SELECT value FROM json_each(@kinds))
      ORDER BY front DESC, place LIMIT 1)
    RETURNING *`);

  return transaction(engine, (workerId, kinds, leaseMs): Claim | null => {
    const at = now();
    const token = newToken();
    const row = take.get({
      workerId,
      token,
      leaseUntil: leaseNow() + leaseMs,
      at,
      kinds: JSON.stringify(kinds),
    });
    if (row === undefined) return null;
    story.appendState(row, at);
    return { job: toJob(row), token };
  });
}
