/** How a job lies in its hash. */
import type { ErrorReport } from '../../errors.ts';
import type { Job, JobEvent, JobProgress, JobState, JsonValue } from '../contract.ts';

/** A hash as scripts answer it: names and values in turn. */
export type FlatRow = readonly string[];

function parse<T>(json: string | undefined): T | null {
  return json === undefined ? null : (JSON.parse(json) as T);
}

const numberOf = (text: string | undefined): number | null =>
  text === undefined ? null : Number(text);

/** The job that a hash holds, without what belongs to the engine; null for a hash that is not there. */
export function toJob(flat: FlatRow): Job | null {
  if (flat.length === 0) return null;
  const row: Record<string, string | undefined> = {};
  for (let at = 0; at < flat.length; at += 2) row[flat[at] ?? ''] = flat[at + 1];
  return {
    id: row.id ?? '',
    kind: row.kind ?? '',
    state: row.state as JobState,
    payload: parse<JsonValue>(row.payload),
    client: row.client ?? null,
    requestId: row.requestId ?? null,
    front: row.front === '1',
    pinned: row.pinned === '1',
    timeLimitMs: Number(row.timeLimitMs),
    needs: parse<readonly string[]>(row.needs) ?? [],
    createdAt: Number(row.createdAt),
    enqueuedAt: Number(row.enqueuedAt),
    startedAt: numberOf(row.startedAt),
    endedAt: numberOf(row.endedAt),
    tries: Number(row.tries),
    workerId: row.workerId ?? null,
    cancelRequested: row.cancelRequested === '1',
    progress: parse<JobProgress>(row.progress),
    result: parse<JsonValue>(row.result),
    error: parse<ErrorReport>(row.error),
  };
}

/** @param first the number of the first of them. */
export function toEvents(lines: readonly string[], first: number): readonly JobEvent[] {
  return lines.map((line, index) => ({ seq: first + index, ...JSON.parse(line) }) as JobEvent);
}
