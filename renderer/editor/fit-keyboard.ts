/** A keymap file meets the keyboard as it is today: layouts are renamed, keys come and go. */
import { checkKeycode } from '../../core/keymap/keycode.ts';
import type { KeyboardInfo, LayoutKey } from '../api/keyboards.ts';
import { mainLayout } from '../api/keyboards.ts';
import { emptyKey, type KeymapDocument } from './keymap/document.ts';

/** What had to be changed, for the person to know. */
export type FitNote =
  | { readonly kind: 'layout-renamed'; readonly from: string; readonly to: string }
  | { readonly kind: 'layout-unknown'; readonly from: string; readonly to: string }
  | { readonly kind: 'keys-added'; readonly layer: number; readonly count: number }
  | { readonly kind: 'keys-dropped'; readonly layer: number; readonly count: number }
  | { readonly kind: 'joined'; readonly layer: number; readonly keycode: string };

export interface Fitted {
  readonly document: KeymapDocument;
  readonly notes: readonly FitNote[];
}

export function layoutKeys(info: KeyboardInfo, layout: string): readonly LayoutKey[] | null {
  return Object.hasOwn(info.layouts, layout) ? (info.layouts[layout]?.layout ?? null) : null;
}

/** @returns the document with a layout that the keyboard has, and as many keys in each layer as that layout */
export function fitToKeyboard(document: KeymapDocument, info: KeyboardInfo): Fitted {
  const notes: FitNote[] = [];
  const layout = layoutFor(document.layout, info, notes);
  const count = layoutKeys(info, layout)?.length ?? 0;
  const layers = document.layers.map((layer, number) => {
    const keycodes = layer.length === count + 1 ? joinCut(layer, number, notes) : [...layer];
    if (keycodes.length > count) {
      notes.push({ kind: 'keys-dropped', layer: number, count: keycodes.length - count });
    } else if (keycodes.length < count) {
      notes.push({ kind: 'keys-added', layer: number, count: count - keycodes.length });
    }
    return Array.from({ length: count }, (_, index) => keycodes[index] ?? emptyKey(number));
  });
  return notes.length === 0
    ? { document, notes }
    : { document: { ...document, layout, layers }, notes };
}

function layoutFor(name: string, info: KeyboardInfo, notes: FitNote[]): string {
  if (Object.hasOwn(info.layouts, name)) return name;
  const aliases = info.layout_aliases ?? {};
  const target = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (target !== undefined && Object.hasOwn(info.layouts, target)) {
    notes.push({ kind: 'layout-renamed', from: name, to: target });
    return target;
  }
  const to = mainLayout(info)?.name ?? name;
  notes.push({ kind: 'layout-unknown', from: name, to });
  return to;
}

/** `LT(2` and `KC_MUTE)`: published keymaps have it, cut at the comma by a tool of their time. */
function joinCut(layer: readonly string[], number: number, notes: FitNote[]): string[] {
  const at = layer.findIndex((keycode, index) => {
    const joined = `${keycode},${layer[index + 1] ?? ''}`;
    return keycode.includes('(') && checkKeycode(keycode) !== null && checkKeycode(joined) === null;
  });
  if (at === -1) return [...layer];
  const keycode = `${layer[at]},${layer[at + 1]}`;
  notes.push({ kind: 'joined', layer: number, keycode });
  return [...layer.slice(0, at), keycode, ...layer.slice(at + 2)];
}

/**
 * How many rows and columns the matrix has: as the keyboard says, or else as its layouts reach.
 * @returns null where neither tells
 */
export function matrixSize({ matrix_size, layouts }: KeyboardInfo): {
  readonly rows: number;
  readonly cols: number;
} | null {
  if (matrix_size !== undefined) return matrix_size;
  const places = Object.values(layouts).flatMap(({ layout }) =>
    layout.flatMap(({ matrix }) => (matrix === undefined ? [] : [matrix])),
  );
  if (places.length === 0) return null;
  return {
    rows: Math.max(...places.map(([row]) => row)) + 1,
    cols: Math.max(...places.map(([, column]) => column)) + 1,
  };
}

/** How many dials there are: the right half has the left one's, unless it says otherwise. */
export function encoderCount(info: KeyboardInfo): number {
  const left = info.encoder?.rotary?.length ?? 0;
  if (info.split?.enabled !== true) return left;
  return left + (info.split.encoder?.right?.rotary?.length ?? left);
}
