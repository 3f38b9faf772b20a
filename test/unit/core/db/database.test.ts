import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../core/db/database.ts';
import { type Migration, readMigrations } from '../../../../core/db/migrations.ts';

const SHIPPED = readMigrations(join(import.meta.dirname, '../../../../core/db/migrations'));

/** Nobody refuses the administrator anything. */
const asOrdinaryUser = it.skipIf(process.platform === 'win32' || process.getuid?.() === 0);

let folder: string;
let file: string;
const opened: Database[] = [];

/** Opens and remembers, so that no test leaves a connection behind. */
function open(path = file, migrations: readonly Migration[] = SHIPPED): Database {
  const database = openDatabase(path, { migrations, busyTimeoutMs: 100 });
  opened.push(database);
  return database;
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'nothing thrown';
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-db-'));
  file = join(folder, 'kiln.sqlite');
});

afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true });
});

describe('openDatabase', () => {
  it('makes a new database with the whole schema', () => {
    const database = open();
    expect(database.pragma('user_version', { simple: true })).toBe(SHIPPED.length);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    expect(tables).toEqual(expect.arrayContaining(['job_events', 'jobs', 'trees']));
  });

  it('makes the folders on the way', () => {
    open(join(folder, 'deep', 'down', 'kiln.sqlite'));
    expect(statSync(join(folder, 'deep', 'down', 'kiln.sqlite')).isFile()).toBe(true);
  });

  it('finds the shipped schema by itself', () => {
    const database = openDatabase(file);
    opened.push(database);
    expect(database.pragma('user_version', { simple: true })).toBe(SHIPPED.length);
  });

  it('waits for the disk at each commit, so that what was accepted survives a power cut', () => {
    const database = open();
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('fullfsync', { simple: true })).toBe(1);
  });

  it('enforces foreign keys', () => {
    const insert = open().prepare(
      "INSERT INTO job_events (place, seq, at, type, body) VALUES (1, 1, 0, 'log', '[]')",
    );
    expect(codeOf(() => insert.run())).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
  });

  it.skipIf(process.platform === 'win32')('lets only its owner read a new file', () => {
    open().exec('CREATE TABLE something (value INTEGER) STRICT');
    for (const name of ['', '-wal', '-shm']) {
      expect(statSync(`${file}${name}`).mode & 0o777).toBe(0o600);
    }
  });

  it('keeps what is there when it is opened again', () => {
    const first = open();
    first
      .prepare("INSERT INTO trees (name, kind, path, added_at) VALUES ('a', 'folder', '/a', 1)")
      .run();
    first.close();
    expect(open().prepare('SELECT name FROM trees').pluck().all()).toEqual(['a']);
  });

  it('opens twice at the same time', () => {
    const first = open();
    const second = open();
    first
      .prepare("INSERT INTO trees (name, kind, path, added_at) VALUES ('a', 'folder', '/a', 1)")
      .run();
    expect(second.prepare('SELECT count(*) FROM trees').pluck().get()).toBe(1);
  });

  it('keeps a database in memory where no file is wanted', () => {
    expect(open(':memory:').pragma('user_version', { simple: true })).toBe(SHIPPED.length);
  });

  it('refuses states that the diagram does not have', () => {
    const insert = open().prepare(`
      INSERT INTO jobs (id, kind, state, front, time_limit_ms, created_at, enqueued_at, payload)
      VALUES (?, 'compile', ?, 0, 1, 0, 0, 'null')`);
    expect(codeOf(() => insert.run('0'.repeat(32), 'paused'))).toBe('SQLITE_CONSTRAINT_CHECK');
    expect(codeOf(() => insert.run('0'.repeat(32), 'running'))).toBe('SQLITE_CONSTRAINT_CHECK');
    expect(codeOf(() => insert.run('0'.repeat(32), 'finished'))).toBe('SQLITE_CONSTRAINT_CHECK');
    expect(codeOf(() => insert.run('0'.repeat(32), 'queued'))).toBe('nothing thrown');
  });
});

