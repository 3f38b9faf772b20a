/** Which keycode a key of the person's own keyboard stands for, by its place and not by what it types. */

const NAMED = new Map(
  Object.entries({
    Minus: 'KC_MINS',
    Equal: 'KC_EQL',
    BracketLeft: 'KC_LBRC',
    BracketRight: 'KC_RBRC',
    Backslash: 'KC_BSLS',
    IntlBackslash: 'KC_NUBS',
    IntlRo: 'KC_INT1',
    IntlYen: 'KC_INT3',
    KanaMode: 'KC_INT2',
    Convert: 'KC_INT4',
    NonConvert: 'KC_INT5',
    Lang1: 'KC_LNG1',
    Lang2: 'KC_LNG2',
    Semicolon: 'KC_SCLN',
    Quote: 'KC_QUOT',
    Backquote: 'KC_GRV',
    Comma: 'KC_COMM',
    Period: 'KC_DOT',
    Slash: 'KC_SLSH',
    Space: 'KC_SPC',
    Enter: 'KC_ENT',
    Tab: 'KC_TAB',
    Escape: 'KC_ESC',
    Backspace: 'KC_BSPC',
    Delete: 'KC_DEL',
    Insert: 'KC_INS',
    Home: 'KC_HOME',
    End: 'KC_END',
    PageUp: 'KC_PGUP',
    PageDown: 'KC_PGDN',
    ArrowLeft: 'KC_LEFT',
    ArrowRight: 'KC_RGHT',
    ArrowUp: 'KC_UP',
    ArrowDown: 'KC_DOWN',
    CapsLock: 'KC_CAPS',
    NumLock: 'KC_NUM',
    ScrollLock: 'KC_SCRL',
    PrintScreen: 'KC_PSCR',
    Pause: 'KC_PAUS',
    ContextMenu: 'KC_APP',
    ControlLeft: 'KC_LCTL',
    ControlRight: 'KC_RCTL',
    ShiftLeft: 'KC_LSFT',
    ShiftRight: 'KC_RSFT',
    AltLeft: 'KC_LALT',
    AltRight: 'KC_RALT',
    MetaLeft: 'KC_LGUI',
    MetaRight: 'KC_RGUI',
    NumpadAdd: 'KC_PPLS',
    NumpadSubtract: 'KC_PMNS',
    NumpadMultiply: 'KC_PAST',
    NumpadDivide: 'KC_PSLS',
    NumpadDecimal: 'KC_PDOT',
    NumpadEnter: 'KC_PENT',
    NumpadEqual: 'KC_PEQL',
    NumpadComma: 'KC_PCMM',
    AudioVolumeMute: 'KC_MUTE',
    AudioVolumeUp: 'KC_VOLU',
    AudioVolumeDown: 'KC_VOLD',
    MediaPlayPause: 'KC_MPLY',
    MediaStop: 'KC_MSTP',
    MediaTrackNext: 'KC_MNXT',
    MediaTrackPrevious: 'KC_MPRV',
  }),
);

/**
 * @param code `KeyboardEvent.code`
 * @returns null for keys that QMK has no plain keycode for
 */
export function keycodeOfKey(code: string): string | null {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return `KC_${letter}`;
  const digit = /^Digit([0-9])$/.exec(code)?.[1];
  if (digit !== undefined) return `KC_${digit}`;
  const pad = /^Numpad([0-9])$/.exec(code)?.[1];
  if (pad !== undefined) return `KC_P${pad}`;
  if (/^F(?:[1-9]|1[0-9]|2[0-4])$/.test(code)) return `KC_${code}`;
  return NAMED.get(code) ?? null;
}

/** Keys that write something, and so can be assigned by just pressing them: the others move about or command. */
export function isWritingKey(code: string): boolean {
  return (
    /^(?:Key[A-Z]|Digit[0-9]|Numpad(?!Enter)\w+)$/.test(code) ||
    /^(?:Minus|Equal|Bracket(?:Left|Right)|Backslash|Intl\w+|Semicolon|Quote|Backquote|Comma|Period|Slash|Space)$/.test(
      code,
    )
  );
}
