/** The backups in a folder, by what they say of themselves; nothing of them is verified. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../errors.ts';
import { MANIFEST, type Manifest, manifestSchema } from './manifest.ts';

export interface FoundBackup {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Of a whole backup; null for a copy of the database alone. */
  readonly manifest: Manifest | null;
}

async function describe(path: string): Promise<FoundBackup | null> {
  try {
    const there = await stat(path);
    if (there.isFile()) {
      const isCopy = path.endsWith('.sqlite') && there.size > 0;
      return isCopy ? { path, createdAt: Math.trunc(there.mtimeMs), manifest: null } : null;
    }
    const manifest = manifestSchema.parse(JSON.parse(await readFile(join(path, MANIFEST), 'utf8')));
    return { path, createdAt: manifest.createdAt, manifest };
  } catch {
    // Another kind of file, or one that cannot be read: not to be offered to anybody.
    return null;
  }
}

/** Newest first; empty for a folder that is not there. */
export async function listBackups(folder: string): Promise<readonly FoundBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  });
  const visible = names.filter((name) => !name.startsWith('.'));
  const found = await Promise.all(visible.map((name) => describe(join(folder, name))));
  return found.filter((backup) => backup !== null).sort((a, b) => b.createdAt - a.createdAt);
}
