/** Another layout of the same keyboard: keys stay with the switch that they are for. */
import type { LayoutKey } from '../../api/keyboards.ts';
import { type EditedKeymap, emptyKey } from './document.ts';

export interface LayoutChange {
  readonly keymap: EditedKeymap;
  /** Positions in the old layout whose keys the new one has no place for. */
  readonly dropped: readonly number[];
}

/** @param to the new layout's name and keys */
export function changeLayout(
  keymap: EditedKeymap,
  from: readonly LayoutKey[],
  to: { readonly name: string; readonly keys: readonly LayoutKey[] },
): LayoutChange {
  const sources = matchKeys(from, to.keys);
  const used = new Set(sources);
  const { document } = keymap;
  const layers = document.layers.map((layer, number) =>
    sources.map((source) => (source === null ? undefined : layer[source]) ?? emptyKey(number)),
  );
  return {
    keymap: { ...keymap, document: { ...document, layout: to.name, layers } },
    dropped: from.map((_, index) => index).filter((index) => !used.has(index)),
  };
}

/**
 * For each new key, the position of the old one that it takes the place of: the same place in the matrix, or, where a
 * layout does not say, the same place on the plane.
 */
function matchKeys(
  from: readonly LayoutKey[],
  to: readonly LayoutKey[],
): readonly (number | null)[] {
  const hasMatrix = [...from, ...to].every(({ matrix }) => matrix !== undefined);
  const nameOf = ({ matrix, x, y }: LayoutKey) => (hasMatrix ? matrix?.join() : `${x},${y}`) ?? '';
  const places = new Map(
    from.map((key, index) => [nameOf(key), index]).reverse() as [string, number][],
  );
  return to.map((key) => places.get(nameOf(key)) ?? null);
}
