/** Opens Kiln's database: one SQLite file that the service and its workers share. */
import { accessSync, closeSync, constants, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import {
  type Migration,
  migrate,
  readMigrations,
  refuseNewer,
  schemaVersion,
} from './migrations.ts';
import { copyBeforeMigration } from './snapshot.ts';
import { toDatabaseError } from './sqlite-errors.ts';

export type { Database } from 'better-sqlite3';

export interface DatabaseOptions {
  /**
   * The schema's steps; by default the files of the folder beside this one. A bundle, which has no such
   * folder, hands in the list that it was built with.
   */
  readonly migrations?: readonly Migration[];
  /** How long a call waits for another process's lock, in milliseconds; 5000 by default. */
  readonly busyTimeoutMs?: number;
  /** Where a copy is kept before the schema of a database that is not new changes; no copy when absent. */
  readonly copiesFolder?: string;
}

const IN_MEMORY = ':memory:';

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** The version of the schema that `openDatabase` brings the main database to. */
export function knownSchema(): number {
  return readMigrations(MIGRATIONS).length;
}

/** `application_id` as the first migration writes it. */
const KILN_APPLICATION_ID = 0x4b494c4e;

/** https://sqlite.org/fileformat2.html#walformat: the last bit tells the byte order of its checksums. */
const WAL_MAGIC = 0x377f0682;
const WAL_HEADER_BYTES = 32;

/** A write-ahead log that grew past this (bytes) is cut back after its checkpoint. */
const WAL_SIZE_LIMIT = 32 * 1024 * 1024;

/**
 * Opens a database, makes it when there is none, and brings its schema up to date. Safe when several
 * processes do so at once. What a committed transaction wrote survives a power cut.
 *
 * @param file its path, or `:memory:` for one that lives as long as the connection (tests).
 * @returns the connection; who opened it closes it.
 * @throws KilnError `database.newer`, `database.broken`, `storage.unwritable`, `storage.full`; a file that
 * is refused stays as it was.
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): Database {
  const { migrations = readMigrations(MIGRATIONS) } = options;
  const { busyTimeoutMs = 5000, copiesFolder } = options;
  if (file !== IN_MEMORY) prepareFile(file);
  let database: Database | undefined;
  try {
    refuseDamagedLog(file);
    database = new BetterSqlite3(file, { timeout: busyTimeoutMs });
    refuseForeign(database);
    refuseNewer(database, migrations);
    enterWalMode(database, busyTimeoutMs);
    configure(database);
    const opened = database;
    const keepCopy =
      copiesFolder === undefined ? undefined : () => copyBeforeMigration(opened, copiesFolder);
    migrate(opened, migrations, keepCopy);
    return opened;
  } catch (error) {
    database?.close();
    throw toDatabaseError(error, file);
  }
}

/** Sees to a file that can be written, before SQLite would. */
function prepareFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    createPrivately(file);
    // SQLite opens what it may only read without a word, and the first job would fail.
    accessSync(file, constants.W_OK);
  } catch (error) {
    const known = toKilnError(error);
    if (known.code !== 'internal.defect') throw known;
    throw new KilnError('storage.unwritable', `The database ${file} cannot be made.`, {
      cause: error,
    });
  }
}

/**
 * Makes the file, if there is none, readable by its owner alone, as keymaps may hold passwords in macros.
 * SQLite gives its files beside it the same mode. An existing file is not opened here: closing it again
 * would drop the locks that this process may hold on it.
 */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

/**
 * SQLite takes a write-ahead log whose header it cannot read for an empty one, and forgets without a word what was
 * committed to it. The header is on the disk before anything follows it, so no crash leaves such a file; one that
 * begins with zeros was made long by a power cut and never written.
 * @throws KilnError `database.broken`
 */
function refuseDamagedLog(file: string): void {
  const log = `${file}-wal`;
  const header = readStart(log, WAL_HEADER_BYTES);
  if (header.length < WAL_HEADER_BYTES || header.readUInt32BE(0) === 0) return;
  if ((header.readUInt32BE(0) & 0xff_ff_ff_fe) === WAL_MAGIC) return;
  throw new KilnError('database.broken', `The log of the database is damaged: ${log}.`, {
    details: { file: log },
  });
}

function readStart(file: string, bytes: number): Buffer {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(handle, start, 0, bytes, 0));
  } finally {
    closeSync(handle);
  }
}

/** @throws KilnError `database.broken` for another program's database: it is not ours to migrate. */
function refuseForeign(database: Database): void {
  // One transaction, so that a migration of another process is seen whole or not at all.
  const ours = database.transaction((): boolean => {
    const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
    if (tables === 0 && schemaVersion(database) === 0) return true;
    return database.pragma('application_id', { simple: true }) === KILN_APPLICATION_ID;
  })();
  if (ours) return;
  throw new KilnError('database.broken', `${database.name} is a database of another program.`, {
    remedy: 'Move the file aside, or choose another data folder with KILN_DATA_DIR.',
  });
}

/**
 * Write-ahead logging: readers and one writer do not wait for each other. The switch needs the file for
 * itself, and two processes that both try are refused at once instead of made to wait, hence the loop.
 */
function enterWalMode(database: Database, busyTimeoutMs: number): void {
  if (database.memory) return;
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const mode = database.pragma('journal_mode = WAL', { simple: true });
      if (mode === 'wal') return;
      throw new KilnError(
        'storage.unwritable',
        `The folder of ${database.name} cannot hold a database that several processes share.`,
        { remedy: 'Choose a folder on a local disk with KILN_DATA_DIR.' },
      );
    } catch (error) {
      const busy = errnoOf(error)?.startsWith('SQLITE_BUSY') ?? false;
      if (!busy || performance.now() >= deadline) throw error;
      pause(5);
    }
  }
}

function configure(database: Database): void {
  // FULL makes each commit wait for the disk: a job that was accepted is there after a power cut.
  // NORMAL would be faster and could forget the last ones. macOS keeps that promise only with fullfsync.
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT}`);
  database.pragma('trusted_schema = OFF');
}

/** Blocks the thread, as every call of the database does. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
