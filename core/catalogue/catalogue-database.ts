/** The catalogue's own database: all of it can be made again, so it is kept apart from jobs and their promises. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '../db/database.ts';
import { readMigrations } from '../db/migrations.ts';
import { KilnError } from '../errors.ts';
import type { Logger } from '../log.ts';

/**
 * Opens it, making it anew when it is damaged: nothing in it is the only copy.
 * @throws KilnError `database.newer`, `storage.*`
 */
export function openCatalogueDatabase(file: string, log: Logger): Database {
  const migrations = readMigrations(join(import.meta.dirname, 'migrations'));
  const open = (): Database => {
    const database = openDatabase(file, { migrations });
    // A power cut may cost the last entries; they are read again. Waiting for the disk would cost every run.
    database.pragma('synchronous = NORMAL');
    // Rows are read once in a while and found in the system's own cache; the default would hold 16 MB for nothing.
    database.pragma('cache_size = -2000');
    return database;
  };
  try {
    return open();
  } catch (error) {
    if (!(error instanceof KilnError) || error.code !== 'database.broken') throw error;
    log.warn({ err: error, file }, 'the catalogue is damaged and is made anew');
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return open();
  }
}
