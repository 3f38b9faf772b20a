/** Keeps the database healthy: looks it through, gives back room, helps SQLite's planner. */
import type { Database } from '../../../core/db/database.ts';
import { damageOf } from '../../../core/db/snapshot.ts';
import { KilnError } from '../../../core/errors.ts';

/** Bytes of unused pages below which a rewrite of the whole file is not worth its time. */
const WORTH_REWRITING = 16 * 1024 * 1024;

function bytes(count: number): string {
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

/**
 * @param isQuiet whether nobody would wait for a rewrite of the file, which stops all writers.
 * @returns what was done. @throws KilnError `database.broken`
 */
export async function maintainDatabase(
  database: Database,
  isQuiet: () => Promise<boolean>,
): Promise<string> {
  const damage = damageOf(database);
  if (damage !== null) {
    throw new KilnError('database.broken', `The database ${database.name} is damaged: ${damage}.`);
  }
  database.pragma('optimize');
  const pageSize = Number(database.pragma('page_size', { simple: true }));
  const unused = Number(database.pragma('freelist_count', { simple: true })) * pageSize;
  const all = Number(database.pragma('page_count', { simple: true })) * pageSize;
  const rewrites = unused > WORTH_REWRITING && unused > all / 4 && (await isQuiet());
  if (rewrites) database.exec('VACUUM');
  database.pragma('wal_checkpoint(TRUNCATE)');
  return rewrites
    ? `In order; rewritten, ${bytes(unused)} given back.`
    : `In order, ${bytes(all)}.`;
}
