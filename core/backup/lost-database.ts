/** A database whose file is gone: deleted by hand, by another program, with a disk that was exchanged. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Database, knownSchema } from '../db/database.ts';
import { checkDatabaseFile, copyDatabase, sidecarsOf, timeStamp } from '../db/snapshot.ts';
import type { Logger } from '../log.ts';
import type { DataPaths } from '../settings.ts';
import { syncFolder } from '../storage/atomic-write.ts';
import { writeCopy } from './copy-file.ts';
import { listBackups } from './list-backups.ts';
import { openBackup } from './open-backup.ts';

type Places = Pick<DataPaths, 'database' | 'backups'>;

/** What lies in the database's place, or beside it, belongs to another database and would spoil the one that comes there. */
async function clearThePlace({ database, backups }: Places, now: number): Promise<void> {
  const left = [database, ...sidecarsOf(database)].filter((file) => existsSync(file));
  if (left.length === 0) return;
  const aside = join(backups, `lost-${timeStamp(now)}`);
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const file of left) await rename(file, join(aside, basename(file)));
}

/**
 * Puts the database of the newest backup that is whole where one is missing. To be called with the data folder locked;
 * does nothing where there is a database, and on a first start, where there is no backup either.
 * @returns the backup; null when nothing was put there.
 * @throws KilnError `storage.*`
 */
export async function bringBackDatabase(
  places: Places,
  log: Logger,
  now: number = Date.now(),
): Promise<string | null> {
  const { database, backups } = places;
  if (existsSync(database)) return null;
  for (const { path } of await listBackups(backups)) {
    const part = `${database}.part`;
    try {
      const backup = await openBackup(path);
      if (checkDatabaseFile(backup.database) > knownSchema()) continue;
      await rm(part, { force: true });
      await writeCopy(() => createReadStream(backup.database), part);
      await clearThePlace(places, now);
      await rename(part, database);
      await syncFolder(dirname(database));
      return path;
    } catch (error) {
      await rm(part, { force: true });
      log.warn({ err: error, backup: path }, 'a backup cannot take the place of the lost database');
    }
  }
  await clearThePlace(places, now);
  return null;
}

/**
 * Writes the database that this process still has open, although its file was deleted, where it was. To be called when
 * nothing writes to it any more.
 * @throws KilnError `storage.*`, `database.broken`
 */
export async function rescueDatabase(
  open: Database,
  places: Places,
  now: number = Date.now(),
): Promise<void> {
  const part = `${places.database}.rescued`;
  await rm(part, { force: true });
  await copyDatabase(open, part);
  await clearThePlace(places, now);
  await rename(part, places.database);
  await syncFolder(dirname(places.database));
}
