/**
 * running → queued, failed or canceled, without an end by the worker itself. The writes behind hand-back and
 * recover; the job keeps its place, so it comes before everything that arrived later.
 */
import { KilnError } from '../../errors.ts';
import { canceledReport, workerLostReport } from '../reports.ts';
import type { Engine } from './engine.ts';
import type { JobRow } from './rows.ts';
import type { Story } from './story.ts';

export interface Release {
  /** Back into the queue. `tries` is what the job's count becomes. */
  requeue(place: number, tries: number, at: number): JobRow;
  /** Canceled, as was asked while it ran. */
  cancel(place: number, at: number): JobRow;
  /** Given up after its last worker was lost. */
  giveUp(place: number, at: number): JobRow;
}

/** Every caller has read the job as running in the same transaction, so each write hits its row. */
export function prepareRelease({ database }: Engine, story: Story): Release {
  const requeue = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs
    SET state = 'queued', tries = @tries, enqueued_at = @at, started_at = NULL, worker_id = NULL,
        progress = NULL, claim_token = NULL, lease_until = NULL, last_seq = last_seq + 1
    WHERE place = @place AND state = 'running'
    RETURNING *`);
  const end = database.prepare<Record<string, unknown>, JobRow>(`
    UPDATE jobs
    SET state = @state, ended_at = @at, error = @error, claim_token = NULL, lease_until = NULL,
        last_seq = last_seq + 1
    WHERE place = @place AND state = 'running'
    RETURNING *`);

  const written = (row: JobRow | undefined, at: number): JobRow => {
    if (row === undefined) {
      throw new KilnError('internal.defect', 'A job to take back was not running.');
    }
    story.appendState(row, at);
    return row;
  };
  return {
    requeue: (place, tries, at) => written(requeue.get({ place, tries, at }), at),
    cancel: (place, at) => {
      const error = JSON.stringify(canceledReport('while it ran'));
      return written(end.get({ place, state: 'canceled', at, error }), at);
    },
    giveUp: (place, at) => {
      const error = JSON.stringify(workerLostReport());
      return written(end.get({ place, state: 'failed', at, error }), at);
    },
  };
}
