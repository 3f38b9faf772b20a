/** Brings a backup back into a data folder that no service works in. */
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { checkDatabaseFile, sidecarsOf, timeStamp } from '../db/snapshot.ts';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { isJobId } from '../queue/contract.ts';
import type { DataPaths } from '../settings.ts';
import { syncFolder } from '../storage/atomic-write.ts';
import { writeCopy } from './copy-file.ts';
import { ARTIFACTS, DATABASE, SMALL_FILES } from './manifest.ts';
import { completeMoves, type Move, writePlan } from './moves.ts';
import type { OpenedBackup } from './open-backup.ts';

export interface RestoreOptions {
  readonly backup: OpenedBackup;
  readonly dataDir: string;
  readonly paths: DataPaths;
  /** Version of the schema that this Kiln has. */
  readonly schema: number;
  readonly now?: () => number;
}

export interface Restored {
  readonly jobs: number;
  /** API keys that hold again, one that was revoked since then among them. */
  readonly keys: number;
  /** Kiln's own clones that are not on this disk: `kiln tree update` fetches them. */
  readonly missingTrees: readonly string[];
  /** Folders with what was there before; empty when nothing was. */
  readonly aside: readonly string[];
}

/** Two places, for artifacts may lie on another disk, and moves stay within one. */
interface Places {
  readonly staging: string;
  readonly artifactStaging: string;
  readonly aside: string;
  readonly artifactAside: string;
}

/**
 * Puts the backup's database, artifacts and small files in their places. What lies there is moved aside; artifacts of
 * jobs that both know stay when the backup has none of its own. To be called with the data folder locked.
 * @throws KilnError `backup.invalid`, `database.newer`, `storage.*`; the data folder is as it was then, unless the
 *   moves had begun: the next start completes those.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const places = placesOf(options);
  const staging = [places.staging, places.artifactStaging];
  try {
    await stage(options, places);
    const facts = prepareDatabase(options, join(places.staging, DATABASE));
    const moves = await planMoves(options, places, facts.jobs);
    await writePlan(options.dataDir, { moves, staging });
    await completeMoves(options.dataDir);
    return {
      jobs: facts.jobs.size,
      keys: facts.keys,
      missingTrees: facts.missingTrees,
      aside: [places.aside, places.artifactAside].filter((folder) => existsSync(folder)),
    };
  } catch (error) {
    if (!existsSync(join(options.dataDir, 'restore.json'))) {
      for (const folder of staging) await rm(folder, { recursive: true, force: true });
    }
    const known = toKilnError(error);
    if (known.code !== 'internal.defect' || errnoOf(error) === undefined) throw known;
    throw new KilnError('storage.unwritable', `The backup cannot be restored: ${known.message}`, {
      cause: error,
    });
  }
}

function placesOf({ dataDir, paths, now = Date.now }: RestoreOptions): Places {
  const id = `${timeStamp(now())}-${randomBytes(2).toString('hex')}`;
  return {
    staging: join(dataDir, `.restore-${id}`),
    artifactStaging: join(paths.artifacts, `.restore-${id}`),
    aside: join(dataDir, `before-restore-${id}`),
    artifactAside: join(paths.artifacts, `before-restore-${id}`),
  };
}

/** Copies everything onto the disks where it is going to stay. */
async function stage({ backup, dataDir, paths }: RestoreOptions, places: Places): Promise<void> {
  await mkdir(places.staging, { recursive: true, mode: 0o700 });
  const known = new Map(backup.manifest?.files.map((file) => [file.path, file.sha256]));
  const copy = async (path: string, from: string, to: string): Promise<void> => {
    const { sha256 } = await writeCopy(() => createReadStream(from), to);
    // Once more: a backup on a network disk may change between the look and the copy.
    if (known.get(path) === sha256 || backup.manifest === null) return;
    throw new KilnError('backup.invalid', `The backup is damaged: ${from} is not what it was.`);
  };
  await copy(DATABASE, backup.database, join(places.staging, DATABASE));
  if (backup.manifest === null) {
    // Somebody's own copy of the file may have come with its log.
    for (const file of sidecarsOf(backup.database).filter((name) => name.endsWith('-wal'))) {
      if (existsSync(file)) await copy('', file, join(places.staging, `${DATABASE}-wal`));
    }
  }
  for (const name of SMALL_FILES) {
    // Settings are of this machine; those that are here stay.
    const stays = name === 'settings.json' && existsSync(join(dataDir, name));
    if (known.has(name) && !stays)
      await copy(name, join(backup.path, name), join(places.staging, name));
  }
  await mkdir(paths.artifacts, { recursive: true });
  for (const [id, names] of backup.artifacts) {
    const folder = join(places.artifactStaging, id);
    await mkdir(folder, { recursive: true });
    for (const name of names) {
      const path = `${ARTIFACTS}/${id}/${name}`;
      await copy(path, join(backup.path, path), join(folder, name));
    }
    await syncFolder(folder);
  }
  await syncFolder(places.staging);
}

