/** `kiln backup` and `kiln restore`: what would be missed is kept elsewhere, and brought back. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createBackup } from '../../core/backup/create-backup.ts';
import { type FoundBackup, listBackups } from '../../core/backup/list-backups.ts';
import { completeMoves, planFile } from '../../core/backup/moves.ts';
import { type OpenedBackup, openBackup } from '../../core/backup/open-backup.ts';
import { type Restored, restoreBackup } from '../../core/backup/restore-backup.ts';
import { salvageDatabase } from '../../core/backup/salvage.ts';
import { knownSchema } from '../../core/db/database.ts';
import { takeProcessLock } from '../../core/db/process-lock.ts';
import { KilnError, toKilnError } from '../../core/errors.ts';
import { RELEASE } from '../../core/release.ts';
import { dataPaths, loadSettings, type Settings } from '../../core/settings.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { makeFolder, openKiln } from '../service/kiln.ts';
import type { Terminal } from '../terminal.ts';

export interface BackupOptions extends GlobalOptions {
  /** commander's form of `--no-artifacts`. */
  readonly artifacts?: boolean;
  readonly list?: boolean;
}

export interface RestoreCommandOptions extends GlobalOptions {
  readonly salvage?: boolean;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function dayAndTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function describe({ path, createdAt, manifest }: FoundBackup): string {
  const what =
    manifest === null
      ? 'database alone, before an update'
      : `${manifest.jobs} jobs, ${manifest.artifacts === 'all' ? 'with' : 'without'} their files`;
  return `${dayAndTime(createdAt)}  ${path}  (${what})`;
}

async function listCommand(settings: Settings, terminal: Terminal): Promise<number> {
  const { backups } = dataPaths(settings);
  const found = await listBackups(backups);
  for (const backup of found) terminal.line(describe(backup));
  if (found.length === 0) terminal.line(`There is no backup in ${backups}.`);
  const list = found.map(({ manifest, ...backup }) => ({ ...backup, whole: manifest !== null }));
  terminal.result({ backups: list });
  return EXIT.ok;
}

/** Works beside a running service, and needs none. */
export async function backupCommand(
  target: string | undefined,
  options: BackupOptions,
): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  if (options.list === true) return listCommand(settings, terminal);
  const kiln = await openKiln(settings, { log, exclusive: false });
  try {
    const { backups } = kiln.paths;
    if (target === undefined) makeFolder(backups);
    const backup = await createBackup({
      ...kiln,
      dataDir: settings.dataDir,
      release: RELEASE,
      target: target ?? backups,
      artifacts: options.artifacts ?? true,
      onJob: (done, all) => terminal.status(`Copying the files of job ${done} of ${all}`),
    });
    const { manifest, folder, size } = backup;
    terminal.line(
      `Backed up ${manifest.jobs} jobs and ${manifest.trees.length} firmware trees, ${megabytes(size)}: ${folder}`,
    );
    terminal.line(`Bring it back with: kiln restore ${folder}`);
    terminal.result({ folder, size, jobs: manifest.jobs, artifacts: manifest.artifacts });
    return EXIT.ok;
  } finally {
    terminal.clearStatus();
    await kiln.close();
  }
}

/** A folder without settings of its own takes the backup's, which may say where artifacts lie. */
function settingsAfter(settings: Settings, backup: OpenedBackup): Settings {
  const has = backup.manifest?.files.some(({ path }) => path === 'settings.json') ?? false;
  if (!has || existsSync(join(settings.dataDir, 'settings.json'))) return settings;
  return { ...loadSettings({ dataDir: backup.path }), dataDir: settings.dataDir };
}

async function finishEarlierRestore(dataDir: string): Promise<void> {
  try {
    await completeMoves(dataDir);
  } catch (error) {
    if (toKilnError(error).code !== 'backup.interrupted') throw error;
    // What it was about is not known any more; this restore begins from what lies there.
    renameSync(planFile(dataDir), `${planFile(dataDir)}.damaged`);
  }
}

/** @returns a backup with what can still be read of the database here; `remove` deletes it. */
function salvage(settings: Settings, terminal: Terminal) {
  const { database } = dataPaths(settings);
  if (!existsSync(database)) {
    throw new KilnError(
      'backup.invalid',
      `There is no database in ${settings.dataDir} to salvage.`,
    );
  }
  terminal.status('Reading what can be read of the database');
  const file = join(settings.dataDir, '.salvaged.sqlite');
  rmSync(file, { force: true });
  const found = salvageDatabase(database, file);
  const backup: OpenedBackup = {
    path: database,
    database: file,
    manifest: null,
    artifacts: new Map(),
  };
  return { backup, found, remove: () => rmSync(file, { force: true }) };
}

function sayRestored(terminal: Terminal, restored: Restored): void {
  for (const folder of restored.aside) terminal.line(`What was there before lies in ${folder}`);
  if (restored.keys > 0) {
    terminal.line(
      `API keys hold again as they did then: ${restored.keys}. Look whether one was revoked since: kiln keys ls`,
    );
  }
  for (const tree of restored.missingTrees) {
    terminal.line(`The clone of ${tree} is not on this disk. Next: kiln tree update ${tree}`);
  }
}

/** Needs the data folder for itself: it refuses while a service runs. */
export async function restoreCommand(
  path: string | undefined,
  options: RestoreCommandOptions,
): Promise<number> {
  const { settings, terminal } = createContext(options);
  if ((path === undefined) === (options.salvage !== true)) {
    throw new KilnError('backup.invalid', 'Name either a backup or --salvage.', {
      remedy: 'List the backups here with: kiln backup --list.',
    });
  }
  const { dataDir } = settings;
  makeFolder(dataDir);
  const lock = takeProcessLock(dataPaths(settings).lock, dataDir, 'kiln restore');
  try {
    await finishEarlierRestore(dataDir);
    if (path === undefined) {
      const { backup, found, remove } = salvage(settings, terminal);
      const restored = await restoreInto(settings, backup).finally(remove);
      terminal.line(`Kept ${found.jobs} jobs and ${found.trees} firmware trees.`);
      sayRestored(terminal, restored);
      terminal.result({ ...restored, salvaged: found });
      return EXIT.ok;
    }
    terminal.status('Checking the backup');
    const backup = await openBackup(path);
    const restored = await restoreInto(settingsAfter(settings, backup), backup);
    const from = backup.manifest === null ? '' : ` of ${dayAndTime(backup.manifest.createdAt)}`;
    terminal.line(`Restored the backup${from}: ${restored.jobs} jobs.`);
    sayRestored(terminal, restored);
    terminal.result(restored);
    return EXIT.ok;
  } finally {
    terminal.clearStatus();
    lock.release();
  }
}

function restoreInto(settings: Settings, backup: OpenedBackup): Promise<Restored> {
  const paths = dataPaths(settings);
  return restoreBackup({ backup, paths, dataDir: settings.dataDir, schema: knownSchema() });
}
