/**
 * What a bundled toolchain says of itself: `kiln-toolchain.json` beside its files, with the components, where each came
 * from, and the digest of every file. Written when it is staged, held against the files when they are verified.
 */
import { createHash, hash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, KilnError } from '../errors.ts';

export const INDEX_NAME = 'kiln-toolchain.json';

const entrySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file'),
    path: z.string(),
    size: z.int(),
    executable: z.boolean(),
    sha256: z.string(),
  }),
  z.strictObject({ type: z.literal('link'), path: z.string(), target: z.string() }),
]);
export type BundleEntry = z.infer<typeof entrySchema>;

const packageSchema = z.strictObject({
  origin: z.enum(['debian', 'pypi', 'archive']),
  name: z.string(),
  version: z.string(),
  sha256: z.string(),
  licence: z.string(),
  /** Where its source is offered, in words. */
  source: z.string(),
});
export type BundledPackage = z.infer<typeof packageSchema>;

export const indexSchema = z.strictObject({
  format: z.literal(1),
  platform: z.string(),
  /** Digest of all entries: the same inputs give the same one. */
  tree: z.string(),
  components: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      bytes: z.int(),
      packages: z.array(packageSchema),
    }),
  ),
  entries: z.array(entrySchema),
});
export type BundleIndex = z.infer<typeof indexSchema>;

/** In one go: a toolchain has thousands of small files, and a stream for each would take ten times as long. */
async function digestOf(file: string): Promise<string> {
  return hash('sha256', await readFile(file), 'hex');
}

async function describeEntry(folder: string, path: string): Promise<BundleEntry | null> {
  const file = join(folder, path);
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return { type: 'link', path, target: await readlink(file) };
  if (!stats.isFile()) return null;
  const executable = process.platform !== 'win32' && (stats.mode & 0o111) !== 0;
  return { type: 'file', path, size: stats.size, executable, sha256: await digestOf(file) };
}

/** All files and links below a folder but the index, by path, in the order of their names' bytes. */
export async function readEntries(folder: string): Promise<BundleEntry[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path !== INDEX_NAME)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const entries: BundleEntry[] = [];
  for (const path of paths) {
    const entry = await describeEntry(folder, path);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** The digest of a toolchain: of every path with what lies there. */
export function treeDigest(entries: readonly BundleEntry[]): string {
  const all = createHash('sha256');
  for (const entry of entries) {
    const what =
      entry.type === 'link'
        ? ['link', entry.target]
        : [entry.executable ? 'program' : 'file', entry.sha256];
    all.update(`${JSON.stringify([entry.path, ...what])}\n`);
  }
  return all.digest('hex');
}

/**
 * @returns null where there is no index: a folder of tools that somebody put together, or nothing at all.
 * @throws KilnError `toolchain.bundle-broken` when the index cannot be read.
 */
export async function readIndex(folder: string): Promise<BundleIndex | null> {
  const file = join(folder, INDEX_NAME);
  try {
    return indexSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw new KilnError('toolchain.bundle-broken', `${file} cannot be read.`, { cause: error });
  }
}

/**
 * Compares every file with its digest: a second or two for a whole toolchain.
 * @returns paths that are gone or differ; empty when all is as it was staged. Files that were added are no damage.
 */
export async function verifyBundle(folder: string, index: BundleIndex): Promise<string[]> {
  const damaged: string[] = [];
  for (const expected of index.entries) {
    const found = await describeEntry(folder, expected.path).catch((error: unknown) => {
      const code = errnoOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EIO')
        return null;
      throw error;
    });
    if (found === null || treeDigest([found]) !== treeDigest([expected])) {
      damaged.push(expected.path);
    }
  }
  return damaged;
}
