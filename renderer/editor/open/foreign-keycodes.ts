/** Keycodes as VIA, Vial and QMK of earlier years write them, in the words of the tree at hand. */
import { checkKeycode } from '../../../core/keymap/keycode.ts';
import { NO_KEY } from '../keymap/document.ts';
import type { KeycodeCatalogue } from '../keymap/keycode-catalogue.ts';
import type { LossCounter } from './losses.ts';

/** Former names, from QMK's own change log; a name is only taken for another where the tree has the other alone. */
const FORMER = new Map<string, string>(
  Object.entries({
    KC_LCTRL: 'KC_LCTL',
    KC_RCTRL: 'KC_RCTL',
    KC_LSHIFT: 'KC_LSFT',
    KC_RSHIFT: 'KC_RSFT',
    KC_BSPACE: 'KC_BSPC',
    KC_LBRACKET: 'KC_LBRC',
    KC_RBRACKET: 'KC_RBRC',
    KC_BSLASH: 'KC_BSLS',
    KC_SCOLON: 'KC_SCLN',
    KC_CAPSLOCK: 'KC_CAPS',
    KC_CLCK: 'KC_CAPS',
    KC_PSCREEN: 'KC_PSCR',
    KC_SCROLLLOCK: 'KC_SCRL',
    KC_SLCK: 'KC_SCRL',
    KC_NUMLOCK: 'KC_NUM',
    KC_NLCK: 'KC_NUM',
    KC_PGDOWN: 'KC_PGDN',
    KC_RO: 'KC_INT1',
    KC_KANA: 'KC_INT2',
    KC_JYEN: 'KC_INT3',
    KC_HENK: 'KC_INT4',
    KC_MHEN: 'KC_INT5',
    KC_HAEN: 'KC_LNG1',
    KC_HANJ: 'KC_LNG2',
    KC_ZKHK: 'KC_GRV',
    KC_GESC: 'QK_GESC',
    KC_LSPO: 'SC_LSPO',
    KC_RSPC: 'SC_RSPC',
    KC_LCPO: 'SC_LCPO',
    KC_RCPC: 'SC_RCPC',
    KC_LAPO: 'SC_LAPO',
    KC_RAPC: 'SC_RAPC',
    KC_SFTENT: 'SC_SENT',
    KC_LEAD: 'QK_LEAD',
    KC_LOCK: 'QK_LOCK',
    KC_ASTG: 'AS_TOGG',
    RESET: 'QK_BOOT',
    DEBUG: 'DB_TOGG',
    EEP_RST: 'EE_CLR',
    EEPROM_RESET: 'EE_CLR',
    MAGIC_TOGGLE_NKRO: 'NK_TOGG',
    FN_MO13: 'TL_LOWR',
    FN_MO23: 'TL_UPPR',
    KC_MS_U: 'MS_UP',
    KC_MS_UP: 'MS_UP',
    KC_MS_D: 'MS_DOWN',
    KC_MS_DOWN: 'MS_DOWN',
    KC_MS_L: 'MS_LEFT',
    KC_MS_LEFT: 'MS_LEFT',
    KC_MS_R: 'MS_RGHT',
    KC_MS_RIGHT: 'MS_RGHT',
    KC_WH_U: 'MS_WHLU',
    KC_MS_WH_UP: 'MS_WHLU',
    KC_WH_D: 'MS_WHLD',
    KC_MS_WH_DOWN: 'MS_WHLD',
    KC_WH_L: 'MS_WHLL',
    KC_MS_WH_LEFT: 'MS_WHLL',
    KC_WH_R: 'MS_WHLR',
    KC_MS_WH_RIGHT: 'MS_WHLR',
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [
        [`KC_BTN${n}`, `MS_BTN${n}`],
        [`KC_MS_BTN${n}`, `MS_BTN${n}`],
      ]),
    ),
    ...Object.fromEntries(
      [0, 1, 2].flatMap((n) => [
        [`KC_ACL${n}`, `MS_ACL${n}`],
        [`KC_MS_ACCEL${n}`, `MS_ACL${n}`],
      ]),
    ),
    RGB_TOG: 'UG_TOGG',
    RGB_MOD: 'UG_NEXT',
    RGB_MODE_FORWARD: 'UG_NEXT',
    RGB_RMOD: 'UG_PREV',
    RGB_MODE_REVERSE: 'UG_PREV',
    RGB_HUI: 'UG_HUEU',
    RGB_HUD: 'UG_HUED',
    RGB_SAI: 'UG_SATU',
    RGB_SAD: 'UG_SATD',
    RGB_VAI: 'UG_VALU',
    RGB_VAD: 'UG_VALD',
    RGB_SPI: 'UG_SPDU',
    RGB_SPD: 'UG_SPDD',
    BL_INC: 'BL_UP',
    BL_DEC: 'BL_DOWN',
    AU_TOG: 'AU_TOGG',
    MU_TOG: 'MU_TOGG',
    MU_MOD: 'MU_NEXT',
    DYN_REC_START1: 'DM_REC1',
    DYN_REC_START2: 'DM_REC2',
    DYN_REC_STOP: 'DM_RSTP',
    DYN_MACRO_PLAY1: 'DM_PLY1',
    DYN_MACRO_PLAY2: 'DM_PLY2',
    OUT_AUTO: 'OU_AUTO',
    OUT_USB: 'OU_USB',
    OUT_BT: 'OU_BT',
    SH_TG: 'SH_TOGG',
    SH_T: 'SH_TOGG',
    CMB_TOG: 'CM_TOGG',
    VLK_TOG: 'VK_TOGG',
  }),
);

