/**
 * An image is made of one state of its tree, whoever edits, pulls or updates the tree meanwhile. Nothing can be locked in
 * a folder that is somebody's own, so what a full build read is looked at once more after it. Builds by plan look by
 * themselves (`plan/build-by-plan.ts`).
 */
import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { KilnError } from '../../core/errors.ts';
import type { FirmwareTree, TreeVersion } from '../../core/trees/contract.ts';
import { isWithin } from '../sandbox/places.ts';
import type { BuildOutcome } from './contract.ts';
import { parseDependencies } from './plan/dependency-file.ts';
import { createRealPlaces } from './plan/real-places.ts';
import { type RecordedCommand, readRecords } from './plan/recorder.ts';
import { readRegularText } from './regular-file.ts';

/** What people and git change in a tree; other files are what their own builds leave there. */
const SOURCE = /\.(?:c|cc|cpp|h|hpp|s|inc|inl|def|ld|x|mk|json|hjson|py|toml|txt)$|^Makefile$/i;

/** Read by the trees' own tools, and by Kiln, without any command naming them. */
const READ_WHOLE = ['lib/python', 'data', 'builddefs', 'util'];
const READ_BY_NAME = ['Makefile', 'keycodes.json'];

/** Bytes. Lists of real builds have some kilobytes. */
const LARGEST_LIST = 1024 * 1024;

export interface TreeGuard {
  /**
   * To be called while the build's folder still is there.
   * @throws KilnError `tree.changed`
   */
  check(outcome: BuildOutcome): Promise<void>;
}

export interface GuardedBuild {
  readonly tree: FirmwareTree;
  readonly keyboard: string;
  /** Only the build writes there. */
  readonly folder: string;
  readonly readVersion: (tree: FirmwareTree) => Promise<TreeVersion>;
}

/** Times of the system's clock before which nothing counts, also when the clock is set back meanwhile. */
function createStopwatch(): () => number {
  const startedAt = Date.now();
  const start = performance.now();
  return () => Math.min(startedAt, Date.now() - (performance.now() - start));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone, or no folder: what was read of it is gone too, and looked for by its name.
    return [];
  }
}

/** Files of a build's folder in which compilers listed what they read. Links are not followed: they lead into the tree. */
function dependencyFiles(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return dependencyFiles(path);
    const isList = entry.isFile() && /\.t?d$/.test(entry.name);
    return isList && statSync(path).size <= LARGEST_LIST ? [path] : [];
  });
}

function foldersIn(folder: string): string[] {
  const inside = entriesOf(folder).filter((entry) => entry.isDirectory());
  return [folder, ...inside.flatMap(({ name }) => foldersIn(join(folder, name)))];
}

const sourcesNamedBy = (args: readonly string[]): string[] =>
  args.filter((arg) => /\.(?:c|cpp|s)$/i.test(arg));

/** Trees name folders for headers and libraries that only some of their keyboards have. */
const foldersNamedBy = (args: readonly string[]): string[] =>
  args.filter((arg) => /^-(?:I|L)./.test(arg)).map((arg) => arg.slice(2));

