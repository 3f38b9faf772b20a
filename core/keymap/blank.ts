/** A keymap that shows whether a keyboard builds at all, for keyboards and layouts without one of their own. */

/** What the layout of a keyboard's description says of it; only the number of keys counts. */
export interface BlankLayouts {
  readonly layouts: Readonly<Record<string, { readonly layout: readonly unknown[] }>>;
}

export interface BlankKeymap {
  readonly keyboard: string;
  readonly keymap: string;
  readonly layout: string;
  readonly layers: readonly (readonly string[])[];
}

/**
 * The layout that QMK Configurator shows first: `LAYOUT`, else `LAYOUT_all`, else the first that is no `_kc` one.
 * @returns null for a keyboard without layouts.
 */
export function usualLayout({ layouts }: BlankLayouts): string | null {
  const names = Object.keys(layouts);
  return (
    ['LAYOUT', 'LAYOUT_all', 'KEYMAP'].find((name) => Object.hasOwn(layouts, name)) ??
    names.find((name) => !name.endsWith('_kc')) ??
    names[0] ??
    null
  );
}

/** As the hosted service's test builds make it: an empty first layer, a transparent second one. */
export function blankKeymap(keyboard: string, layout: string, info: BlankLayouts): BlankKeymap {
  const keys = info.layouts[layout]?.layout.length ?? 0;
  const layer = (keycode: string) => Array.from({ length: keys }, () => keycode);
  return {
    keyboard,
    keymap: 'kiln_test',
    layout,
    layers: [layer('KC_NO'), layer('KC_TRNS')],
  };
}
