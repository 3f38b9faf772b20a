/** Looks through a tree for what `sources.ts` needs: its files and their stamps. */
import {
  type Dirent,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../errors.ts';
import { bundledStamps } from '../trees/bundled.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import {
  createSnapshot,
  FACT_FOLDERS,
  type FileStamps,
  folderChain,
  isFactFile,
  KEYCODE_FILE,
  SHARED_FOLDERS,
  type SourceSnapshot,
  signatureOf,
} from './sources.ts';

const RULES_FILE = /^keyboards\/(.+)\/rules\.mk$/;

/** Python's compiled files, editors' left-overs, hidden files: no input of anything. */
const IGNORED = /^(?:__pycache__|\..*|.*\.pyc|.*~)$/;

const KEYMAP_FOLDER = /\/keymaps\/[^/]+$/;

/**
 * Synchronous calls are three times as quick as promised ones over twenty thousand files; the event loop gets its turn
 * this often, so that requests do not wait.
 */
const TURN_MS = 4;

/** @returns a function to await between two steps; it gives way when the turn is over. */
function createTurns(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < TURN_MS) return undefined;
    return setImmediate().then(() => {
      began = performance.now();
    });
  };
}

function listFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** A link counts as what it leads to, as QMK's own search takes it; one that leads nowhere does not count. */
function look(path: string, entry: Dirent): Stats | undefined {
  if (!entry.isSymbolicLink()) return lstatSync(path, { throwIfNoEntry: false });
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return undefined;
    throw error;
  }
}

function stampOf({ size, mtimeMs }: Stats): string {
  return `${size}:${mtimeMs}`;
}

/** A folder on the way, and the real folders that were left through links to come there. */
interface Step {
  readonly path: string;
  readonly left: readonly string[];
}

/** The step through a link; null when it leads back to where the way came from. */
function followLink(root: string, from: Step, path: string): Step | null {
  const left = [...from.left, realpathSync(join(root, from.path))];
  const target = realpathSync(join(root, path)) + sep;
  return left.some((folder) => (folder + sep).startsWith(target)) ? null : { path, left };
}

/** Adds the stamps of all files below a folder that count. */
async function walk(
  root: string,
  top: string,
  stamps: Map<string, string>,
  counts: (path: string) => boolean = () => true,
): Promise<void> {
  const turns = createTurns();
  const steps: Step[] = [{ path: top, left: [] }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    // Below a keymap there is nothing that a keyboard is read from.
    const inKeymap = KEYMAP_FOLDER.test(step.path);
    for (const entry of listFolder(join(root, step.path))) {
      if (IGNORED.test(entry.name)) continue;
      const path = `${step.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!inKeymap) steps.push({ path, left: step.left });
        continue;
      }
      if (inKeymap && entry.name !== 'keymap.json' && entry.name !== 'keymap.c') continue;
      const stats = look(join(root, path), entry);
      if (stats?.isDirectory()) {
        const next = inKeymap ? null : followLink(root, step, path);
        if (next !== null) steps.push(next);
      } else if (stats !== undefined && counts(path)) stamps.set(path, stampOf(stats));
    }
    await turns();
  }
}

/** Stamps by size and time of change: right as long as the folder stays where it is. */
async function stampsOfFolder(root: string): Promise<FileStamps> {
  const stamps = new Map<string, string>();
  for (const top of ['keyboards', ...SHARED_FOLDERS]) await walk(root, top, stamps);
  for (const top of FACT_FOLDERS) await walk(root, top, stamps, isFactFile);
  const keycodes = statSync(join(root, KEYCODE_FILE), { throwIfNoEntry: false });
  if (keycodes !== undefined) stamps.set(KEYCODE_FILE, stampOf(keycodes));
  return stamps;
}

/** Not links, nor other repositories within this one: what lies behind those git does not list. */
const PLAIN_FILE = /^100/;

/** Stamps by content, from git's own list: the same for every checkout of the same commit. */
async function stampsOfCommit(root: string, git: Git): Promise<FileStamps> {
  const folders = ['keyboards', ...SHARED_FOLDERS, ...FACT_FOLDERS];
  const text = await git(['ls-tree', '-r', '-z', 'HEAD', '--', ...folders], {
    cwd: root,
    maxOutputBytes: 64 * 1024 * 1024,
  });
  const stamps = new Map<string, string>();
  for (const line of text.split('\0')) {
    const [, mode, id = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    if (mode === undefined) continue;
    // QMK itself has plain files only; forks keep community modules as repositories of their own.
    if (!PLAIN_FILE.test(mode)) return stampsOfFolder(root);
    if (path.split('/').some((name) => IGNORED.test(name))) continue;
    const isFact = FACT_FOLDERS.some((folder) => path.startsWith(`${folder}/`));
    if (!isFact || isFactFile(path)) stamps.set(path, id);
  }
  return stamps;
}

/** Texts of the few `rules.mk`, among thousands, that name a default folder; by folder. */
async function readDefaults(root: string, stamps: FileStamps): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const turns = createTurns();
  for (const path of stamps.keys()) {
    const folder = RULES_FILE.exec(path)?.[1];
    if (folder === undefined) continue;
    try {
      const text = readFileSync(join(root, path), 'utf8');
      if (text.includes('DEFAULT_FOLDER')) texts.set(folder, text);
    } catch (error) {
      // It was removed meanwhile.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
    await turns();
  }
  return texts;
}

export interface ScanOptions {
  readonly tree: Pick<FirmwareTree, 'path' | 'kind'>;
  readonly git: Git;
}

/** The files of Kiln's own clones are those of their commit; what a package brought says what it holds. */
function findStamps({ tree: { path, kind }, git }: ScanOptions): Promise<FileStamps> | FileStamps {
  if (kind === 'git') return stampsOfCommit(path, git);
  return kind === 'bundled' ? bundledStamps(path) : stampsOfFolder(path);
}

/** About half a second for a full QMK tree, most of it waiting for the disk. */
export async function scanTree(options: ScanOptions): Promise<SourceSnapshot> {
  const { path } = options.tree;
  const stamps = await findStamps(options);
  const defaults = await readDefaults(path, stamps);
  return createSnapshot(stamps, (folder) => defaults.get(folder) ?? null);
}

/**
 * A keyboard's signature by its own files as they are now, and the shared ones as they were in the snapshot: for
 * folders that others write to.
 */
export async function freshSignature(
  root: string,
  keyboard: string,
  snapshot: SourceSnapshot,
): Promise<string> {
  const stamps = new Map<string, string>();
  for (const folder of folderChain(keyboard)) {
    const path = `keyboards/${folder}`;
    for (const entry of listFolder(join(root, path))) {
      if (IGNORED.test(entry.name)) continue;
      if (entry.name === 'keymaps') {
        await walk(root, `${path}/keymaps`, stamps);
        continue;
      }
      if (entry.isDirectory()) continue;
      const stats = look(join(root, path, entry.name), entry);
      if (stats === undefined || stats.isDirectory()) continue;
      stamps.set(`${path}/${entry.name}`, stampOf(stats));
    }
  }
  return signatureOf(keyboard, stamps, snapshot.shared);
}
