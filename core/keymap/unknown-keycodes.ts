/** Finds keycodes that will probably not compile, so that the key can be pointed at. */
import type { TreeFacts } from '../catalogue/contract.ts';
import type { AdmittedKeymap } from './admit.ts';
import { identifiersOf, parseKeycode } from './keycode.ts';

/** A key whose keycode looks like one of the tree's but is none of them. */
export interface UnknownKeycode {
  /** 0-based. */
  readonly layer: number;
  /** 0-based position in the layer. */
  readonly index: number;
  /** The name in question, without the calls around it. */
  readonly keycode: string;
}

/**
 * A guess, to warn with: keyboards and modules define names of their own, and may do so in a family of the
 * tree's (`KC_…`). Names of no family of the tree are never listed.
 *
 * @returns in the order of the keys; empty when the tree publishes no keycodes
 */
export function findUnknownKeycodes(
  admitted: Pick<AdmittedKeymap, 'layers' | 'declaredKeycodes'>,
  facts: Pick<TreeFacts, 'keycodes'>,
): UnknownKeycode[] {
  const families = new Set(Array.from(facts.keycodes, familyOf));
  const declared = new Set(
    (admitted.declaredKeycodes ?? []).flatMap(({ key, aliases }) => [key, ...aliases]),
  );
  const isUnknown = (name: string) => {
    const family = familyOf(name);
    if (family === '' || !families.has(family)) return false;
    return !facts.keycodes.has(name) && !declared.has(name);
  };
  return admitted.layers.flatMap((layer, number) =>
    layer.flatMap((text, index) => {
      const { keycode } = parseKeycode(text);
      return (keycode === null ? [] : identifiersOf(keycode))
        .filter(isUnknown)
        .map((name) => ({ layer: number, index, keycode: name }));
    }),
  );
}

/** `KC_` of `KC_A`; empty for a name without, and for `_______`. */
function familyOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1).replace(/^_$/, '');
}
