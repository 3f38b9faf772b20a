/**
 * Puts a file in its place whole or not at all, and for good: written beside its place, forced to the disk,
 * renamed, and the folder forced too.
 *
 * write-file-atomic is not used here: it takes one short write, as a nearly full disk gives it, for a whole
 * file, it does not force the folder, and it writes through a symlink that has the file's name.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Temporary files begin with a dot, which no artifact's name does. */
const TEMPORARY = /^\..+\.[0-9a-f]{16}\.tmp$/;

/** A name to write under until the file gets its own; never the same twice. */
export function temporaryName(name: string): string {
  return `.${name}.${randomBytes(8).toString('hex')}.tmp`;
}

/** Whether a file name is one that `temporaryName` made. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Writes `<folder>/<name>`, replacing what is there. The folder must exist.
 * @param mode of the new file, less the process's umask.
 * @returns the new file's status.
 */
export async function writeAtomically(
  folder: string,
  name: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<Stats> {
  const [stats] = await writeAllAtomically(folder, [{ name, content }], mode);
  if (stats === undefined) throw new Error('nothing was written');
  return stats;
}

export interface NewFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** The same for several files, which the disk takes at once; each gets its name after those before it. */
export async function writeAllAtomically(
  folder: string,
  files: readonly NewFile[],
  mode = 0o666,
): Promise<Stats[]> {
  const temporary = files.map(({ name }) => join(folder, temporaryName(name)));
  try {
    const written = await Promise.allSettled(
      files.map(({ content }, index) => writeNew(temporary[index] ?? '', content, mode)),
    );
    const stats = written.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    for (const [index, { name }] of files.entries()) {
      await rename(temporary[index] ?? '', join(folder, name));
    }
    await syncFolder(folder);
    return stats;
  } catch (error) {
    // A disk in trouble may refuse this too; the first fault is the one to tell, and cleanUp comes later.
    await Promise.allSettled(temporary.map((file) => rm(file, { force: true })));
    throw error;
  }
}

async function writeNew(file: string, content: Uint8Array | string, mode: number): Promise<Stats> {
  const handle = await open(file, 'wx', mode);
  try {
    // Goes on after short writes until all is written or the disk refuses.
    await handle.writeFile(content);
    await handle.sync();
    return await handle.stat();
  } finally {
    await handle.close();
  }
}

/** Makes renames within a folder last. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
