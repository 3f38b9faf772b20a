/**
 * The keycodes of the starter firmware by name and by number, from its keycodes.json, and the calls that
 * make further ones. Numbers are those that QMK publishes.
 */

/** The shape of `resources/starter/keycodes.json`, which is that of QMK's published constants. */
export interface KeycodeTable {
  readonly version: string;
  /** `0x0100/0x1EFF` (first keycode / size - 1) → its name. */
  readonly ranges: Readonly<Record<string, { readonly define: string }>>;
  /** `0x0004` → the keycode. */
  readonly keycodes: Readonly<Record<string, KeycodeEntry>>;
}

export interface KeycodeEntry {
  readonly group: string;
  readonly key: string;
  readonly label: string;
  readonly aliases?: readonly string[];
}

const CONTROL = 1;
const SHIFT = 2;
const ALT = 4;
const GUI = 8;
const RIGHT = 16;

/** Five bits: control, shift, alt, GUI, and the right hand for all of them. */
const HANDED_MODIFIERS: Readonly<Record<string, number>> = {
  CTL: CONTROL,
  SFT: SHIFT,
  ALT: ALT,
  OPT: ALT,
  GUI: GUI,
  CMD: GUI,
  WIN: GUI,
  CS: CONTROL | SHIFT,
  CA: CONTROL | ALT,
  CG: CONTROL | GUI,
  SA: SHIFT | ALT,
  SG: SHIFT | GUI,
  AG: ALT | GUI,
  CSG: CONTROL | SHIFT | GUI,
  CAG: CONTROL | ALT | GUI,
  SAG: SHIFT | ALT | GUI,
};

const eachHand = (prefix: string): [string, number][] =>
  Object.entries(HANDED_MODIFIERS).flatMap(([name, bits]): [string, number][] => [
    [`${prefix}L${name}`, bits],
    [`${prefix}R${name}`, bits | RIGHT],
  ]);

/** Calls that hold modifiers while a key is down: `LSFT(KC_1)`. */
export const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...eachHand(''),
  ['C', CONTROL],
  ['S', SHIFT],
  ['A', ALT],
  ['G', GUI],
  ['ALGR', ALT | RIGHT],
  ['SAGR', SHIFT | ALT | RIGHT],
  ['SGUI', SHIFT | GUI],
  ['SCMD', SHIFT | GUI],
  ['SWIN', SHIFT | GUI],
  ['MEH', CONTROL | SHIFT | ALT],
  ['HYPR', CONTROL | SHIFT | ALT | GUI],
]);

/** Calls that make a mod-tap: `LCTL_T(KC_A)`. */
export const MOD_TAPS: ReadonlyMap<string, number> = new Map([
  ...[...WRAPPERS]
    .filter(([name]) => name.length > 1)
    .map(([name, bits]): [string, number] => [`${name}_T`, bits]),
  ['CTL_T', CONTROL],
  ['SFT_T', SHIFT],
  ['ALT_T', ALT],
  ['OPT_T', ALT],
  ['GUI_T', GUI],
  ['CMD_T', GUI],
  ['WIN_T', GUI],
  ['C_S_T', CONTROL | SHIFT],
  ['ALL_T', CONTROL | SHIFT | ALT | GUI],
]);

/** The names for the first argument of `MT` and the second of `LM`. */
export const MODIFIER_NAMES: ReadonlyMap<string, number> = new Map([
  ...eachHand('MOD_').filter(([name]) => /^MOD_[LR](?:CTL|SFT|ALT|GUI)$/.test(name)),
  ['MOD_MEH', CONTROL | SHIFT | ALT],
  ['MOD_HYPR', CONTROL | SHIFT | ALT | GUI],
]);

/** Calls with a layer as their argument, and the first keycode of their range. */
export const LAYER_CALLS: ReadonlyMap<string, number> = new Map([
  ['TO', 0x5200],
  ['MO', 0x5220],
  ['DF', 0x5240],
  ['TG', 0x5260],
]);

export const FIRST_MOD_TAP = 0x2000;
export const FIRST_LAYER_TAP = 0x4000;
export const FIRST_LAYER_MODS = 0x5000;
const LAST_WRAPPED = 0x1fff;
const LAST_DUAL_ROLE = 0x4fff;
const LAST_LAYER_CALL = 0x527f;

/** Whether a keycode is one key of the report, without modifiers or a second role. */
export function isBasic(value: number): boolean {
  return value <= 0xff;
}

/** Whether a keycode may stand in a wrapper such as `LSFT`: a basic one, perhaps wrapped already. */
export function isWrappable(value: number): boolean {
  return value <= LAST_WRAPPED;
}

export interface KeycodeNames {
  readonly table: KeycodeTable;
  /** Name or alias → keycode. */
  readonly values: ReadonlyMap<string, number>;
  /** Whether the firmware does something with this number. */
  readonly has: (value: number) => boolean;
}

/** Names and aliases of one entry, the full name first. */
export function namesOf(entry: KeycodeEntry): string[] {
  return [entry.key, ...(entry.aliases ?? [])];
}

export function readKeycodeTable(table: KeycodeTable): KeycodeNames {
  const values = new Map<string, number>();
  for (const [number, entry] of Object.entries(table.keycodes)) {
    for (const name of namesOf(entry)) values.set(name, Number(number));
  }
  const known = new Set(values.values());
  const has = (value: number): boolean => {
    if (value <= LAST_DUAL_ROLE) return known.has(value & 0xff);
    return value <= LAST_LAYER_CALL || known.has(value);
  };
  return { table, values, has };
}
