/** How much a folder holds, for those who ask often. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Walking thousands of files costs seconds of a slow disk: nobody needs it newer. */
const KEPT_MS = 10 * 60_000;

/** Files at the same time. */
const BATCH = 64;

async function walk(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (let at = 0; at < files.length; at += BATCH) {
    const sizes = files.slice(at, at + BATCH).map(async ({ parentPath, name }) => {
      // It may go while the folder is walked.
      const found = await stat(join(parentPath, name)).catch(() => null);
      return found?.size ?? 0;
    });
    for (const size of await Promise.all(sizes)) bytes += size;
  }
  return bytes;
}

/**
 * @returns a function that answers with the bytes of all files below the folder: counted anew after ten minutes, once
 *   for all who ask meanwhile; 0 for a folder that is not there.
 */
export function folderSize(folder: string, now: () => number = Date.now): () => Promise<number> {
  let counted: { readonly at: number; readonly bytes: Promise<number> } | undefined;
  return () => {
    if (counted === undefined || now() - counted.at >= KEPT_MS) {
      counted = { at: now(), bytes: walk(folder) };
    }
    return counted.bytes;
  };
}
