/**
 * Reads what can still be read of a damaged database into a new one: row by row, passing over what SQLite cannot
 * reach. The damaged file is only read.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { openDatabase } from '../db/database.ts';
import { sidecarsOf } from '../db/snapshot.ts';
import { KilnError } from '../errors.ts';

export interface Salvaged {
  readonly jobs: number;
  readonly events: number;
  readonly trees: number;
}

/** So many row numbers without an answer: what follows is lost. About a second's work. */
const LARGEST_GAP = 100_000;

type Row = Readonly<Record<string, unknown>>;

/** Gives what the question finds, up to the first row that cannot be read. */
function readable(ask: () => Iterable<unknown>): Row[] {
  const rows: Row[] = [];
  try {
    for (const row of ask()) rows.push(row as Row);
  } catch {
    // That is the damage; what came before it counts.
  }
  return rows;
}

function insertInto(database: Database, table: string): (row: Row) => boolean {
  const columns = (database.pragma(`table_info(${table})`) as { name: string }[]).map(
    ({ name }) => name,
  );
  const places = columns.map((name) => `@${name}`).join(', ');
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
  );
  return (row) => {
    try {
      insert.run(row);
      return true;
    } catch {
      // A row that breaks the schema's rules is damaged as well.
      return false;
    }
  };
}

/**
 * @param file the damaged database, which nobody has open.
 * @param target the new one; must not exist, and is left out when nothing could be read.
 * @throws KilnError `database.broken` when nothing can be read
 */
export function salvageDatabase(file: string, target: string): Salvaged {
  const copy = `${target}.damaged`;
  const log = sidecarsOf(file)[0] ?? '';
  copyFileSync(file, copy);
  if (existsSync(log)) copyFileSync(log, `${copy}-wal`);
  let source: Database | undefined;
  let salvaged: Database | undefined;
  try {
    source = new BetterSqlite3(copy);
    salvaged = openDatabase(target);
    const found = copyRows(source, salvaged);
    salvaged.pragma('journal_mode = DELETE');
    if (found.jobs + found.trees > 0) return found;
    throw new KilnError('database.broken', `Nothing of ${file} can be read.`, {
      remedy: 'Move it aside and start again; images stay on disk until their time is over.',
    });
  } catch (error) {
    salvaged?.close();
    for (const left of [target, ...sidecarsOf(target)]) rmSync(left, { force: true });
    if (error instanceof KilnError && error.code === 'database.broken') throw error;
    throw new KilnError('database.broken', `Nothing of ${file} can be read.`, {
      cause: error,
      remedy: 'Move it aside and start again; images stay on disk until their time is over.',
    });
  } finally {
    source?.close();
    salvaged?.close();
    for (const left of [copy, ...sidecarsOf(copy)]) rmSync(left, { force: true });
  }
}

/**
 * Takes each row of a table in the order of their numbers; where a page is damaged, goes on behind it.
 * @returns how many.
 */
function walk(
  source: Database,
  table: string,
  number: string,
  take: (row: Row) => boolean,
): number {
  const next = source.prepare<[number], Row>(
    `SELECT ${number} AS row_number, * FROM ${table} WHERE ${number} > ? ORDER BY ${number} LIMIT 1`,
  );
  let found = 0;
  let at = 0;
  for (let failed = 0; failed < LARGEST_GAP; ) {
    let row: Row | undefined;
    try {
      row = next.get(at);
    } catch {
      // On a damaged page, which ends at some number.
      failed += 1;
      at += 1;
      continue;
    }
    if (row === undefined) break;
    failed = 0;
    at = Number(row.row_number);
    if (take(row)) found += 1;
  }
  return found;
}

function copyRows(source: Database, target: Database): Salvaged {
  const eventsOf = source.prepare('SELECT * FROM job_events WHERE place = ? ORDER BY seq');
  const addJob = insertInto(target, 'jobs');
  const addTree = insertInto(target, 'trees');
  const addEvent = insertInto(target, 'job_events');
  let events = 0;
  return target.transaction((): Salvaged => {
    // By their numbers, since the indexes may be what is damaged.
    const trees = walk(source, 'trees', 'rowid', addTree);
    const jobs = walk(source, 'jobs', 'place', (job) => {
      if (!addJob(job)) return false;
      events += readable(() => eventsOf.iterate(job.place)).filter(addEvent).length;
      return true;
    });
    return { trees, jobs, events };
  })();
}
