/** Questions to the queue; none of them writes, so none waits for a writer. */
import type { Database } from '../../db/database.ts';
import {
  isJobId,
  type Job,
  type JobEvent,
  type JobEventBody,
  type JobState,
  type ListOptions,
  type QueueCounts,
} from '../contract.ts';
import { type JobRow, toJob } from './rows.ts';

const DEFAULT_LIST_LIMIT = 100;
const ALL_STATES: readonly JobState[] = ['queued', 'running', 'finished', 'failed', 'canceled'];

interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly type: JobEventBody['type'];
  readonly body: string;
}

/** The way back from what story.ts wrote. */
function toEvent({ seq, at, type, body }: EventRow): JobEvent {
  const content = JSON.parse(body);
  if (type === 'state') return { seq, at, type, state: content };
  return type === 'progress'
    ? { seq, at, type, progress: content }
    : { seq, at, type, lines: content };
}

export function prepareGet(database: Database): (id: string) => Job | null {
  const find = database.prepare<[string], JobRow>('SELECT * FROM jobs WHERE id = ?');
  return (id) => {
    const row = isJobId(id) ? find.get(id) : undefined;
    return row === undefined ? null : toJob(row);
  };
}

export function prepareList(database: Database): (options?: ListOptions) => readonly Job[] {
  const queued = database.prepare<[number], JobRow>(
    "SELECT * FROM jobs WHERE state = 'queued' ORDER BY front DESC, place LIMIT ?",
  );
  const others = database.prepare<[string, number], JobRow>(`
    SELECT * FROM jobs WHERE state IN (SELECT value FROM json_each(?))
    ORDER BY place DESC LIMIT ?`);
  return ({ states = ALL_STATES, limit = DEFAULT_LIST_LIMIT } = {}) => {
    const first = states.includes('queued') ? queued.all(limit) : [];
    const rest = states.filter((state) => state !== 'queued');
    const room = limit - first.length;
    const last = rest.length > 0 && room > 0 ? others.all(JSON.stringify(rest), room) : [];
    return [...first, ...last].map(toJob);
  };
}

export function prepareCounts(database: Database): () => QueueCounts {
  const count = database.prepare<[], QueueCounts>(`
    SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS queued,
           (SELECT count(*) FROM jobs WHERE state = 'running') AS running`);
  return () => count.get() ?? { queued: 0, running: 0 };
}

export function preparePosition(database: Database): (id: string) => number | null {
  // Counts index entries only: microseconds for a queue of a thousand.
  const position = database
    .prepare<[string], number>(`
      SELECT (SELECT count(*) FROM jobs AS other
              WHERE other.state = 'queued' AND other.front > job.front)
           + (SELECT count(*) FROM jobs AS other
              WHERE other.state = 'queued' AND other.front = job.front AND other.place < job.place)
      FROM jobs AS job WHERE job.id = ? AND job.state = 'queued'`)
    .pluck();
  return (id) => (isJobId(id) ? (position.get(id) ?? null) : null);
}

export function prepareEvents(
  database: Database,
): (id: string, afterSeq: number) => readonly JobEvent[] {
  const after = database.prepare<[string, number], EventRow>(`
    SELECT seq, at, type, body FROM job_events
    WHERE place = (SELECT place FROM jobs WHERE id = ?) AND seq > ?
    ORDER BY seq`);
  return (id, afterSeq) => (isJobId(id) ? after.all(id, afterSeq).map(toEvent) : []);
}
