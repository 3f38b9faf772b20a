/** running → running: progress and live log, in batches, within bounds. */
import { type Claim, LOG_CUT_LINE, MAX_LOG_BYTES, type WorkerEvent } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';
import type { JobRow } from './rows.ts';
import type { Story } from './story.ts';

/** From this many events on, a story only takes transitions; progress still moves in the job's row. */
export const MAX_EVENTS = 50_000;

/** How long a live log waits for another program's lock. */
const LONGEST_WAIT_MS = 50;

type Held = Pick<JobRow, 'place' | 'last_seq' | 'log_bytes'>;

/** Bytes of a line in a log file: UTF-8 with its newline. */
function bytesOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}

/** How many of the lines fit into `room` bytes, and what they take. */
function takeWithin(lines: readonly string[], room: number): { count: number; bytes: number } {
  let bytes = 0;
  for (const [count, line] of lines.entries()) {
    const more = bytesOf(line);
    if (bytes + more > room) return { count, bytes };
    bytes += more;
  }
  return { count: lines.length, bytes };
}

/** One batch's walk over its events; what it counts goes back into the row. */
class Recorder {
  readonly story: Story;
  readonly place: number;
  readonly at: number;
  lastSeq: number;
  logBytes: number;
  progress: string | null = null;

  constructor(story: Story, held: Held, at: number) {
    this.story = story;
    this.place = held.place;
    this.at = at;
    this.lastSeq = held.last_seq;
    this.logBytes = held.log_bytes;
  }

  add(event: WorkerEvent): void {
    if (event.type === 'log') {
      this.addLog(event.lines);
      return;
    }
    this.progress = JSON.stringify(event.progress);
    if (this.lastSeq < MAX_EVENTS) this.append(event);
  }

  private addLog(lines: readonly string[]): void {
    // More than the bound: an earlier batch wrote the cut line already.
    if (lines.length === 0 || this.logBytes > MAX_LOG_BYTES) return;
    const room = this.lastSeq < MAX_EVENTS ? MAX_LOG_BYTES - this.logBytes : 0;
    const { count, bytes } = takeWithin(lines, room);
    if (count === lines.length) {
      this.logBytes += bytes;
      this.append({ type: 'log', lines });
      return;
    }
    this.logBytes = MAX_LOG_BYTES + 1;
    this.append({ type: 'log', lines: [...lines.slice(0, count), LOG_CUT_LINE] });
  }

  private append(event: WorkerEvent): void {
    this.lastSeq += 1;
    this.story.append(this.place, this.lastSeq, this.at, event);
  }
}

/** @returns whether the claim held. */
export type RecordEvents = (claim: Claim, events: readonly WorkerEvent[]) => boolean;

export function prepareRecord(engine: Engine, story: Story): RecordEvents {
  const { database, now } = engine;
  const find = database.prepare<[string, string], Held>(`
    SELECT place, last_seq, log_bytes FROM jobs
    WHERE id = ? AND claim_token = ? AND state = 'running'`);
  const update = database.prepare<[number, number, string | null, number]>(`
    UPDATE jobs SET last_seq = ?, log_bytes = ?, progress = coalesce(?, progress) WHERE place = ?`);

  const write = transaction(
    engine,
    ({ job, token }: Claim, events: readonly WorkerEvent[]): boolean => {
      const held = find.get(job.id, token);
      if (held === undefined) return false;
      const recorder = new Recorder(story, held, now());
      for (const event of events) recorder.add(event);
      update.run(recorder.lastSeq, recorder.logBytes, recorder.progress, held.place);
      return true;
    },
  );
  const usualWait = Number(database.pragma('busy_timeout', { simple: true }));
  return (claim, events) => {
    // The thread stands still while it waits, and the build's output with it. Whoever calls tries again.
    database.pragma(`busy_timeout = ${Math.min(usualWait, LONGEST_WAIT_MS)}`);
    try {
      return write(claim, events);
    } finally {
      database.pragma(`busy_timeout = ${usualWait}`);
    }
  };
}
