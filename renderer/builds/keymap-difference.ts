/** What differs between two keymaps, key by key. Pure. */
import type { KeymapFile } from './start-build.ts';

/** One key that does another thing; null where a keymap has no such layer or key. */
export interface KeyDifference {
  readonly layer: number;
  /** Position in the layer's list. */
  readonly index: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** Differences by layer, then by position. */
export function keyDifferences(from: KeymapFile, to: KeymapFile): readonly KeyDifference[] {
  const found: KeyDifference[] = [];
  for (let layer = 0; layer < Math.max(from.layers.length, to.layers.length); layer += 1) {
    const [before = [], after = []] = [from.layers[layer], to.layers[layer]];
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      const [one = null, other = null] = [before[index], after[index]];
      if (one !== other) found.push({ layer, index, from: one, to: other });
    }
  }
  return found;
}

const DRAWN = new Set(['layers', 'version', 'notes', 'documentation', 'author', 'keymap']);

/** Names of the other members of the file that differ: encoders, macros, settings. */
export function memberDifferences(from: KeymapFile, to: KeymapFile): readonly string[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names]
    .filter((name) => !DRAWN.has(name))
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .sort();
}
