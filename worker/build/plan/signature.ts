/**
 * Whether files and folders are still what they were. What the system keeps of a file (its number, size and times)
 * tells that at once; where that differs, its content decides, so that a tree that was copied or checked out anew and
 * came out the same is the same.
 */
import { hash } from 'node:crypto';
import {
  type BigIntStats,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';

export const signatureSchema = z.object({
  path: z.string(),
  /** `inode:size:mtime:ctime`, times in nanoseconds; empty for what does not exist. */
  stamp: z.string(),
  /** Of a file's bytes or a folder's names; empty for what does not exist. */
  content: z.string(),
  /** A link itself, and not what it leads to; its content is where it leads. */
  isLink: z.literal(true).exactOptional(),
});
export type Signature = z.infer<typeof signatureSchema>;

const ABSENT = '';

function stampOf(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function statOrNull({ path, isLink }: Pick<Signature, 'path' | 'isLink'>): BigIntStats | null {
  try {
    const stat = isLink ? lstatSync : statSync;
    return stat(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // A file where a folder was, or a folder that may not be entered: nothing that a build could read.
    return null;
  }
}

/** Left in a tree by builds and Python of its owner; no build of Kiln's looks at them. */
const LEFT_BY_OTHERS = /^(?:__pycache__|\.build|\.git)$|\.(?:hex|bin|uf2|elf|eep)$/i;

function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !LEFT_BY_OTHERS.test(name))
    .sort();
}

function contentOf(path: string, stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return readlinkSync(path);
  const content = stats.isDirectory() ? namesIn(path).join('\0') : readFileSync(path);
  return hash('sha256', content, 'hex');
}

/** What a path is right now. Links are followed. */
export function signatureOf(path: string): Signature {
  const stats = statOrNull({ path });
  if (stats === null) return { path, stamp: ABSENT, content: ABSENT };
  return { path, stamp: stampOf(stats), content: contentOf(path, stats) };
}

/** What a link is right now. */
export function signatureOfLink(path: string): Signature {
  const isLink = true;
  const stats = statOrNull({ path, isLink });
  if (stats === null) return { path, stamp: ABSENT, content: ABSENT, isLink };
  return { path, stamp: stampOf(stats), content: contentOf(path, stats), isLink };
}

/**
 * Whether something was changed, moved or made at that time or later.
 * @param since milliseconds since the epoch.
 */
export function changedSince(signature: Signature, since: number): boolean {
  const stats = statOrNull(signature);
  return stats !== null && Number(stats.ctimeNs / 1_000_000n) >= since;
}

/** About a quarter of a millisecond. */
const LOOKED_AT_IN_ONE_GO = 64;

/** As `findChange`; what else waits for a disk goes on meanwhile. */
export async function findChangeBeside(signatures: readonly Signature[]): Promise<string | null> {
  for (let first = 0; first < signatures.length; first += LOOKED_AT_IN_ONE_GO) {
    const change = findChange(signatures.slice(first, first + LOOKED_AT_IN_ONE_GO));
    if (change !== null) return change;
    await setImmediate();
  }
  return null;
}

/** @returns the first path that is not what it was; null when all are. */
export function findChange(signatures: readonly Signature[]): string | null {
  for (const signature of signatures) {
    const { path, stamp, content } = signature;
    const stats = statOrNull(signature);
    if (stats === null) {
      if (stamp !== ABSENT) return path;
      continue;
    }
    if (stampOf(stats) === stamp) continue;
    if (stamp === ABSENT) return path;
    try {
      if (contentOf(path, stats) !== content) return path;
    } catch {
      return path;
    }
  }
  return null;
}
