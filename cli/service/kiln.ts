/** Kiln's parts on one data folder, put together once for every command and for the service. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiKeys, Pairings } from '../../core/access/contract.ts';
import { type Access, openAccess } from '../../core/access/open-access.ts';
import { offerBackup } from '../../core/backup/damaged-database.ts';
import { bringBackDatabase } from '../../core/backup/lost-database.ts';
import { completeMoves, planFile } from '../../core/backup/moves.ts';
import { type ClosableCatalogues, createCatalogues } from '../../core/catalogue/catalogues.ts';
import { compilePayloadSchema } from '../../core/compile/job.ts';
import { type Database, openDatabase } from '../../core/db/database.ts';
import { type ProcessLock, takeProcessLock } from '../../core/db/process-lock.ts';
import { damageOf } from '../../core/db/snapshot.ts';
import { toDatabaseError } from '../../core/db/sqlite-errors.ts';
import { errnoOf, KilnError, toKilnError } from '../../core/errors.ts';
import { readHostId } from '../../core/hosts/host-id.ts';
import { type NeededBuild, needsOf, offersOf } from '../../core/hosts/offers.ts';
import type { Logger } from '../../core/log.ts';
import { endRecorded } from '../../core/process-records.ts';
import type { Job } from '../../core/queue/contract.ts';
import { type OpenQueue, openQueue, redisAddressOf } from '../../core/queue/open-queue.ts';
import { type DataPaths, dataPaths, type Settings } from '../../core/settings.ts';
import type { ArtifactStore } from '../../core/storage/contract.ts';
import { openArtifactStore } from '../../core/storage/open-store.ts';
import { createToolchain, type Toolchain } from '../../core/toolchain/toolchain.ts';
import { createToolchainOf, type ToolchainOf } from '../../core/toolchain/tree-toolchain.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { createTreeVersions } from '../../core/trees/version.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';

/** Of a queue on Redis: longer than a restart of it takes, shorter than clients wait. */
const CALL_WAIT_MS = 5000;

/** Bytes. Looking through a larger database would be felt at each start; `kiln doctor` does it. */
const LARGEST_CHECKED = 256 * 1024 * 1024;

export interface Kiln {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly database: Database;
  readonly queue: OpenQueue;
  /** What this data folder is called among the machines of one service; its workers' ids begin with it. */
  readonly hostId: string;
  readonly store: ArtifactStore;
  readonly trees: EditableTreeRegistry;
  readonly toolchain: Toolchain;
  readonly toolchainOf: ToolchainOf;
  readonly catalogues: ClosableCatalogues;
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
  /** Absent where one host is all of the service. */
  readonly shared?: Access['shared'];
  /** What a build needs of a worker; nothing where one host is all of the service. @throws KilnError `tree.*` */
  needsOf(build: NeededBuild): Promise<readonly string[]>;
  /** What a worker with this data folder can build; nothing where one host is all of the service. */
  offers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly log: Logger;
  /**
   * Takes the data folder for this process alone and repairs what a crash left: needed by whoever runs workers.
   * @throws KilnError `service.data-in-use`
   */
  readonly exclusive: boolean;
  /** What this process does, for another one that is refused because of it; needed with `exclusive`. */
  readonly command?: string;
  /** See `SqliteQueueOptions.onWrite`. */
  readonly onQueueWrite?: (jobId: string | null) => void;
}

type Repaired = Pick<Kiln, 'paths' | 'queue' | 'store' | 'hostId' | 'settings'>;

/** Jobs that were running under workers of an earlier process: those are gone, or as good as gone. */
async function repair(
  { paths, queue, store, hostId, settings }: Repaired,
  log: Logger,
): Promise<void> {
  // Of a service that was killed; its workers end by themselves, but not what hangs below them.
  const strays = await endRecorded(paths.processes);
  await rm(paths.processes, { force: true });
  const left = await removeLeftovers(paths.builds);
  const all = await queue.list({ states: ['running'], limit: 1_000_000 });
  // Other machines' workers live.
  const mine = ({ workerId }: Job) => workerId?.startsWith(`worker-${hostId}`) === true;
  const running = settings.redisHost === undefined ? all : all.filter(mine);
  const workers = new Set(running.map(({ workerId }) => workerId ?? ''));
  for (const workerId of workers) await queue.recover(workerId);
  await store.cleanUp();
  if (strays + left + running.length > 0) {
    log.warn(
      { processes: strays, folders: left, jobs: running.length },
      'took up what an earlier run left',
    );
  }
}

/** Makes a folder of Kiln's own. Node names a disk that may only be read «ENOENT» here, so its own words are of no use to people. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const known = toKilnError(error);
    if (known.code !== 'internal.defect') throw known;
    const inTheWay = errnoOf(error) === 'ENOTDIR' || errnoOf(error) === 'EEXIST';
    throw new KilnError(
      'storage.unwritable',
      `The folder ${folder} cannot be made${inTheWay ? ': a file is in its way' : ''}.`,
      { cause: error },
    );
  }
}

/**
 * Opens the database: after a restore that was interrupted was completed, and looked through when nobody else has it.
 * @throws KilnError `database.*` with the way back in its remedy, `storage.*`, `backup.interrupted`
 */
