/** Whole layers: insert, copy, move, clear, delete. Keycodes that lead to them follow. */
import { type EditedKeymap, emptyLayer, type KeymapDocument, type Layer } from './document.ts';
import { rewriteLayers } from './references.ts';

/** As many as the grammar of keymaps accepts. */
export const MOST_LAYERS = 32;

/** Members that hold one entry a layer. */
const BY_LAYER = ['layers', 'encoders', 'encoder_map', 'dip_switch_map'] as const;

/** Where a new order takes a layer from; null for an empty one. `isCopy` leaves references at the original. */
interface Origin {
  readonly from: number | null;
  readonly isCopy?: boolean;
}

export type LayerRefusal = 'too-many' | 'last' | 'beyond-taps';

export type LayerChange =
  | {
      readonly refused: null;
      readonly keymap: EditedKeymap;
      /** How many keys led to a layer that is gone. */
      readonly lost: number;
    }
  | { readonly refused: LayerRefusal };

export function insertLayer(keymap: EditedKeymap, at: number): LayerChange {
  const order = originsOf(keymap);
  order.splice(at, 0, { from: null });
  return reorder(keymap, order);
}

/** The copy lies above its original. */
export function duplicateLayer(keymap: EditedKeymap, layer: number): LayerChange {
  const order = originsOf(keymap);
  order.splice(layer + 1, 0, { from: layer, isCopy: true });
  return reorder(keymap, order);
}

export function deleteLayer(keymap: EditedKeymap, layer: number): LayerChange {
  const order = originsOf(keymap);
  order.splice(layer, 1);
  if (order.length === 0) return { refused: 'last' };
  return reorder(keymap, order);
}

/** @param to the layer's number afterwards */
export function moveLayer(keymap: EditedKeymap, from: number, to: number): LayerChange {
  const order = originsOf(keymap);
  const [moved] = order.splice(from, 1);
  if (moved !== undefined) order.splice(to, 0, moved);
  return reorder(keymap, order);
}

function originsOf({ document }: EditedKeymap): Origin[] {
  return document.layers.map((_, from) => ({ from }));
}

function reorder(keymap: EditedKeymap, order: readonly Origin[]): LayerChange {
  if (order.length > MOST_LAYERS) return { refused: 'too-many' };
  const { document, layerNames } = keymap;
  const places = new Map<number, number>();
  for (const [to, { from, isCopy }] of order.entries()) {
    if (from !== null && isCopy !== true) places.set(from, to);
  }
  const moved = (layer: number) =>
    layer >= document.layers.length ? undefined : (places.get(layer) ?? null);
  const { rewrite, count } = rewriter(moved);

  const keys = document.layers[0]?.length ?? 0;
  const members: Record<string, unknown> = {};
  for (const name of BY_LAYER) {
    const lists = document[name];
    if (!Array.isArray(lists)) continue;
    const rewritten = lists.map((list) => rewriteAll(list, rewrite));
    members[name] = trimmed(
      order.map(({ from }, to) => {
        if (from === null) return name === 'layers' ? emptyLayer(to, keys) : [];
        return rewritten[from];
      }),
    );
  }
  if (count.beyond > 0) return { refused: 'beyond-taps' };
  return {
    refused: null,
    lost: count.lost,
    keymap: {
      document: { ...document, ...members } as KeymapDocument,
      layerNames: order.map(({ from, isCopy }) =>
        from === null || isCopy === true ? '' : (layerNames[from] ?? ''),
      ),
    },
  };
}

/** Lists shorter than the layers stay so: what came after their end is no entry. */
function trimmed(lists: readonly unknown[]): unknown[] {
  const end = lists.findLastIndex((list) => list !== undefined) + 1;
  return lists.slice(0, end).map((list) => list ?? []);
}

/** Each distinct text is rewritten once: most keys of a keymap are transparent. */
function rewriter(moved: (layer: number) => number | null | undefined) {
  const known = new Map<string, ReturnType<typeof rewriteLayers>>();
  const count = { lost: 0, beyond: 0 };
  const rewrite = (keycode: string): string => {
    const seen = known.get(keycode) ?? rewriteLayers(keycode, moved);
    known.set(keycode, seen);
    if (seen.lost) count.lost += 1;
    if (seen.beyond) count.beyond += 1;
    return seen.keycode;
  };
  return { rewrite, count };
}

/** Keycodes of a layer, of encoders (`cw`, `ccw`) or of switches (`on`, `off`); the same object when none changed. */
function rewriteAll(list: unknown, rewrite: (keycode: string) => string): unknown {
  if (typeof list === 'string') return rewrite(list);
  if (Array.isArray(list)) {
    const rewritten = list.map((entry) => rewriteAll(entry, rewrite));
    return rewritten.every((entry, index) => entry === list[index]) ? list : rewritten;
  }
  if (typeof list === 'object' && list !== null) {
    const pairs = Object.entries(list);
    const rewritten = pairs.map(([name, value]) => [name, rewriteAll(value, rewrite)] as const);
    const isSame = rewritten.every(([, value], index) => value === pairs[index]?.[1]);
    return isSame ? list : Object.fromEntries(rewritten);
  }
  return list;
}

export function clearLayer(keymap: EditedKeymap, layer: number): EditedKeymap {
  const keys = keymap.document.layers[layer]?.length ?? 0;
  return withLayer(keymap, layer, emptyLayer(layer, keys));
}

/** Puts a copied layer over another. What the copy has too many is left out; what it lacks stays. */
export function pasteLayer(keymap: EditedKeymap, layer: number, copied: Layer): EditedKeymap {
  const old = keymap.document.layers[layer] ?? [];
  return withLayer(
    keymap,
    layer,
    old.map((keycode, index) => copied[index] ?? keycode),
  );
}

export function renameLayer(keymap: EditedKeymap, layer: number, name: string): EditedKeymap {
  const names = keymap.document.layers.map((_, index) => keymap.layerNames[index] ?? '');
  return { ...keymap, layerNames: names.with(layer, name.trim().slice(0, 40)) };
}

export function withLayer(keymap: EditedKeymap, layer: number, keycodes: Layer): EditedKeymap {
  const { document } = keymap;
  if (layer < 0 || layer >= document.layers.length) return keymap;
  return { ...keymap, document: { ...document, layers: document.layers.with(layer, keycodes) } };
}
