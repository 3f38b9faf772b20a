/** The key tester's book-keeping: which keys of a drawing a key event is about, and which were seen. Pure. */
import { keycodeOfKey } from '../editor/keymap/typed-keys.ts';

export interface Tested {
  /** `KeyboardEvent.code`s that were seen, in the order of their first coming. */
  readonly seen: readonly string[];
  readonly down: ReadonlySet<string>;
  readonly last: string | null;
}

export const NOTHING_TESTED: Tested = { seen: [], down: new Set(), last: null };

export function pressed(tested: Tested, code: string): Tested {
  const { seen, down } = tested;
  return {
    seen: seen.includes(code) ? seen : [...seen, code],
    down: new Set([...down, code]),
    last: code,
  };
}

export function released({ down, ...tested }: Tested, code: string): Tested {
  return { ...tested, down: new Set([...down].filter((one) => one !== code)) };
}

/** What a keycode may send: `KC_A` of `LT(1, KC_A)` too. */
function namesIn(keycode: string): readonly string[] {
  return keycode.match(/\bKC_\w+/g) ?? [];
}

/**
 * Positions of the keys that send what `code` is: on the base layer, or where that has none, on any.
 * @param canonical one name for each keycode, whatever it is called
 */
export function keysOf(
  code: string,
  layers: readonly (readonly string[])[],
  canonical: (name: string) => string,
): readonly number[] {
  const keycode = keycodeOfKey(code);
  if (keycode === null) return [];
  const wanted = canonical(keycode);
  for (const layer of layers) {
    const found = layer.flatMap((key, index) =>
      namesIn(key).some((name) => canonical(name) === wanted) ? [index] : [],
    );
    if (found.length > 0) return found;
  }
  return [];
}
