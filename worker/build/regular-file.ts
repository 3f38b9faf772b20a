/** Reads what a build left behind: it may have put a link, a pipe or another file's second name in the place of its own. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from '../../core/errors.ts';

/** O_NONBLOCK: a named pipe must not be waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Why a file is not read; the message follows the words that name it: “is a link”. */
export class NotRegular extends Error {}

/**
 * A regular file with one name, as threats.md §5.5 asks. Folders on the way to it may be links all the same: see
 * `isInPlace`.
 * @param largest bytes.
 * @returns null when there is nothing of that name.
 * @throws NotRegular
 */
export async function readRegularFile(file: string, largest: number): Promise<Buffer | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, FLAGS);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === 'ENOENT') return null;
    throw new NotRegular(errno === 'ELOOP' ? 'is a link' : `cannot be read (${errno})`, { cause });
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new NotRegular('is not a regular file');
    if (stats.nlink !== 1) throw new NotRegular('has a second name');
    if (stats.size > largest) {
      throw new NotRegular(`is larger than ${Math.round(largest / 1024 / 1024)} MiB`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Bytes. What compilers and trees write for make has some kilobytes. */
const LARGEST_TEXT = 16 * 1024 * 1024;

/**
 * Text that Kiln reads on the way and whose absence it can live with.
 * @returns null when there is no regular file with one name and at most 16 MiB.
 */
export function readRegularText(file: string): string | null {
  let handle: number;
  try {
    handle = openSync(file, FLAGS);
  } catch {
    // Whatever the reason: there is nothing here that may be read.
    return null;
  }
  try {
    const stats = fstatSync(handle);
    const isRead = stats.isFile() && stats.nlink === 1 && stats.size <= LARGEST_TEXT;
    return isRead ? readFileSync(handle, 'utf8') : null;
  } finally {
    closeSync(handle);
  }
}