describe('what openDatabase refuses', () => {
  it('stops before a database of a newer Kiln, names both versions and leaves the file alone', () => {
    const next: Migration = {
      version: SHIPPED.length + 1,
      name: '9999-later.sql',
      sql: 'CREATE TABLE later (value INTEGER) STRICT;',
    };
    open(file, [...SHIPPED, next]).close();
    const before = readFileSync(file);
    const action = () => open();
    expect(codeOf(action)).toBe('database.newer');
    expect(action).toThrow(
      `has version ${SHIPPED.length + 1}; this Kiln knows versions up to ${SHIPPED.length}.`,
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses a log that SQLite would take for an empty one, and leaves it alone', () => {
    open()
      .prepare("INSERT INTO trees (name, kind, path, added_at) VALUES ('a', 'folder', '/a', 1)")
      .run();
    // Not closed: closing would empty the log.
    const log = readFileSync(`${file}-wal`);
    const copy = join(folder, 'copy.sqlite');
    writeFileSync(copy, readFileSync(file));
    writeFileSync(`${copy}-wal`, log.fill(0xa5, 0, 32));
    expect(() => open(copy)).toThrow(
      expect.objectContaining({
        code: 'database.broken',
        message: `The log of the database is damaged: ${copy}-wal.`,
      }),
    );
    expect(readFileSync(`${copy}-wal`).equals(log)).toBe(true);
    // As a power cut leaves a file that was made longer and never written.
    writeFileSync(`${copy}-wal`, Buffer.alloc(log.length));
    expect(codeOf(() => open(copy))).not.toBe('database.broken');
  });

  it('calls a file that is no database broken and leaves it alone', () => {
    writeFileSync(file, 'This is a text, and long enough to have a header. '.repeat(40));
    const before = readFileSync(file);
    expect(codeOf(() => open())).toBe('database.broken');
    expect(readFileSync(file)).toEqual(before);
  });

  it('calls a database with a damaged schema broken', () => {
    const database = open();
    database.pragma('journal_mode = DELETE');
    database.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 4096);
    writeFileSync(file, bytes);
    expect(codeOf(() => open())).toBe('database.broken');
  });

  it('calls a database that was cut short broken', () => {
    const database = open();
    database.pragma('journal_mode = DELETE');
    database.close();
    writeFileSync(file, readFileSync(file).subarray(0, 2048));
    expect(codeOf(() => open())).toBe('database.broken');
  });

  it('does not migrate the database of another program', () => {
    const other = new BetterSqlite3(file);
    other.exec('CREATE TABLE songs (title TEXT)');
    other.close();
    const before = readFileSync(file);
    expect(codeOf(() => open())).toBe('database.broken');
    expect(readFileSync(file)).toEqual(before);
  });

  it('says that it cannot write when a folder has the name of the file', () => {
    mkdirSync(file);
    expect(codeOf(() => open())).toBe('storage.unwritable');
  });

  it('says that it cannot write when a file lies where the folder should be', () => {
    writeFileSync(join(folder, 'data'), '');
    expect(codeOf(() => open(join(folder, 'data', 'kiln.sqlite')))).toBe('storage.unwritable');
  });

  asOrdinaryUser('says that it cannot write a file that is read-only', () => {
    open().close();
    chmodSync(file, 0o400);
    expect(codeOf(() => open())).toBe('storage.unwritable');
  });

  asOrdinaryUser('says that it cannot write in a folder of somebody else', () => {
    mkdirSync(join(folder, 'locked'), { mode: 0o500 });
    expect(codeOf(() => open(join(folder, 'locked', 'kiln.sqlite')))).toBe('storage.unwritable');
  });

  it('says that another program holds the lock when waiting was in vain', () => {
    open().close();
    const other = new BetterSqlite3(file);
    opened.push(other);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE');
    expect(codeOf(() => open())).toBe('storage.unwritable');
    expect(() => open()).toThrow('locked');
  });
});
