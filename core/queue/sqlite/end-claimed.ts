/** running → ended, by the worker that holds the job. The one write behind finish, fail and cancelClaimed. */
import type { ErrorReport } from '../../errors.ts';
import type { Claim, Job, JsonValue } from '../contract.ts';
import { claimLost } from '../reports.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';
import type { Story } from './story.ts';

export type End =
  | { readonly state: 'finished'; readonly result: JsonValue }
  | { readonly state: 'failed' | 'canceled'; readonly error: ErrorReport };

/** @throws KilnError `queue.claim-lost`, having written nothing. */
export type EndClaimed = (claim: Claim, end: End) => Job;

export function prepareEndClaimed(engine: Engine, story: Story): EndClaimed {
  const { database, now } = engine;
  // The token in the WHERE is the guard: a worker that outlived its claim changes no row.
  const end = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs
    SET state = @state, ended_at = @at, result = @result, error = @error,
        cancel_requested = cancel_requested OR @state = 'canceled',
        claim_token = NULL, lease_until = NULL, last_seq = last_seq + 1
    WHERE id = @id AND claim_token = @token AND state = 'running'
    RETURNING *`);

  return transaction(engine, (claim, how): Job => {
    const at = now();
    const row = end.get({
      id: claim.job.id,
      token: claim.token,
      state: how.state,
      at,
      result: how.state === 'finished' ? JSON.stringify(how.result) : null,
      error: how.state === 'finished' ? null : JSON.stringify(how.error),
    });
    if (row === undefined) throw claimLost(claim);
    story.appendState(row, at);
    return toJob(row);
  });
}
