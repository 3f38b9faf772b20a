/**
 * The schema's steps: plain SQL files `0001-….sql`, applied in order, one transaction each. The number of the
 * last one applied is the file's `user_version`. Steps only go forward, and one that was released never changes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { KilnError } from '../errors.ts';

export interface Migration {
  /** 1, 2, 3, … without a gap. */
  readonly version: number;
  /** The file's name, for messages. */
  readonly name: string;
  readonly sql: string;
}

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** Reads every `.sql` file of a folder. @throws KilnError `internal.defect` for a gap or a wrong name. */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const version = Number(FILE_NAME.exec(name)?.[1]);
    if (version !== index + 1) {
      throw new KilnError('internal.defect', `Migration ${name} is not number ${index + 1}.`);
    }
    return { version, name, sql: readFileSync(join(folder, name), 'utf8') };
  });
}

/** The number of the last migration that a database has seen; 0 for a new one. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/** @throws KilnError `database.newer` when the file was written by a later Kiln than this. */
export function refuseNewer(database: Database, migrations: readonly Migration[]): void {
  const found = schemaVersion(database);
  const known = migrations.length;
  if (found > known) {
    throw new KilnError(
      'database.newer',
      `The database ${database.name} has version ${found}; this Kiln knows versions up to ${known}.`,
      { details: { file: database.name, found, known } },
    );
  }
}

/**
 * Brings a database to the last version. Several processes may do it at once: each step looks again at the
 * version under the write lock, so one of them applies it and the others find it done.
 * @param beforeFirst called under that lock before the first step of a database that is not new; what it throws keeps
 *   the database as it is.
 */
export function migrate(
  database: Database,
  migrations: readonly Migration[],
  beforeFirst?: () => void,
): void {
  let prepare = beforeFirst;
  const step = database.transaction((): boolean => {
    refuseNewer(database, migrations);
    const version = schemaVersion(database);
    const next = migrations[version];
    if (next === undefined) return false;
    if (version > 0) prepare?.();
    prepare = undefined;
    database.exec(next.sql);
    const orphans = database.pragma('foreign_key_check') as unknown[];
    if (orphans.length > 0) {
      throw new KilnError('internal.defect', `Migration ${next.name} leaves dangling references.`);
    }
    database.pragma(`user_version = ${next.version}`);
    return true;
  }).immediate;
  // A step that rebuilds a table must be able to drop the old one; the check above makes up for it.
  database.pragma('foreign_keys = OFF');
  while (schemaVersion(database) !== migrations.length) step();
  database.pragma('foreign_keys = ON');
}
