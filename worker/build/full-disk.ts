/** Tells a build that failed for want of space from one of a keymap that does not compile. */
import { statfs } from 'node:fs/promises';
import { KilnError } from '../../core/errors.ts';
import type { BuildOutcome } from './contract.ts';

/** Characters of a tool's words in an error. */
const LONGEST_REASON = 300;

/** More than a build of a keyboard takes: objects, the linked file and what the compilers lay down between. */
const ROOM_FOR_A_BUILD = 32 * 1024 * 1024;

/** Of the file system that holds the folder, in bytes, for one who is not root. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Only make says that a step of it failed, and no tool why. */
function isWordless({ errors }: Pick<BuildOutcome, 'errors'>): boolean {
  return errors.every(({ message }) => message.startsWith('***'));
}

/**
 * Compilers, assemblers and shells say so in their own words, on lines that are no errors of a source. The linker of
 * binutils 2.26 ends without a word when its file cannot be closed, and takes the file away: what is left on the disk is
 * then the only witness.
 * @param lines of the build's log
 * @param folder of the build
 * @throws KilnError `storage.full`
 */
export async function checkDisk(
  outcome: Pick<BuildOutcome, 'image' | 'errors'>,
  lines: readonly string[],
  folder: string,
  measure: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  if (outcome.image !== null) return;
  const full = lines.find((line) => line.includes('No space left on device'));
  if (full !== undefined) {
    throw new KilnError('storage.full', `The disk is full: ${full.slice(0, LONGEST_REASON)}.`);
  }
  if (!isWordless(outcome)) return;
  const free = await measure(folder);
  if (free >= ROOM_FOR_A_BUILD) return;
  const kilobytes = Math.floor(free / 1024);
  throw new KilnError(
    'storage.full',
    `The disk is full: a build failed without a reason where only ${kilobytes} kB are free.`,
  );
}
