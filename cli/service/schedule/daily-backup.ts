/** A backup of database and settings each day, of which the newest few are kept. */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createBackup } from '../../../core/backup/create-backup.ts';
import { listBackups } from '../../../core/backup/list-backups.ts';
import { timeStamp } from '../../../core/db/snapshot.ts';
import { RELEASE } from '../../../core/release.ts';
import type { Kiln } from '../kiln.ts';

/** Backups that people made have other names, and are never removed. */
const DAILY = 'daily-';

/**
 * @param kept how many daily ones stay, this one included.
 * @returns what was done. @throws KilnError `storage.*`, `database.broken`
 */
export async function dailyBackup(
  { database, store, settings, paths }: Pick<Kiln, 'database' | 'store' | 'settings' | 'paths'>,
  kept: number,
  now: number = Date.now(),
): Promise<string> {
  const { folder, size } = await createBackup({
    database,
    store,
    dataDir: settings.dataDir,
    release: RELEASE,
    target: join(paths.backups, `${DAILY}${timeStamp(now)}`),
    artifacts: false,
  });
  const daily = (await listBackups(paths.backups)).filter(({ path }) =>
    basename(path).startsWith(DAILY),
  );
  for (const { path } of daily.slice(kept)) await rm(path, { recursive: true, force: true });
  return `${basename(folder)}, ${(size / 1024 / 1024).toFixed(1)} MiB; ${Math.min(daily.length, kept)} kept.`;
}