interface Read {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

/** What the build read of the tree, by its places there. */
async function whatWasRead({ tree, keyboard, folder }: GuardedBuild): Promise<Read> {
  const home = realpathSync.native(tree.path);
  const files = new Set<string>();
  const folders = new Set<string>();
  const seen = new Set<string>();
  const real = createRealPlaces();
  const add = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const there = existsSync(path);
    // The build saw the tree through a folder of links, which leads nowhere any more where a file is gone.
    const parent = existsSync(dirname(path)) ? real.of(dirname(path)) : dirname(path);
    const place = there ? real.of(path) : join(parent, basename(path));
    if (!isWithin(place, home)) return;
    const isFolder = there && statSync(place).isDirectory();
    folders.add(isFolder ? place : dirname(place));
    if (!isFolder) files.add(place);
  };
  /** For one that is not there: the nearest around it, in which it would come. */
  const addFolder = (path: string): void => {
    let place = path;
    while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
    add(place);
  };
  const roots = [folder, join(folder, 'qmk_firmware')].filter((root) => existsSync(root));
  const lists = dependencyFiles(folder).map((file) =>
    parseDependencies(readRegularText(file) ?? ''),
  );
  // Hundreds of objects name the same headers.
  for (const name of new Set(lists.flat())) {
    const found = roots.map((root) => resolve(root, name)).find((path) => existsSync(path));
    add(found ?? resolve(roots.at(-1) ?? folder, name));
  }
  const records = join(folder, 'records');
  const commands = existsSync(records) ? await readRecords(records) : null;
  // Hundreds of commands, most of which name the same hundred makefiles and folders.
  for (const [cwd, alike] of Map.groupBy(commands ?? [], (command) => command.cwd)) {
    const named = (of: (command: RecordedCommand) => readonly string[]) =>
      new Set(alike.flatMap(of));
    for (const name of named(({ makefiles }) => makefiles)) add(resolve(cwd, name));
    for (const name of named(({ args }) => sourcesNamedBy(args))) add(resolve(cwd, name));
    for (const name of named(({ args }) => foldersNamedBy(args))) addFolder(resolve(cwd, name));
  }
  for (const name of READ_BY_NAME.map((each) => join(home, each))) if (existsSync(name)) add(name);
  for (const name of READ_WHOLE) {
    for (const inside of foldersIn(join(home, name))) if (existsSync(inside)) folders.add(inside);
  }
  const parts = keyboard.split('/');
  for (const index of parts.keys()) add(join(home, 'keyboards', ...parts.slice(0, index + 1)));
  return { files, folders };
}

/** @param isStrict also a name that came or went counts, for a build may have failed by just that. */
function findChange({ files, folders }: Read, since: number, isStrict: boolean): string | null {
  const isNew = (path: string): boolean => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined || Math.max(stats.ctimeMs, stats.mtimeMs) >= since;
  };
  for (const file of files) if (isNew(file)) return file;
  for (const folder of folders) {
    if (isStrict && isNew(folder)) return folder;
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() || !SOURCE.test(entry.name)) continue;
      const file = join(folder, entry.name);
      if (isNew(file)) return file;
    }
  }
  return null;
}

/** Call it before anything of the tree is read. */
export function guardTree(build: GuardedBuild): TreeGuard {
  const { tree } = build;
  const since = createStopwatch();
  const versionBefore = build.readVersion(tree);
  // Whoever reads the version for the build meets the error.
  versionBefore.catch(() => undefined);
  const refuse = (what: string): KilnError =>
    new KilnError(
      'tree.changed',
      `The firmware tree ${tree.name} changed while it was built: ${what}.`,
      { details: { tree: tree.name } },
    );
  return {
    async check(outcome) {
      if (outcome.way.path === 'plan' || !existsSync(tree.path)) return;
      // git looks at the tree meanwhile.
      const [before, after, read] = await Promise.all([
        versionBefore,
        build.readVersion(tree),
        whatWasRead(build),
      ]);
      if (after.commit !== before.commit) {
        throw refuse(`it is at ${after.describe} now, and was at ${before.describe}`);
      }
      const isStrict = outcome.image === null;
      const changed = findChange(read, since(), isStrict);
      if (changed !== null)
        throw refuse(relative(realpathSync(tree.path), changed) || 'its folder');
    },
  };
}

/**
 * Builds once more when the tree changed under the build.
 * @param build is told what is left of the time, in milliseconds.
 * @throws KilnError `tree.changed` when it did so again.
 */
export async function buildOfOneState<Built>(
  run: { readonly timeoutMs: number; readonly onLine: (line: string) => void },
  build: (timeoutMs: number) => Promise<Built>,
): Promise<Built> {
  const start = performance.now();
  try {
    return await build(run.timeoutMs);
  } catch (error) {
    const left = run.timeoutMs - (performance.now() - start);
    if (!(error instanceof KilnError) || error.code !== 'tree.changed' || left <= 0) throw error;
    run.onLine(`${error.message} Kiln builds it once more.`);
    return build(Math.ceil(left));
  }
}