/** Shapes of other tools, with QMK's. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^(?:MACRO|M)\(?0*(\d+)\)?$/, 'QK_MACRO_$1'],
  [/^USER\(?0*(\d+)\)?$/, 'QK_USER_$1'],
  [/^CUSTOM\(0*(\d+)\)$/, 'QK_KB_$1'],
  [/^KB\(?0*(\d+)\)?$/, 'QK_KB_$1'],
  [/^SPC_FN0*(\d+)$/, 'LT($1,KC_SPC)'],
];

/** A keycode of another tool, as a keymap writes it; whether the tree knows its names is not looked at. */
export function translateKeycode(
  text: string,
  { byName }: Pick<KeycodeCatalogue, 'byName'>,
): string {
  let keycode = text.trim();
  for (const [shape, ours] of SHAPES) keycode = keycode.replace(shape, ours);
  // Vial puts the layer into the name: LT1(KC_A), LM2(MOD_LSFT).
  keycode = keycode.replace(/\b(LT|LM)(\d{1,2})\(/g, '$1($2,');
  return keycode.replace(/[A-Z][A-Z0-9_]*/g, (name) => {
    const now = FORMER.get(name);
    if (now === undefined || byName.has(name)) return name;
    return byName.size === 0 || byName.has(now) ? now : name;
  });
}

/** @returns a keycode that the grammar accepts: `KC_NO`, and a loss, where there is no way to say it */
export function carryKeycode(
  value: unknown,
  catalogue: KeycodeCatalogue,
  losses: LossCounter,
): string {
  // Vial writes -1 where the matrix has no switch.
  if (value === -1 || value === '' || value === null || value === undefined) return NO_KEY;
  // An object of a damaged file may not even have words for itself.
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const keycode = translateKeycode(text, catalogue);
  // A bare number means what the numbers of that firmware's version meant.
  const isNumber = /^(?:0x[0-9A-Fa-f]+|\d+)$/.test(keycode);
  if (typeof value !== 'string' || isNumber || checkKeycode(keycode) !== null) {
    losses.addKeycode(text);
    return NO_KEY;
  }
  return keycode;
}
