/** The flash runs that were, in Kiln's database. */
import type { Database } from '../../core/db/database.ts';
import { CONTENTS, type Contents } from '../run/contents.ts';
import { ENDINGS, NEXT_STEPS } from '../run/endings.ts';
import type { FlashAction } from '../run/plan.ts';
import type { Outcome, RunEnd } from '../run/state.ts';

export interface FlashRecord {
  /** 32 lower-case hexadecimal digits. */
  readonly id: string;
  readonly action: FlashAction;
  readonly keyboard: string | null;
  readonly image: { readonly name: string; readonly sha256: string; readonly size: number } | null;
  readonly jobId: string | null;
  /** The device's title, once it is known. */
  readonly device: string | null;
  readonly bootloader: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly holds: Contents;
  readonly end: RunEnd | null;
}

export type NewFlashRecord = Pick<
  FlashRecord,
  'id' | 'action' | 'keyboard' | 'image' | 'jobId' | 'startedAt'
>;

/** So many are kept. */
const MOST_RUNS = 500;

interface Row {
  readonly id: string;
  readonly action: FlashAction;
  readonly keyboard: string | null;
  readonly image_name: string | null;
  readonly image_sha256: string | null;
  readonly image_bytes: number | null;
  readonly job_id: string | null;
  readonly device: string | null;
  readonly bootloader: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly holds: Contents;
  readonly outcome: Outcome | null;
  readonly ending: string | null;
}

const COLUMNS = `id, action, keyboard, image_name, image_sha256, image_bytes, job_id, device, bootloader,
  started_at, ended_at, holds, outcome, ending`;

/** Of runs that ended before endings had codes. */
const BEFORE_CODES = { code: null, nextCode: null, details: { stage: null, exitCode: null } };

function toRecord(row: Row): FlashRecord {
  const { image_name: name, image_sha256: sha256, image_bytes: size } = row;
  return {
    id: row.id,
    action: row.action,
    keyboard: row.keyboard,
    image: name === null || sha256 === null || size === null ? null : { name, sha256, size },
    jobId: row.job_id,
    device: row.device,
    bootloader: row.bootloader,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    holds: row.holds,
    end: row.ending === null ? null : { ...BEFORE_CODES, ...JSON.parse(row.ending) },
  };
}

export interface FlashHistory {
  begin(record: NewFlashRecord): void;
  /** What changed while it runs. */
  note(id: string, now: Pick<FlashRecord, 'holds' | 'device' | 'bootloader'>): void;
  finish(id: string, end: RunEnd, log: readonly string[], endedAt: number): void;
  /** Newest first. */
  list(limit: number): readonly FlashRecord[];
  get(id: string): FlashRecord | null;
  /** The log's lines; null when there is no such run. */
  log(id: string): readonly string[] | null;
  /** Ends the runs that are open, which only who keeps all others from flashing may do. @returns how many */
  repair(now: number): number;
}

export function createFlashHistory(database: Database): FlashHistory {
  const insert = database.prepare(
    `INSERT INTO flash_runs (id, action, keyboard, image_name, image_sha256, image_bytes, job_id, started_at, holds)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'unchanged')`,
  );
  const forget = database.prepare(
    `DELETE FROM flash_runs WHERE place <= (SELECT max(place) FROM flash_runs) - ${MOST_RUNS}`,
  );
  const update = database.prepare(
    'UPDATE flash_runs SET holds = ?, device = ?, bootloader = ? WHERE id = ? AND outcome IS NULL',
  );
  const close = database.prepare(
    'UPDATE flash_runs SET outcome = ?, ending = ?, log = ?, ended_at = ? WHERE id = ? AND outcome IS NULL',
  );
  const all = database.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM flash_runs ORDER BY place DESC LIMIT ?`,
  );
  const one = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM flash_runs WHERE id = ?`);
  const logOf = database
    .prepare<[string], string>('SELECT log FROM flash_runs WHERE id = ?')
    .pluck();
  const open = database.prepare<[], Row>(`SELECT ${COLUMNS} FROM flash_runs WHERE outcome IS NULL`);

  return {
    begin({ id, action, keyboard, image, jobId, startedAt }) {
      const { name = null, sha256 = null, size = null } = image ?? {};
      insert.run(id, action, keyboard, name, sha256, size, jobId, startedAt);
      forget.run();
    },
    note: (id, { holds, device, bootloader }) => void update.run(holds, device, bootloader, id),
    finish(id, end, log, endedAt) {
      close.run(end.outcome, JSON.stringify(end), log.join('\n'), endedAt, id);
    },
    list: (limit) => all.all(limit).map(toRecord),
    get(id) {
      const row = one.get(id);
      return row === undefined ? null : toRecord(row);
    },
    log: (id) => logOf.get(id)?.split('\n') ?? null,
    repair(now) {
      const left = open.all();
      for (const { id, holds } of left) {
        const isUntouched = holds === 'unchanged';
        const nextCode = isUntouched ? 'start-again' : 'flash-again';
        const end: RunEnd = {
          outcome: isUntouched ? 'failed' : 'unconfirmed',
          message: ENDINGS['cut-off'],
          holds: CONTENTS[holds],
          next: NEXT_STEPS[nextCode],
          code: 'cut-off',
          nextCode,
          details: { stage: null, exitCode: null },
          failure: null,
          error: null,
        };
        close.run(end.outcome, JSON.stringify(end), '', now, id);
      }
      return left.length;
    },
  };
}
