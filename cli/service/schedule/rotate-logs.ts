/** Log files that grew large become `kiln.log.1`, `.2`, …; the oldest goes. */
import { copyFile, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../../core/errors.ts';

/** Bytes of a log file that is put aside at the next look. */
export const LARGEST_LOG = 10 * 1024 * 1024;
/** Files that are put aside before the oldest goes. */
export const KEPT_LOGS = 5;

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}

/**
 * Puts one file aside. Service and workers hold it open and write at its end, so it is copied and emptied: a line that
 * comes in between the two is lost, and no process has to be told.
 */
async function rotate(file: string): Promise<void> {
  await rm(`${file}.${KEPT_LOGS}`, { force: true });
  for (let number = KEPT_LOGS - 1; number >= 1; number -= 1) {
    await rename(`${file}.${number}`, `${file}.${number + 1}`).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
  await copyFile(file, `${file}.1`);
  await truncate(file);
}

/** @returns the files that were put aside. */
export async function rotateLogs(
  folder: string,
  largest: number = LARGEST_LOG,
): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  const rotated: string[] = [];
  for (const name of names.filter((one) => one.endsWith('.log'))) {
    if ((await sizeOf(join(folder, name))) <= largest) continue;
    await rotate(join(folder, name));
    rotated.push(name);
  }
  return rotated;
}
