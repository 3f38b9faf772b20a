/** Writes a backup of a data folder while its service works. */
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Database } from '../db/database.ts';
import { schemaVersion } from '../db/migrations.ts';
import { copyDatabase, timeStamp } from '../db/snapshot.ts';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { syncFolder, writeAtomically } from '../storage/atomic-write.ts';
import type { ArtifactStore } from '../storage/contract.ts';
import { digestOf, writeCopy } from './copy-file.ts';
import {
  ARTIFACTS,
  type BackupFile,
  DATABASE,
  MANIFEST,
  type Manifest,
  SMALL_FILES,
} from './manifest.ts';

export interface CreateOptions {
  readonly database: Database;
  readonly store: ArtifactStore;
  readonly dataDir: string;
  /** Kiln's version. */
  readonly release: string;
  /** A folder that does not exist yet; or one that does, and gets the backup as a folder inside. */
  readonly target: string;
  readonly artifacts: boolean;
  /** Called after each job whose files were copied. */
  readonly onJob?: (done: number, all: number) => void;
  readonly now?: () => number;
}

export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Bytes of all files. */
  readonly size: number;
}

interface Copies {
  readonly folder: string;
  readonly files: BackupFile[];
}

/**
 * @returns the backup, complete and on the disk.
 * @throws KilnError `backup.exists`, `storage.*`, `database.broken`; nothing is left then.
 */
export async function createBackup(options: CreateOptions): Promise<Backup> {
  const now = options.now ?? Date.now;
  const createdAt = now();
  const target = await chooseTarget(options.target, createdAt);
  const part = join(dirname(target), `.${basename(target)}.${randomBytes(8).toString('hex')}.part`);
  try {
    await mkdir(part, { recursive: true, mode: 0o700 });
    const manifest = await fill(part, options, createdAt);
    // rename would replace an empty folder without a word.
    if (existsSync(target)) throw alreadyThere(target);
    await rename(part, target);
    await syncFolder(dirname(target));
    const size = manifest.files.reduce((sum, file) => sum + file.size, 0);
    return { folder: target, manifest, size };
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
    throw toBackupError(error, target);
  }
}

async function chooseTarget(target: string, at: number): Promise<string> {
  const path = resolve(target);
  const there = await stat(path).catch(() => null);
  if (there === null) return path;
  if (!there.isDirectory()) throw alreadyThere(path);
  return join(path, `kiln-backup-${timeStamp(at)}`);
}

function alreadyThere(path: string): KilnError {
  return new KilnError('backup.exists', `${path} is there already; a backup replaces nothing.`);
}

function toBackupError(error: unknown, target: string): KilnError {
  const known = toKilnError(error);
  if (known.code !== 'internal.defect' || errnoOf(error) === undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  return new KilnError('storage.unwritable', `No backup can be written to ${target}: ${text}.`, {
    cause: error,
  });
}

async function fill(folder: string, options: CreateOptions, createdAt: number): Promise<Manifest> {
  const copies: Copies = { folder, files: [] };
  await copyDatabase(options.database, join(folder, DATABASE));
  if (options.artifacts) await copyArtifacts(copies, options);
  for (const name of SMALL_FILES) await copySmallFile(copies, options.dataDir, name);
  const facts = readFacts(join(folder, DATABASE));
  const digest = await digestOf(createReadStream(join(folder, DATABASE)));
  copies.files.unshift({ path: DATABASE, ...digest });
  const manifest: Manifest = {
    format: 1,
    kiln: options.release,
    createdAt,
    artifacts: options.artifacts ? 'all' : 'none',
    ...facts,
    files: copies.files,
  };
  await writeAtomically(folder, MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
  return manifest;
}

function withCopy<Result>(file: string, work: (database: Database) => Result): Result {
  const database = new BetterSqlite3(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function readFacts(file: string): Pick<Manifest, 'schema' | 'jobs' | 'trees'> {
  return withCopy(file, (database) => ({
    schema: schemaVersion(database),
    jobs: Number(database.prepare('SELECT count(*) FROM jobs').pluck().get()),
    trees: database
      .prepare('SELECT name, kind, origin, ref, commit_id AS "commit" FROM trees ORDER BY name')
      .all() as Manifest['trees'],
  }));
}

/** Files of a job change no more once it has ended, and those that ended are in the copy of the database. */
async function copyArtifacts(copies: Copies, options: CreateOptions): Promise<void> {
  const { database, store, onJob } = options;
  const file = join(copies.folder, DATABASE);
  const ended = withCopy(file, (copy) =>
    copy.prepare<[], string>('SELECT id FROM jobs WHERE ended_at IS NOT NULL').pluck().all(),
  );
  const forgotten: string[] = [];
  const isKnown = database.prepare<[string], number>('SELECT 1 FROM jobs WHERE id = ?').pluck();
  for (const [index, id] of ended.entries()) {
    const copied = await copyJob(copies, store, id);
    // Retention came by meanwhile: a job without its files is none to keep.
    if (isKnown.get(id) === undefined) {
      forgotten.push(id);
      copies.files.splice(copies.files.length - copied, copied);
      await rm(join(copies.folder, ARTIFACTS, id), { recursive: true, force: true });
    }
    onJob?.(index + 1, ended.length);
  }
  withCopy(file, (copy) => {
    copy.pragma('foreign_keys = ON');
    const forget = copy.prepare('DELETE FROM jobs WHERE id = ?');
    for (const id of forgotten) forget.run(id);
  });
}

/** @returns how many files. */
async function copyJob({ folder, files }: Copies, store: ArtifactStore, id: string) {
  const artifacts = await store.list(id);
  if (artifacts.length === 0) return 0;
  const place = join(folder, ARTIFACTS, id);
  await mkdir(place, { recursive: true, mode: 0o700 });
  let copied = 0;
  for (const { name } of artifacts) {
    const opened = await store.open(id, name).catch((error: unknown) => {
      if (error instanceof KilnError && error.code === 'job.no-file') return null;
      throw error;
    });
    if (opened === null) continue;
    const digest = await writeCopy(() => opened.stream, join(place, name));
    files.push({ path: `${ARTIFACTS}/${id}/${name}`, ...digest });
    copied += 1;
  }
  await syncFolder(place);
  return copied;
}

async function copySmallFile({ folder, files }: Copies, dataDir: string, name: string) {
  const read = () => createReadStream(join(dataDir, name));
  try {
    files.push({ path: name, ...(await writeCopy(read, join(folder, name))) });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await rm(join(folder, name), { force: true });
  }
}