async function openMainDatabase(
  paths: DataPaths,
  lock: ProcessLock | null,
  log: Logger,
): Promise<Database> {
  let database: Database | undefined;
  try {
    database = openDatabase(paths.database, { copiesFolder: paths.backups });
    if (lock === null || statSync(paths.database).size > LARGEST_CHECKED) return database;
    const damage = damageOf(database);
    if (damage === null) return database;
    throw new KilnError('database.broken', `The database ${paths.database} is damaged: ${damage}.`);
  } catch (error) {
    database?.close();
    log.error({ err: error }, 'the database cannot be opened');
    throw await offerBackup(toDatabaseError(error, paths.database), paths.backups);
  }
}

/** How long another process may take to make the database that is missing. */
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 50;

/**
 * Sees to a database that is missing: the newest backup takes its place. Whoever has the data folder does so, or is a
 * service whose database was deleted under it and must not get a second one.
 * @throws KilnError `database.broken` then
 */
async function bringBack(
  settings: Settings,
  paths: DataPaths,
  held: ProcessLock | null,
  log: Logger,
): Promise<void> {
  for (const until = Date.now() + PATIENCE_MS; !existsSync(paths.database); ) {
    try {
      const lock = held ?? takeProcessLock(paths.lock, settings.dataDir, 'looking for a backup');
      try {
        const backup = await bringBackDatabase(paths, log);
        if (backup !== null) log.warn({ backup }, 'the database was gone; a backup took its place');
      } finally {
        if (held === null) lock.release();
      }
      return;
    } catch (error) {
      if (!(error instanceof KilnError) || error.code !== 'service.data-in-use') throw error;
      if (Date.now() > until) throw databaseDeleted(paths, error);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

function databaseDeleted(paths: DataPaths, cause: KilnError): KilnError {
  return new KilnError(
    'database.broken',
    `The database ${paths.database} is gone. ${cause.message}`,
    {
      cause,
      remedy:
        'Stop that one and start it again: it writes its database back, or takes the newest backup.',
    },
  );
}

/** Whoever comes first after a restore was killed brings it to its end. */
async function completeRestore(
  settings: Settings,
  paths: DataPaths,
  held: ProcessLock | null,
  log: Logger,
): Promise<void> {
  if (!existsSync(planFile(settings.dataDir))) return;
  const lock = held ?? takeProcessLock(paths.lock, settings.dataDir, 'completing a restore');
  try {
    if (await completeMoves(settings.dataDir)) log.warn('completed a restore that was interrupted');
  } finally {
    if (held === null) lock.release();
  }
}

/** @throws KilnError `storage.*`, `database.*`, `service.data-in-use`, `backup.interrupted` */
export async function openKiln(settings: Settings, options: OpenOptions): Promise<Kiln> {
  const paths = dataPaths(settings);
  for (const folder of [settings.dataDir, paths.builds]) makeFolder(folder);
  const lock: ProcessLock | null = options.exclusive
    ? takeProcessLock(paths.lock, settings.dataDir, options.command ?? 'kiln')
    : null;
  let database: Database | undefined;
  let queue: OpenQueue | undefined;
  let access: Access | undefined;
  try {
    await completeRestore(settings, paths, lock, options.log);
    await bringBack(settings, paths, lock, options.log);
    database = await openMainDatabase(paths, lock, options.log);
    const hostId = readHostId(paths.hostId);
    queue = await openQueue(settings, {
      database,
      waitMs: CALL_WAIT_MS,
      ...(options.onQueueWrite === undefined ? {} : { onWrite: options.onQueueWrite }),
    });
    const jobs = queue;
    const store = openArtifactStore(settings);
    if (lock !== null) await repair({ paths, queue, store, hostId, settings }, options.log);
    const toolchain = createToolchain(settings, paths);
    const toolchainOf = createToolchainOf(settings, paths, toolchain);
    const git = createGit(toolchain);
    const trees = createTreeRegistry({
      database,
      folder: paths.trees,
      git,
      inUse: async (name) =>
        (await jobs.list({ states: ['running'], limit: 1_000_000 })).some(
          ({ payload }) => compilePayloadSchema.safeParse(payload).data?.tree === name,
        ),
    });
    const catalogues = createCatalogues({
      file: paths.catalogue,
      trees,
      toolchainOf,
      git,
      cacheFolder: paths.cache,
      log: options.log,
    });
    const open = database;
    const readVersion = createTreeVersions(git);
    const isShared = redisAddressOf(settings) !== null;
    access = await openAccess(settings, open, CALL_WAIT_MS);
    return {
      settings,
      paths,
      database: open,
      queue: jobs,
      hostId,
      store,
      trees,
      toolchain,
      toolchainOf,
      catalogues,
      ...access,
      needsOf: async (build) => (isShared ? needsOf(build, readVersion, settings) : []),
      offers: async () => (isShared ? offersOf({ trees, readVersion, toolchainOf, settings }) : []),
      async close() {
        await catalogues.close();
        await jobs.close();
        access?.shared?.redis.close();
        open.close();
        lock?.release();
      },
    };
  } catch (error) {
    await queue?.close();
    access?.shared?.redis.close();
    database?.close();
    lock?.release();
    throw error;
  }
}
