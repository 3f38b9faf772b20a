/** Looks through a tree for what `sources.ts` needs: its files and their stamps. */
import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '../errors.ts';
import type { Git } from '../trees/git.ts';
import {
  createSnapshot,
  type FileStamps,
  folderChain,
  SHARED_FOLDERS,
  type SourceSnapshot,
} from './sources.ts';

const RULES_FILE = /^keyboards\/.+\/rules\.mk$/;

/** Python's compiled files, editors' left-overs: no input of anything. */
const IGNORED = /^(?:__pycache__|\..*|.*\.pyc|.*~)$/;

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

const KEYMAP_FOLDER = /\/keymaps\/[^/]+$/;

/** A link counts as what it leads to, as QMK's own search takes it; one that leads nowhere does not count. */
function look(path: string, entry: Dirent): Stats | undefined {
  const stats = entry.isSymbolicLink() ? statSync : lstatSync;
  return stats(path, { throwIfNoEntry: false });
}

/** Adds the stamps of all files below a folder. */
async function walk(root: string, top: string, stamps: Map<string, string>): Promise<void> {
  const turns = createTurns();
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // Below a keymap there is nothing that a keyboard is read from.
    const inKeymap = KEYMAP_FOLDER.test(folder);
    for (const entry of listFolder(join(root, folder))) {
      if (IGNORED.test(entry.name)) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!inKeymap) folders.push(path);
        continue;
      }
      if (inKeymap && entry.name !== 'keymap.json' && entry.name !== 'keymap.c') continue;
      const stats = look(join(root, path), entry);
      if (stats?.isDirectory()) folders.push(path);
      else if (stats !== undefined) stamps.set(path, `${stats.size}:${stats.mtimeMs}`);
    }
    await turns();
  }
}

/** Stamps by size and time of change: right as long as the folder stays where it is. */
async function stampsOfFolder(root: string): Promise<FileStamps> {
  const stamps = new Map<string, string>();
  for (const top of ['keyboards', ...SHARED_FOLDERS]) await walk(root, top, stamps);
  return stamps;
}

/** Stamps by content, from git's own list: the same for every checkout of the same commit. */
async function stampsOfCommit(root: string, git: Git): Promise<FileStamps> {
  const text = await git(['ls-tree', '-r', '-z', 'HEAD', '--', 'keyboards', ...SHARED_FOLDERS], {
    cwd: root,
    maxOutputBytes: 64 * 1024 * 1024,
  });
  const stamps = new Map<string, string>();
  for (const line of text.split('\0')) {
    const match = /^\d+ \w+ ([0-9a-f]+)\t(.+)$/.exec(line);
    if (match !== null) stamps.set(match[2] ?? '', match[1] ?? '');
  }
  return stamps;
}

async function readRulesFiles(root: string, stamps: FileStamps): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const turns = createTurns();
  for (const path of stamps.keys()) {
    if (!RULES_FILE.test(path) || path.includes('/keymaps/')) continue;
    const text = readFileSync(join(root, path), 'utf8');
    // Few of the thousands of files name one; the others need not be kept.
    if (text.includes('DEFAULT_FOLDER')) {
      texts.set(path.slice('keyboards/'.length, -'/rules.mk'.length), text);
    }
    await turns();
  }
  return texts;
}

export interface ScanOptions {
  readonly path: string;
  /** Given for Kiln's own clones, whose files are those of their commit. */
  readonly git: Git | null;
}

/** About half a second for a full QMK tree, most of it waiting for the disk. */
export async function scanTree({ path, git }: ScanOptions): Promise<SourceSnapshot> {
  const stamps = git === null ? await stampsOfFolder(path) : await stampsOfCommit(path, git);
  const rules = await readRulesFiles(path, stamps);
  return createSnapshot(stamps, (folder) => rules.get(folder) ?? null);
}

/** Whether the files that one keyboard is read from are as in the snapshot; for folders that others write to. */
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
      if (entry.isDirectory()) {
        if (entry.name === 'keymaps') await walk(root, `${path}/keymaps`, stamps);
        continue;
      }
      const stats = look(join(root, path, entry.name), entry);
      if (stats === undefined || stats.isDirectory()) continue;
      stamps.set(`${path}/${entry.name}`, `${stats.size}:${stats.mtimeMs}`);
    }
  }
  return createSnapshot(stamps, () => null, snapshot.shared).signature(keyboard);
}
