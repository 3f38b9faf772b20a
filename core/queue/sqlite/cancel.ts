/** queued → canceled; running → running with the wish noted. */
import { isJobId, type Job } from '../contract.ts';
import { canceledReport } from '../reports.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';
import type { Story } from './story.ts';

export interface Cancellation {
  readonly job: Job | null;
  readonly changed: boolean;
}

export function prepareCancel(engine: Engine, story: Story): (id: string) => Cancellation {
  const { database, now } = engine;
  const find = database.prepare<[string], JobRow>('SELECT * FROM jobs WHERE id = ?');
  const cancelQueued = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs
    SET state = 'canceled', cancel_requested = 1, ended_at = @at, error = @error, last_seq = last_seq + 1
    WHERE id = @id AND state = 'queued'
    RETURNING *`);
  const markRunning = database.prepare<[string], JobRow>(`
    UPDATE jobs SET cancel_requested = 1
    WHERE id = ? AND state = 'running' AND cancel_requested = 0
    RETURNING *`);

  const cancel = transaction(engine, (id: string): Cancellation => {
    const at = now();
    const canceled = cancelQueued.get({
      id,
      at,
      error: JSON.stringify(canceledReport('before it started')),
    });
    if (canceled !== undefined) {
      story.appendState(canceled, at);
      return { job: toJob(canceled), changed: true };
    }
    const marked = markRunning.get(id);
    if (marked !== undefined) return { job: toJob(marked), changed: true };
    const row = find.get(id);
    return { job: row === undefined ? null : toJob(row), changed: false };
  });
  return (id) => (isJobId(id) ? cancel(id) : { job: null, changed: false });
}
