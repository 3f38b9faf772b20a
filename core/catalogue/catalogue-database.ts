/** The catalogue's own database. */
import { join } from 'node:path';
import type { Database } from '../db/database.ts';
import { readMigrations } from '../db/migrations.ts';
import { openRebuildable } from '../db/rebuildable.ts';
import type { Logger } from '../log.ts';

/** @throws KilnError `database.newer`, `storage.*` */
export function openCatalogueDatabase(file: string, log: Logger): Database {
  const migrations = readMigrations(join(import.meta.dirname, 'migrations'));
  return openRebuildable(file, migrations, 'the catalogue', log);
}
