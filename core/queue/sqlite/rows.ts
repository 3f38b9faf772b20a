/** How a job lies in its row. */
import type { ErrorReport } from '../../errors.ts';
import type { Job, JobProgress, JobState, JsonValue } from '../contract.ts';

/** A row of `jobs`, column by column as the migrations declare them. */
export interface JobRow {
  readonly place: number;
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly front: number;
  readonly time_limit_ms: number;
  readonly created_at: number;
  readonly enqueued_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly tries: number;
  readonly worker_id: string | null;
  readonly claim_token: string | null;
  readonly lease_until: number | null;
  readonly cancel_requested: number;
  readonly last_seq: number;
  readonly log_bytes: number;
  readonly client: string | null;
  readonly request_id: string | null;
  readonly progress: string | null;
  readonly error: string | null;
  readonly payload: string;
  readonly result: string | null;
  readonly pinned: number;
}

function parse<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}

/** The job that a row holds, without what belongs to the engine (place, token, lease). */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    payload: JSON.parse(row.payload) as JsonValue,
    client: row.client,
    requestId: row.request_id,
    front: row.front === 1,
    pinned: row.pinned === 1,
    timeLimitMs: row.time_limit_ms,
    needs: [],
    createdAt: row.created_at,
    enqueuedAt: row.enqueued_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    tries: row.tries,
    workerId: row.worker_id,
    cancelRequested: row.cancel_requested === 1,
    progress: parse<JobProgress>(row.progress),
    result: parse<JsonValue>(row.result),
    error: parse<ErrorReport>(row.error),
  };
}
