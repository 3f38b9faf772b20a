/** Databases of which all can be made again, kept apart from jobs and their promises. */
import { rmSync } from 'node:fs';
import { KilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Database, openDatabase } from './database.ts';
import type { Migration } from './migrations.ts';

/**
 * Opens one, making it anew when it is damaged: nothing in it is the only copy.
 * @param what it is, for the log: «the catalogue».
 * @throws KilnError `database.newer`, `storage.*`
 */
export function openRebuildable(
  file: string,
  migrations: readonly Migration[],
  what: string,
  log: Logger,
): Database {
  const open = (): Database => {
    const database = openDatabase(file, { migrations });
    // A power cut may cost the last entries; they are made again. Waiting for the disk would cost every run.
    database.pragma('synchronous = NORMAL');
    // Rows are read once in a while and found in the system's own cache; the default would hold 16 MB for nothing.
    database.pragma('cache_size = -2000');
    return database;
  };
  try {
    return open();
  } catch (error) {
    if (!(error instanceof KilnError) || error.code !== 'database.broken') throw error;
    log.warn({ err: error, file }, `${what} is damaged and is made anew`);
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return open();
  }
}
