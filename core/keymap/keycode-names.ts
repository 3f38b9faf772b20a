/**
 * The calls and modifiers that a keycode may use, from `quantum/quantum_keycodes.h` and
 * `quantum/modifiers.h` of QMK. Nothing outside of these lists can be called.
 */

/** One argument: a layer from 0 to 31. */
export const LAYER_CALLS = ['MO', 'DF', 'PDF', 'TG', 'TO', 'TT', 'OSL'] as const;
export type LayerCall = (typeof LAYER_CALLS)[number];

/** One argument: a number whose meaning the keymap defines. */
export const NUMBER_CALLS = ['TD', 'UM', 'UC', 'SQ_S', 'SQ_R', 'SQ_T'] as const;
export type NumberCall = (typeof NUMBER_CALLS)[number];

const sides = (names: readonly string[]): string[] =>
  ['L', 'R'].flatMap((side) => names.map((name) => side + name));

/** One argument, a keycode: modifiers held with it. Those of two or more letters exist as `…_T` too. */
const WRAPPERS: readonly string[] = [
  ...['C', 'S', 'A', 'G'],
  ...sides(['CTL', 'SFT', 'ALT', 'GUI', 'OPT', 'CMD', 'WIN']),
  ...sides(['CS', 'CA', 'CG', 'SA', 'SG', 'AG', 'CSG', 'CAG', 'SAG']),
  ...['ALGR', 'SAGR', 'SGUI', 'SCMD', 'SWIN', 'HYPR', 'MEH'],
];

const TAPS: readonly string[] = [
  ...['CTL_T', 'SFT_T', 'ALT_T', 'GUI_T', 'OPT_T', 'CMD_T', 'WIN_T', 'C_S_T', 'SH_T', 'ALL_T'],
  ...WRAPPERS.filter((name) => name.length > 1).map((name) => `${name}_T`),
];

/** Calls with one keycode as their argument. */
export const KEYCODE_CALLS: ReadonlySet<string> = new Set([...WRAPPERS, ...TAPS]);

/** Names that are calls, whatever their arguments. */
export const CALLS: ReadonlySet<string> = new Set([
  ...['ANY', 'LT', 'LM', 'OSM', 'MT', 'UP'],
  ...LAYER_CALLS,
  ...NUMBER_CALLS,
  ...KEYCODE_CALLS,
]);

/** Names of modifiers, to be joined with `|`. */
export const MODIFIERS: ReadonlySet<string> = new Set([
  ...sides(['CTL', 'SFT', 'ALT', 'GUI']).flatMap((name) => [`MOD_${name}`, `KC_${name}`]),
  ...['MOD_MEH', 'MOD_HYPR'],
]);

/**
 * Whether a name contains what QMK's generator of `keymap.c` looks for to put the next part of the file
 * there. It replaces anywhere in the text, inside of longer names too, and each replacement may bring in
 * further markers: a small request could ask for gigabytes.
 */
export function holdsTemplateMarker(text: string): boolean {
  return text.includes('__INCLUDES__') || text.includes('GOES_HERE__');
}
