import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { toDatabaseError } from '../../../../core/db/sqlite-errors.ts';
import { KilnError } from '../../../../core/errors.ts';

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('toDatabaseError', () => {
  it.each([
    ['SQLITE_FULL', 'storage.full'],
    ['SQLITE_IOERR_SHMSIZE', 'storage.full'],
    ['SQLITE_NOTADB', 'database.broken'],
    ['SQLITE_CORRUPT', 'database.broken'],
    ['SQLITE_CORRUPT_INDEX', 'database.broken'],
    ['SQLITE_IOERR_CORRUPTFS', 'database.broken'],
    ['SQLITE_READONLY', 'storage.unwritable'],
    ['SQLITE_READONLY_DIRECTORY', 'storage.unwritable'],
    ['SQLITE_CANTOPEN', 'storage.unwritable'],
    ['SQLITE_CANTOPEN_ISDIR', 'storage.unwritable'],
    ['SQLITE_BUSY', 'storage.unwritable'],
    ['SQLITE_BUSY_RECOVERY', 'storage.unwritable'],
    ['SQLITE_IOERR_WRITE', 'storage.unwritable'],
    ['SQLITE_CONSTRAINT_CHECK', 'internal.defect'],
    ['SQLITE_MISUSE', 'internal.defect'],
    ['ENOSPC', 'storage.full'],
  ])('knows %s as %s', (sqlite, code) => {
    const cause = Object.assign(new Error('text'), { code: sqlite });
    const error = toDatabaseError(cause, '/data/kiln.sqlite');
    expect(error.code).toBe(code);
    expect(error.cause).toBe(cause);
  });

  it('names the file and the way out', () => {
    const cause = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
    const error = toDatabaseError(cause, '/data/kiln.sqlite');
    expect(error.message).toContain('/data/kiln.sqlite');
    expect(error.remedy).toContain('Close the program');
  });

  it('passes our own errors on', () => {
    const ours = new KilnError('queue.full', 'Full.');
    expect(toDatabaseError(ours)).toBe(ours);
  });

  it('recognises what the driver really throws when no page can be added', () => {
    const database = new BetterSqlite3(':memory:');
    database.exec('CREATE TABLE t (value TEXT)');
    database.pragma('max_page_count = 2');
    const error = thrown(() =>
      database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000)),
    );
    expect(toDatabaseError(error).code).toBe('storage.full');
    database.close();
  });

  it('recognises what the driver really throws when a database is read-only', () => {
    const database = new BetterSqlite3(':memory:');
    database.pragma('query_only = ON');
    const error = thrown(() => database.exec('CREATE TABLE t (value TEXT)'));
    expect(toDatabaseError(error).code).toBe('storage.unwritable');
    database.close();
  });
});
