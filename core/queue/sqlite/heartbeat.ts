/** running → running: the worker lives. */
import type { Claim, Heartbeat } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';

export function prepareHeartbeat(engine: Engine): (claim: Claim, leaseMs: number) => Heartbeat {
  const { database, leaseNow } = engine;
  const prolong = database
    .prepare<[number, string, string], number>(`
      UPDATE jobs SET lease_until = ?
      WHERE id = ? AND claim_token = ? AND state = 'running'
      RETURNING cancel_requested`)
    .pluck();

  return transaction(engine, ({ job, token }, leaseMs): Heartbeat => {
    // A lease that ran out is prolonged too, as long as nobody took the job back: the work goes on.
    const cancelRequested = prolong.get(leaseNow() + leaseMs, job.id, token);
    if (cancelRequested === undefined) return 'lost';
    return cancelRequested === 1 ? 'cancel' : 'held';
  });
}
