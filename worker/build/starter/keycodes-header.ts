/** keycodes.h: every name of keycodes.json, the ranges, and the calls, as macros. */
import { hex } from './c-text.ts';
import {
  FIRST_LAYER_MODS,
  FIRST_LAYER_TAP,
  FIRST_MOD_TAP,
  type KeycodeTable,
  LAYER_CALLS,
  MOD_TAPS,
  MODIFIER_NAMES,
  namesOf,
  WRAPPERS,
} from './keycode-names.ts';

function rangeLines(table: KeycodeTable): string[] {
  return Object.entries(table.ranges).flatMap(([range, { define }]) => {
    const [first = 0, extent = 0] = range.split('/').map(Number);
    return [`#define ${define} ${hex(first)}`, `#define ${define}_MAX ${hex(first + extent)}`];
  });
}

function nameLines(table: KeycodeTable): string[] {
  return Object.entries(table.keycodes).flatMap(([number, entry]) =>
    namesOf(entry).map((name) => `#define ${name} ${number}`),
  );
}

/** The same for every keyboard and keymap. */
export function makeKeycodesHeader(table: KeycodeTable): string {
  const lines = [
    '/* Made from keycodes.json. Changes here are lost. */',
    '#ifndef KEYCODES_H',
    '#define KEYCODES_H',
    ...rangeLines(table),
    ...nameLines(table),
    ...[...MODIFIER_NAMES].map(([name, bits]) => `#define ${name} ${hex(bits)}`),
    ...[...LAYER_CALLS].map(([name, first]) => `#define ${name}(layer) (${hex(first)} | (layer))`),
    `#define LT(layer, keycode) (${hex(FIRST_LAYER_TAP)} | ((layer) << 8) | (keycode))`,
    `#define LM(layer, mods) (${hex(FIRST_LAYER_MODS)} | ((layer) << 5) | (mods))`,
    `#define MT(mods, keycode) (${hex(FIRST_MOD_TAP)} | ((mods) << 8) | (keycode))`,
    ...[...WRAPPERS].map(
      ([name, bits]) => `#define ${name}(keycode) (${hex(bits << 8)} | (keycode))`,
    ),
    ...[...MOD_TAPS].map(([name, bits]) => `#define ${name}(keycode) MT(${hex(bits)}, keycode)`),
    '#endif',
  ];
  return `${lines.join('\n')}\n`;
}
