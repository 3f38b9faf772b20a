/** Kiln's parts on one data folder, put together once for every command and for the service. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiKeys, Pairings } from '../../core/access/contract.ts';
import { createSqliteKeys } from '../../core/access/sqlite-keys.ts';
import { createSqlitePairings } from '../../core/access/sqlite-pairings.ts';
import { type ClosableCatalogues, createCatalogues } from '../../core/catalogue/catalogues.ts';
import { type Database, openDatabase } from '../../core/db/database.ts';
import { type ProcessLock, takeProcessLock } from '../../core/db/process-lock.ts';
import { errnoOf, KilnError, toKilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { createSqliteQueue, type SqliteJobQueue } from '../../core/queue/sqlite/sqlite-queue.ts';
import { type DataPaths, dataPaths, type Settings } from '../../core/settings.ts';
import {
  createFilesystemStore,
  type FilesystemStore,
} from '../../core/storage/filesystem-store.ts';
import { createToolchain, type Toolchain } from '../../core/toolchain/toolchain.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';

export interface Kiln {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly database: Database;
  readonly queue: SqliteJobQueue;
  readonly store: FilesystemStore;
  readonly trees: EditableTreeRegistry;
  readonly toolchain: Toolchain;
  readonly catalogues: ClosableCatalogues;
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly log: Logger;
  /**
   * Takes the data folder for this process alone and repairs what a crash left: needed by whoever runs workers.
   * @throws KilnError `service.data-in-use`
   */
  readonly exclusive: boolean;
  /** See `SqliteQueueOptions.onWrite`. */
  readonly onQueueWrite?: (jobId: string | null) => void;
}

/** Jobs that were running under workers of an earlier process: those are gone, or as good as gone. */
async function repair(
  paths: DataPaths,
  queue: SqliteJobQueue,
  store: FilesystemStore,
  log: Logger,
) {
  const left = await removeLeftovers(paths.builds);
  const running = await queue.list({ states: ['running'], limit: 1_000_000 });
  const workers = new Set(running.map(({ workerId }) => workerId ?? ''));
  for (const workerId of workers) await queue.recover(workerId);
  await store.cleanUp();
  if (left + running.length > 0) {
    log.warn({ folders: left, jobs: running.length }, 'took up what an earlier run left');
  }
}

/** Node names a disk that may only be read «ENOENT» here, so its own words are of no use to people. */
function makeFolder(folder: string): void {
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

/** @throws KilnError `storage.*`, `database.*`, `service.data-in-use` */
export async function openKiln(settings: Settings, options: OpenOptions): Promise<Kiln> {
  const paths = dataPaths(settings);
  for (const folder of [settings.dataDir, paths.builds]) makeFolder(folder);
  const lock: ProcessLock | null = options.exclusive
    ? takeProcessLock(paths.lock, settings.dataDir)
    : null;
  let database: Database | undefined;
  try {
    database = openDatabase(paths.database);
    const queue = createSqliteQueue({
      database,
      queueLimit: settings.queueLimit,
      ...(options.onQueueWrite === undefined ? {} : { onWrite: options.onQueueWrite }),
    });
    const store = createFilesystemStore({ root: paths.artifacts });
    if (lock !== null) await repair(paths, queue, store, options.log);
    const toolchain = createToolchain(settings, paths);
    const git = createGit(toolchain);
    const trees = createTreeRegistry({ database, folder: paths.trees, git });
    const cacheFolder = join(settings.dataDir, 'cache');
    const catalogues = createCatalogues({
      file: paths.catalogue,
      trees,
      toolchain,
      git,
      cacheFolder,
      log: options.log,
    });
    const open = database;
    return {
      settings,
      paths,
      database: open,
      queue,
      store,
      trees,
      toolchain,
      catalogues,
      keys: createSqliteKeys(open),
      pairings: createSqlitePairings(open),
      async close() {
        await catalogues.close();
        await queue.close();
        open.close();
        lock?.release();
      },
    };
  } catch (error) {
    database?.close();
    lock?.release();
    throw error;
  }
}
