/** One process at a time on a data folder. */
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { errnoOf, KilnError } from '../errors.ts';
import { toDatabaseError } from './sqlite-errors.ts';

export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock by an open exclusive transaction on an empty SQLite file. The system lets go of it when the process
 * ends, however it ends, on every platform; a lock file with a process number in it would outlive a `kill -9`.
 * @throws KilnError `service.data-in-use` when another process holds it.
 */
export function takeProcessLock(file: string, dataFolder: string): ProcessLock {
  let database: Database | undefined;
  try {
    database = new BetterSqlite3(file, { timeout: 0 });
    // In memory: the transaction never writes, and a journal would be one more file to lose.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (errnoOf(error)?.startsWith('SQLITE_BUSY')) {
      throw new KilnError(
        'service.data-in-use',
        `Another Kiln service is working in ${dataFolder}.`,
        { cause: error, details: { dataFolder } },
      );
    }
    throw toDatabaseError(error, file);
  }
  const held = database;
  return { release: () => void held.close() };
}
