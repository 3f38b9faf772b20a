/** Reads a backup and believes nothing of it. */
import { constants, createReadStream } from 'node:fs';
import { lstat, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { digestOf } from './copy-file.ts';
import { ARTIFACTS, DATABASE, MANIFEST, type Manifest, manifestSchema } from './manifest.ts';

export interface OpenedBackup {
  /** What the person named. */
  readonly path: string;
  /** The copy of the database in it. */
  readonly database: string;
  /** Null for a copy of the database alone, as one is kept before each migration. */
  readonly manifest: Manifest | null;
  /** Artifact names by job id. */
  readonly artifacts: ReadonlyMap<string, readonly string[]>;
}

function invalid(message: string, cause?: unknown): KilnError {
  return new KilnError('backup.invalid', message, { cause });
}

/**
 * Opens a backup and compares every file with the manifest. Changes nothing.
 * @throws KilnError `backup.invalid` naming the first file that is missing or is not what the manifest says
 */
export async function openBackup(path: string): Promise<OpenedBackup> {
  const place = resolve(path);
  const there = await lstat(place).catch((error: unknown) => {
    throw invalid(`There is no backup ${place}.`, error);
  });
  if (there.isFile()) {
    return { path: place, database: place, manifest: null, artifacts: new Map() };
  }
  const manifest = await readManifest(place);
  const paths = new Set(manifest.files.map((file) => file.path));
  if (paths.size !== manifest.files.length) {
    throw invalid(`The manifest of ${place} names a file twice.`);
  }
  if (!paths.has(DATABASE)) throw invalid(`The backup ${place} has no ${DATABASE}.`);
  for (const file of manifest.files) {
    const found = await digestOfFile(join(place, file.path));
    if (found.size === file.size && found.sha256 === file.sha256) continue;
    throw invalid(`The backup is damaged: ${join(place, file.path)} is not what it was.`);
  }
  return { path: place, database: join(place, DATABASE), manifest, artifacts: byJob(paths) };
}

async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') throw invalid(`${folder} is no backup: no ${MANIFEST} in it.`);
    throw invalid(`The manifest ${file} cannot be read.`, error);
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalid(`The backup is damaged: ${file} is no JSON.`, error);
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new KilnError(
      'backup.invalid',
      `The backup ${folder} has the form ${format} of a later Kiln; this one knows 1.`,
      { remedy: 'Install the newer Kiln to restore it.' },
    );
  }
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`The manifest ${file} is wrong at ${issue?.path.join('.')}: ${issue?.message}.`);
}

async function digestOfFile(file: string) {
  try {
    // A link could name any file of the machine, and a pipe would never end.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(file, flags);
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      throw invalid(`The backup is damaged: ${file} is no file.`);
    }
    return await digestOf(createReadStream('', { fd: handle.fd, autoClose: false })).finally(() =>
      handle.close(),
    );
  } catch (error) {
    const known = toKilnError(error);
    if (known.code === 'backup.invalid') throw known;
    throw invalid(`The backup is damaged: ${file} is missing or cannot be read.`, error);
  }
}

function byJob(paths: ReadonlySet<string>): Map<string, string[]> {
  const jobs = new Map<string, string[]>();
  for (const path of paths) {
    const [top, id = '', name = ''] = path.split('/');
    if (top === ARTIFACTS) jobs.set(id, [...(jobs.get(id) ?? []), name]);
  }
  return jobs;
}
