/** The text that a build starts from: QMK's `keymap.json`, made of checked members and of nothing else. */
import type { AdmittedKeymap } from './admit.ts';

/**
 * Canonical JSON text: the same for all keymaps that say the same, members always in this order, no spaces.
 * Admitting the text again gives the same keymap.
 */
export function serialiseKeymap(admitted: AdmittedKeymap): string {
  const { keyboard, keymap, layout, layers } = admitted;
  const { encoders, macros, hostLanguage, config, modules, converter, declaredKeycodes } = admitted;
  return JSON.stringify({
    keyboard,
    keymap,
    layout,
    layers,
    encoders: encoders?.map((layer) => layer.map(({ ccw, cw }) => ({ ccw, cw }))),
    macros,
    host_language: hostLanguage,
    config,
    modules,
    converter,
    // QMK's schema wants a list of aliases to have an entry.
    keycodes: declaredKeycodes?.map(({ key, aliases }) =>
      aliases.length === 0 ? { key } : { key, aliases },
    ),
  });
}
