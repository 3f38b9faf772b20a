/** Keycodes that name layers, and what becomes of them when layers move. */
import { type Keycode, parseKeycode, printKeycode } from '../../../core/keymap/keycode.ts';
import { isTransparent, NO_KEY } from './document.ts';

/**
 * In a text, not in the grammar's tree: what was typed by hand may be more than the grammar knows, and what
 * does not change keeps its spaces. No other token of a keycode looks like a call of these names.
 */
const REFERENCE =
  /(?<![A-Za-z0-9_])(MO|DF|PDF|TG|TO|TT|OSL|LT|LM)(\s*\(\s*)(0[xX][0-9A-Fa-f]+|[0-9]+)(?![A-Za-z0-9_])/g;

/** The highest layer that `LT` and `LM` have bits for; the others reach 31. */
export const TAP_LAYERS = 15;

/** The layers that a keycode leads to, in its order. */
export function layersOf(keycode: string): number[] {
  return Array.from(keycode.matchAll(REFERENCE), ([, , , number]) => Number(number));
}

export interface Rewritten {
  readonly keycode: string;
  /** It led to a layer that is gone; what it does on a tap is kept where that can be told apart. */
  readonly lost: boolean;
  /** It would lead to a layer that `LT` or `LM` cannot reach. */
  readonly beyond: boolean;
}

/** @param moved where a layer is now; null when it is gone. Layers that never were stay as they are written. */
export function rewriteLayers(
  keycode: string,
  moved: (layer: number) => number | null | undefined,
): Rewritten {
  let lost = false;
  let beyond = false;
  const text = keycode.replace(REFERENCE, (whole, call: string, open: string, number: string) => {
    const target = moved(Number(number));
    if (target === undefined || target === Number(number)) return whole;
    if (target === null) {
      lost = true;
      return whole;
    }
    if (target > TAP_LAYERS && (call === 'LT' || call === 'LM')) beyond = true;
    return `${call}${open}${target}`;
  });
  if (!lost) return { keycode: text, lost, beyond };
  return { keycode: withoutLost(keycode, text, moved), lost, beyond };
}

/** What is left of a keycode that led to a layer that is gone: the tap of an `LT`, or nothing. */
function withoutLost(
  keycode: string,
  rewritten: string,
  moved: (layer: number) => number | null | undefined,
): string {
  const before = parseKeycode(keycode).keycode;
  const after = parseKeycode(rewritten).keycode;
  if (before === null || after === null) return NO_KEY;
  const kept = keptOf(before, after, moved);
  return kept === null ? NO_KEY : printKeycode(kept);
}

/** `after` has the same shape as `before`, with the numbers of layers that are still there. */
function keptOf(
  before: Keycode,
  after: Keycode,
  moved: (layer: number) => number | null | undefined,
): Keycode | null {
  switch (before.kind) {
    case 'layer':
    case 'layer-mods':
      return moved(before.layer) === null ? null : after;
    case 'layer-tap': {
      if (after.kind !== 'layer-tap') return null;
      const tap = keptOf(before.tap, after.tap, moved);
      if (moved(before.layer) === null) return tap;
      return tap === null ? null : { ...after, tap };
    }
    case 'mod-tap': {
      const tap = after.kind === 'mod-tap' ? keptOf(before.tap, after.tap, moved) : null;
      return tap === null || after.kind !== 'mod-tap' ? null : { ...after, tap };
    }
    case 'call':
    case 'any': {
      if (after.kind !== before.kind || !('keycode' in after)) return null;
      const inner = keptOf(before.keycode, after.keycode, moved);
      return inner === null ? null : { ...after, keycode: inner };
    }
    default:
      return after;
  }
}

/**
 * The key that shows through a transparent one: that of the nearest layer below with something there. A guess, as
 * every drawing of it is: which layers are active is known to the keyboard alone.
 */
export function fallsThroughTo(
  layers: readonly (readonly string[])[],
  layer: number,
  index: number,
): { readonly layer: number; readonly keycode: string } | null {
  for (let below = layer - 1; below >= 0; below -= 1) {
    const keycode = layers[below]?.[index];
    if (keycode !== undefined && !isTransparent(keycode)) return { layer: below, keycode };
  }
  return null;
}
