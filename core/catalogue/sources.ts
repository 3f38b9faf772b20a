/**
 * What a tree's folders say without reading a keyboard: which keyboards there are, and what identifies each one's
 * inputs, so that only what changed is read again.
 */
import { createHash } from 'node:crypto';

/** Files of a tree, as far as keyboards depend on them: path from the top, with `/`, to what changes with its content. */
export type FileStamps = ReadonlyMap<string, string>;

/** Folders on which every keyboard depends: schemas, mappings and defaults, the tree's tools, community layouts. */
export const SHARED_FOLDERS = ['data', 'lib/python', 'layouts'] as const;

const MARKERS = new Set(['rules.mk', 'keyboard.json']);

/** A keymap's presence and content appear in `info.json`; the rest of its folder does not. */
const KEYMAP_FILE = /^(keyboards\/.+)\/keymaps\/[^/]+\/keymap\.(?:json|c)$/;
const IN_KEYMAPS = /\/keymaps(?:\/|$)/;

export interface SourceSnapshot {
  /** Sorted, default folders followed: the same list as the tree's own `list_keyboards()`. */
  readonly keyboards: readonly string[];
  /** The folder that is built for a folder's name; null when there is no such keyboard. */
  resolve(folder: string): string | null;
  /** Changes when a file does that this keyboard is read from. */
  signature(keyboard: string): string;
  /** Changes when a file does that every keyboard depends on. */
  readonly shared: string;
}

/** Reads `DEFAULT_FOLDER` as QMK's `parse_rules_mk_file` does; null when the file sets none. */
export function parseDefaultFolder(rulesMk: string): string | null {
  let folder: string | null = null;
  for (const raw of rulesMk.split('\n')) {
    const line = raw.split('#', 1)[0] ?? '';
    const match = /^\s*DEFAULT_FOLDER\s*(\?)?=(.*)$/.exec(line);
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

/**
 * The folder, relative to `keyboards/`, whose keyboards depend on a file; null for files that none is read from
 * (all of a keymap but its `keymap.json` and `keymap.c`).
 */
export function owningFolder(path: string): string | null {
  const keymap = KEYMAP_FILE.exec(path);
  const folder = keymap?.[1] ?? path.slice(0, path.lastIndexOf('/'));
  if (keymap === null && IN_KEYMAPS.test(path)) return null;
  return folder.startsWith('keyboards/') ? folder.slice('keyboards/'.length) : null;
}

/**
 * @param stamps of every file below `keyboards/` and the shared folders.
 * @param readRules the text of a `rules.mk`, by the keyboard folder that holds it.
 * @param knownShared what identifies the shared files, when they are not among the stamps.
 */
export function createSnapshot(
  stamps: FileStamps,
  readRules: (folder: string) => string | null,
  knownShared?: string,
): SourceSnapshot {
  const byFolder = new Map<string, string[]>();
  const shared: string[] = [];
  const marked = new Set<string>();
  for (const [path, stamp] of stamps) {
    if (!path.startsWith('keyboards/')) {
      shared.push(`${path} ${stamp}`);
      continue;
    }
    const folder = owningFolder(path);
    if (folder === null) continue;
    const lines = byFolder.get(folder);
    if (lines === undefined) byFolder.set(folder, [`${path} ${stamp}`]);
    else lines.push(`${path} ${stamp}`);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (MARKERS.has(name) && !IN_KEYMAPS.test(path)) marked.add(folder);
  }
  const sharedHash = knownShared ?? hash(shared.sort());

  const resolve = (folder: string): string | null => {
    let current = folder;
    // As often as there can be folders: two that name each other would go on for ever.
    for (let step = 0; step < 16; step += 1) {
      const next = marked.has(current) ? parseDefaultFolder(readRules(current) ?? '') : null;
      if (next === null || next === current) return marked.has(current) ? current : null;
      current = next;
    }
    return null;
  };
  const folderHashes = new Map<string, string>();
  const folderHash = (folder: string): string => {
    const known = folderHashes.get(folder) ?? hash([...(byFolder.get(folder) ?? [])].sort());
    folderHashes.set(folder, known);
    return known;
  };
  const keyboards = new Set([...marked].map(resolve).filter((name) => name !== null));
  return {
    keyboards: [...keyboards].sort(),
    resolve,
    signature: (keyboard) => hash([sharedHash, ...folderChain(keyboard).map(folderHash)]),
    shared: sharedHash,
  };
}
