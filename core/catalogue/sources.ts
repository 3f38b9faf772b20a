/**
 * What a tree's folders say without reading a keyboard: which keyboards there are, and what identifies each one's
 * inputs, so that only what changed is read again.
 */
import { createHash } from 'node:crypto';
import { RELEASE } from '../release.ts';

/** Files of a tree, as far as the catalogue depends on them: path from the top, with `/`, to what changes with its content. */
export type FileStamps = ReadonlyMap<string, string>;

/** Folders on which every keyboard depends: schemas, mappings and defaults, the tree's tools, community layouts. */
export const SHARED_FOLDERS = ['data', 'lib/python', 'layouts'] as const;

/** Folders in which some files tell what keymaps may name, see `TreeFacts`. */
export const FACT_FOLDERS = ['builddefs', 'modules', 'platforms', 'quantum'] as const;

const FACT_FILE = /\.mk$|\/qmk_module\.json$|\/keymap_extras\/[^/]+\.h$|\/converters\//;

/** The starter tree's table of keycodes; real trees have theirs in `data`. */
export const KEYCODE_FILE = 'keycodes.json';

const MARKERS = new Set(['rules.mk', 'keyboard.json']);

/** A keymap's presence and content appear in `info.json`; the rest of its folder does not. */
const KEYMAP_FILE = /^(keyboards\/.+)\/keymaps\/[^/]+\/keymap\.(?:json|c)$/;
const IN_KEYMAPS = /\/keymaps(?:\/|$)/;

/** As often as default folders can lead on; two that name each other would do so for ever. */
const MOST_DEFAULTS = 16;

export interface SourceSnapshot {
  /**
   * Sorted, default folders followed: the same list as the tree's own `list_keyboards()`, but for default folders that
   * lead nowhere or in a circle, which are no keyboards.
   */
  readonly keyboards: readonly string[];
  /** The folder that is built for a folder's name; null when there is no such keyboard. */
  resolve(folder: string): string | null;
  /** Changes when a file does that this keyboard is read from. */
  signature(keyboard: string): string;
  /** Changes when a file does that every keyboard depends on. */
  readonly shared: string;
  /** Changes when `shared` does, and when a file does that the tree's facts are read from. */
  readonly facts: string;
}

/** Reads `DEFAULT_FOLDER` as QMK's `parse_rules_mk_file` does; null when the file sets none. */
export function parseDefaultFolder(rulesMk: string): string | null {
  let folder: string | null = null;
  for (const raw of rulesMk.split('\n')) {
    const line = raw.split('#', 1)[0] ?? '';
    const match = /^\s*DEFAULT_FOLDER\s*(\?)?=(.*)$/s.exec(line);
    if (match === null || (match[1] === '?' && folder !== null)) continue;
    folder = (match[2] ?? '').trim();
  }
  return folder;
}

function hash(lines: Iterable<string>): string {
  const digest = createHash('sha1');
  for (const line of lines) digest.update(line).update('\n');
  return digest.digest('base64url');
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function folderChain(keyboard: string): string[] {
  const parts = keyboard.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Whether something depends on a file of one of `FACT_FOLDERS`. */
export function isFactFile(path: string): boolean {
  return FACT_FILE.test(path);
}

/**
 * The folder, relative to `keyboards/`, whose keyboards depend on a file below it; null for files that none is read
 * from (all of a keymap but its `keymap.json` and `keymap.c`), and for those beside the folders.
 */
export function owningFolder(path: string): string | null {
  const keymap = KEYMAP_FILE.exec(path);
  const folder = keymap?.[1] ?? path.slice(0, path.lastIndexOf('/'));
  if (keymap === null && IN_KEYMAPS.test(path)) return null;
  return folder.startsWith('keyboards/') ? folder.slice('keyboards/'.length) : null;
}

/** Hashes of the files that belong to each folder. */
function createFolderHashes(stamps: FileStamps): (folder: string) => string {
  const lines = new Map<string, string[]>();
  for (const [path, stamp] of stamps) {
    const folder = owningFolder(path);
    if (folder === null) continue;
    const known = lines.get(folder);
    if (known === undefined) lines.set(folder, [`${path} ${stamp}`]);
    else known.push(`${path} ${stamp}`);
  }
  const hashes = new Map([...lines].map(([folder, known]) => [folder, hash(known.sort())]));
  return (folder) => hashes.get(folder) ?? '';
}

function signWith(shared: string, folderHash: (folder: string) => string, keyboard: string) {
  return hash([shared, ...folderChain(keyboard).map(folderHash)]);
}

/** The same as the snapshot's, from the stamps of this keyboard's own files. */
export function signatureOf(keyboard: string, stamps: FileStamps, shared: string): string {
  return signWith(shared, createFolderHashes(stamps), keyboard);
}

/**
 * @param stamps of every file below `keyboards/` and the shared folders, and of the files with facts.
 * @param readRules the text of a `rules.mk`, by the keyboard folder that holds it.
 */
export function createSnapshot(
  stamps: FileStamps,
  readRules: (folder: string) => string | null,
): SourceSnapshot {
  const shared: string[] = [];
  const facts: string[] = [];
  const marked = new Set<string>();
  for (const [path, stamp] of stamps) {
    const slash = path.lastIndexOf('/');
    const folder = owningFolder(path);
    if (folder !== null && MARKERS.has(path.slice(slash + 1)) && !IN_KEYMAPS.test(path)) {
      marked.add(folder);
    }
    if (FACT_FOLDERS.some((top) => path.startsWith(`${top}/`))) facts.push(`${path} ${stamp}`);
    // A file beside the keyboards' folders, such as the readme of those that have none, belongs to all.
    else if (!path.startsWith('keyboards/') || slash === 'keyboards'.length) {
      shared.push(`${path} ${stamp}`);
    }
  }
  // Another Kiln may read the same files to another end.
  const sharedHash = hash([RELEASE, ...shared.sort()]);
  const folderHash = createFolderHashes(stamps);

  const resolve = (folder: string): string | null => {
    let current = folder;
    for (let step = 0; step < MOST_DEFAULTS && marked.has(current); step += 1) {
      const next = parseDefaultFolder(readRules(current) ?? '');
      if (next === null || next === current) return current;
      current = next;
    }
    return null;
  };
  const keyboards = new Set([...marked].map(resolve).filter((name) => name !== null));
  return {
    keyboards: [...keyboards].sort(),
    resolve,
    signature: (keyboard) => signWith(sharedHash, folderHash, keyboard),
    shared: sharedHash,
    facts: hash([sharedHash, ...facts.sort()]),
  };
}
