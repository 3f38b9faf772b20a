/** Copies of a database that is in use, as files of their own, and whether such a file is sound. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { KilnError, toKilnError } from '../errors.ts';
import { schemaVersion } from './migrations.ts';
import { toDatabaseError } from './sqlite-errors.ts';

/** Copies made before migrations: the newest so many are kept. */
const KEPT_BEFORE_MIGRATION = 3;

const BEFORE_MIGRATION = /^before-migration-\d{8}T\d{6}Z-v\d+\.sqlite$/;

/** `20251109T023257Z`: sorts by time, and every file system takes it. */
export function timeStamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function syncPath(path: string): void {
  // Windows knows no handles of folders and needs none.
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** SQLite's own names for what belongs to a database file. */
export function sidecarsOf(file: string): readonly string[] {
  return [`${file}-wal`, `${file}-shm`, `${file}-journal`];
}

/**
 * Writes a copy of the database as it is at one moment, with SQLite's online backup: readers and writers of any
 * process go on meanwhile. The copy is one file, on the disk for good when the promise resolves.
 * @param file must not exist; nothing is left of it after a failure.
 * @throws KilnError `storage.*`, `database.broken`
 */
export async function copyDatabase(database: Database, file: string): Promise<void> {
  try {
    // All pages in one step from the second on: a writer in another process cannot make it begin anew for ever.
    await database.backup(file, { progress: () => 1_000_000_000 });
    settle(file);
  } catch (error) {
    for (const left of [file, ...sidecarsOf(file)]) rmSync(left, { force: true });
    throw toDatabaseError(error, file);
  }
}

/** Out of write-ahead mode, which would put two more files beside it, and to the disk. */
function settle(file: string): void {
  const copy = new BetterSqlite3(file);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  syncPath(file);
  syncPath(dirname(file));
}

/**
 * Looks at every page of a database file that nobody has open.
 * @returns the version of its schema.
 * @throws KilnError `database.broken` for a damaged file, and for one that is not Kiln's.
 */
export function checkDatabaseFile(file: string): number {
  let database: Database | undefined;
  try {
    database = new BetterSqlite3(file, { fileMustExist: true });
    const found = damageOf(database);
    if (found !== null) throw new KilnError('database.broken', `${file} is damaged: ${found}.`);
    const tables = database.prepare('SELECT name FROM sqlite_schema').pluck().all();
    if (!['jobs', 'job_events', 'trees'].every((table) => tables.includes(table))) {
      throw new KilnError('database.broken', `${file} has no jobs and trees of Kiln.`);
    }
    return schemaVersion(database);
  } catch (error) {
    throw toDatabaseError(error, file);
  } finally {
    database?.close();
  }
}

/** The first thing that SQLite finds wrong with a database; null when all is well. Reads every page. */
export function damageOf(database: Database): string | null {
  const verdict = String(database.pragma('integrity_check(1)', { simple: true }));
  // The last line: those before it only name the database.
  if (verdict !== 'ok') return (verdict.trim().split('\n').at(-1) ?? verdict).replace(/\.$/, '');
  const orphans = database.pragma('foreign_key_check') as unknown[];
  return orphans.length === 0 ? null : `${orphans.length} rows belong to none`;
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The disk that refused the copy refuses this too; the first fault is the one to tell.
  }
}

/**
 * Keeps a copy of the database in `folder` before its schema changes, and removes the oldest ones of its kind. To be
 * called with the write lock held, so that nothing is written between the copy and the change.
 * @returns the copy.
 * @throws KilnError `storage.*`: then the schema has to stay as it is.
 */
export function copyBeforeMigration(database: Database, folder: string, now = Date.now()): string {
  const version = schemaVersion(database);
  const target = join(folder, `before-migration-${timeStamp(now)}-v${version}.sqlite`);
  const part = join(folder, `.${randomBytes(8).toString('hex')}.part`);
  let reader: Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Made by hand, as SQLite would let everybody read it: keymaps may hold passwords in macros.
    closeSync(openSync(part, 'wx', 0o600));
    // A connection of its own: the one that holds the lock is in a transaction, where this is not allowed.
    reader = new BetterSqlite3(database.name, { readonly: true });
    reader.prepare('VACUUM INTO ?').run(part);
    syncPath(part);
    renameSync(part, target);
    syncPath(folder);
  } catch (error) {
    discard(part);
    const known = toKilnError(toDatabaseError(error, target));
    throw new KilnError(
      known.code === 'internal.defect' ? 'storage.unwritable' : known.code,
      `Before its update the database has to be copied, which failed: ${known.message}`,
      { cause: error, ...(known.code === 'internal.defect' ? {} : { remedy: known.remedy }) },
    );
  } finally {
    reader?.close();
  }
  const kept = readdirSync(folder).filter((name) => BEFORE_MIGRATION.test(name));
  for (const old of kept.sort().slice(0, -KEPT_BEFORE_MIGRATION)) rmSync(join(folder, old));
  return target;
}
