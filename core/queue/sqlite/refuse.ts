/** queued → failed, without a worker. */
import type { ErrorReport } from '../../errors.ts';
import { isJobId } from '../contract.ts';
import type { Cancellation } from './cancel.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';
import type { Story } from './story.ts';

export function prepareRefuse(
  engine: Engine,
  story: Story,
): (id: string, error: ErrorReport) => Cancellation {
  const { database, now } = engine;
  const find = database.prepare<[string], JobRow>('SELECT * FROM jobs WHERE id = ?');
  const failQueued = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs SET state = 'failed', ended_at = @at, error = @error, last_seq = last_seq + 1
    WHERE id = @id AND state = 'queued'
    RETURNING *`);

  const refuse = transaction(engine, (id: string, error: ErrorReport): Cancellation => {
    const at = now();
    const failed = failQueued.get({ id, at, error: JSON.stringify(error) });
    if (failed !== undefined) {
      story.appendState(failed, at);
      return { job: toJob(failed), changed: true };
    }
    const row = find.get(id);
    return { job: row === undefined ? null : toJob(row), changed: false };
  });
  return (id, error) => (isJobId(id) ? refuse(id, error) : { job: null, changed: false });
}