interface Facts {
  readonly jobs: ReadonlySet<string>;
  readonly keys: number;
  readonly missingTrees: readonly string[];
}

/** Checks the copy of the database and makes it fit this data folder, in which clones lie elsewhere. */
function prepareDatabase({ backup, paths, schema }: RestoreOptions, file: string): Facts {
  let found: number;
  try {
    found = checkDatabaseFile(file);
  } catch (error) {
    const { message } = toKilnError(error);
    throw new KilnError('backup.invalid', `The backup ${backup.path} cannot be used: ${message}`, {
      cause: error,
    });
  }
  if (found > schema) {
    throw new KilnError(
      'database.newer',
      `The backup ${backup.path} has version ${found} of the database; this Kiln knows versions up to ${schema}.`,
      { details: { found, known: schema } },
    );
  }
  const database = new BetterSqlite3(file);
  try {
    database.pragma('journal_mode = DELETE');
    database.pragma('synchronous = FULL');
    const missingTrees = moveClones(database, paths.trees);
    const jobs = new Set(database.prepare<[], string>('SELECT id FROM jobs').pluck().all());
    return { jobs, keys: countKeys(database), missingTrees };
  } finally {
    database.close();
  }
}

/** Zero for a database of before there were any. */
function countKeys(database: Database): number {
  const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'api_keys'").get();
  if (known === undefined) return 0;
  return Number(database.prepare('SELECT count(*) FROM api_keys').pluck().get());
}

/** @returns names of the clones that are not on this disk. */
function moveClones(database: Database, folder: string): string[] {
  const clones = database
    .prepare<[], { name: string; commit_id: string }>(
      "SELECT name, commit_id FROM trees WHERE kind = 'git' AND commit_id IS NOT NULL ORDER BY name",
    )
    .all();
  const setPath = database.prepare('UPDATE trees SET path = ? WHERE name = ? AND path <> ?');
  return clones.flatMap(({ name, commit_id }) => {
    const path = join(folder, name, commit_id);
    setPath.run(path, name, path);
    return existsSync(path) ? [] : [name];
  });
}

async function planMoves(
  { backup, dataDir, paths }: RestoreOptions,
  places: Places,
  jobs: ReadonlySet<string>,
): Promise<Move[]> {
  const aside = (name: string) => join(places.aside, name);
  const artifacts = await artifactMoves(backup, paths, places, jobs);
  const small = SMALL_FILES.filter((name) => existsSync(join(places.staging, name)));
  return [
    ...artifacts,
    ...small.map((name) => ({
      from: join(places.staging, name),
      to: join(dataDir, name),
      aside: aside(name),
    })),
    ...sidecarsOf(paths.database).map((file) => ({
      from: null,
      to: file,
      aside: aside(file.slice(dirname(file).length + 1)),
    })),
    { from: join(places.staging, DATABASE), to: paths.database, aside: aside(DATABASE) },
  ];
}

async function artifactMoves(
  backup: OpenedBackup,
  paths: DataPaths,
  places: Places,
  jobs: ReadonlySet<string>,
): Promise<Move[]> {
  const present = (await readdir(paths.artifacts)).filter(isJobId);
  // Of jobs that the restored database does not know: the next retention would delete them.
  const unknown = present.filter((id) => !jobs.has(id) && !backup.artifacts.has(id));
  return [
    ...unknown.map((id) => ({
      from: null,
      to: join(paths.artifacts, id),
      aside: join(places.artifactAside, id),
    })),
    ...[...backup.artifacts.keys()].map((id) => ({
      from: join(places.artifactStaging, id),
      to: join(paths.artifacts, id),
      aside: join(places.artifactAside, id),
    })),
  ];
}
