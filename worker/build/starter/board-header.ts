/** board.h: the pins, the size of the matrix, the USB identity and the timings, from keyboard.json. */
import { commentText, hex, MAX_USB_STRING, utf16List } from './c-text.ts';
import type { StarterProblem } from './problem.ts';
import type { StarterSettings } from './settings.ts';

/** The members of a keyboard.json that the starter firmware reads; QMK's names and meanings. */
export interface StarterKeyboard {
  readonly keyboard_name: string;
  readonly manufacturer: string;
  readonly usb: { readonly vid: string; readonly pid: string; readonly device_version: string };
  readonly processor: string;
  readonly bootloader: string;
  readonly diode_direction: string;
  readonly matrix_pins: { readonly rows: readonly string[]; readonly cols: readonly string[] };
  readonly features?: Readonly<Record<string, boolean>>;
  readonly bootmagic?: { readonly matrix?: readonly number[] };
  readonly indicators?: {
    readonly num_lock?: string;
    readonly caps_lock?: string;
    readonly scroll_lock?: string;
    readonly on_state?: number;
  };
  readonly debounce?: number;
  readonly tapping?: Readonly<Record<string, unknown>>;
  readonly layouts: Readonly<Record<string, { readonly layout: readonly StarterKey[] }>>;
  readonly layout_aliases?: Readonly<Record<string, string>>;
}

export interface StarterKey {
  readonly matrix: readonly number[];
}

/** The pins that an ATmega32U4 has; D+, D- and the crystal's are not among them. */
const PINS = new Set(
  'B0 B1 B2 B3 B4 B5 B6 B7 C6 C7 D0 D1 D2 D3 D4 D5 D6 D7 E2 E6 F0 F1 F4 F5 F6 F7'.split(' '),
);
const LAMPS = ['num_lock', 'caps_lock', 'scroll_lock'] as const;

function problem(member: string, message: string): StarterProblem {
  return { member, message: `keyboard.json: ${message}` };
}

function checkChip(keyboard: StarterKeyboard): StarterProblem[] {
  const problems: StarterProblem[] = [];
  const expect = (member: 'processor' | 'bootloader', only: string) => {
    if (keyboard[member] !== only) {
      problems.push(problem(member, `the starter firmware is for the ${member} ${only} only.`));
    }
  };
  expect('processor', 'atmega32u4');
  expect('bootloader', 'caterina');
  if (keyboard.diode_direction !== 'COL2ROW' && keyboard.diode_direction !== 'ROW2COL') {
    problems.push(problem('diode_direction', 'the diode direction is COL2ROW or ROW2COL.'));
  }
  for (const [feature, on] of Object.entries(keyboard.features ?? {})) {
    if (feature !== 'bootmagic' && on !== (feature === 'extrakey')) {
      const state = on ? 'does not have' : 'cannot be without';
      const message = `the starter firmware ${state} the feature ${commentText(feature)}.`;
      problems.push(problem(`features.${feature}`, message));
    }
  }
  return problems;
}

function checkPins(keyboard: StarterKeyboard): StarterProblem[] {
  const problems: StarterProblem[] = [];
  const { rows, cols } = keyboard.matrix_pins;
  const lamps = LAMPS.flatMap((lamp) => keyboard.indicators?.[lamp] ?? []);
  const used = new Set<string>();
  for (const pin of [...rows, ...cols, ...lamps]) {
    const name = commentText(pin);
    if (!PINS.has(pin)) {
      problems.push(problem('matrix_pins', `the ATmega32U4 has no pin ${name}.`));
    } else if (used.has(pin)) {
      problems.push(problem('matrix_pins', `the pin ${name} is used twice.`));
    }
    used.add(pin);
  }
  if (rows.length === 0 || cols.length === 0) {
    problems.push(problem('matrix_pins', 'the matrix has no rows or no columns.'));
  }
  return problems;
}

/** Two bytes in binary-coded decimal: version 1.2.3 is 0x0123 (USB 2.0, table 9-8, bcdDevice). */
function deviceVersion(text: string): number | null {
  const parts = /^(\d{1,2})\.(\d)\.(\d)$/.exec(text);
  return parts === null ? null : Number.parseInt(parts.slice(1).join(''), 16);
}

function usbId(text: string): number | null {
  return /^0x[0-9A-Fa-f]{4}$/.test(text) ? Number(text) : null;
}

function identity(keyboard: StarterKeyboard): { lines: string[]; problems: StarterProblem[] } {
  const problems: StarterProblem[] = [];
  const number = (member: 'vid' | 'pid' | 'device_version', form: string): string => {
    const read = member === 'device_version' ? deviceVersion : usbId;
    const value = read(keyboard.usb[member]);
    if (value === null) problems.push(problem(`usb.${member}`, `usb.${member} is not ${form}.`));
    return hex(value ?? 0);
  };
  const text = (member: 'manufacturer' | 'keyboard_name'): string => {
    const value = keyboard[member];
    if (value.length < 1 || value.length > MAX_USB_STRING) {
      const message = `${member} has to have 1 to ${MAX_USB_STRING} characters.`;
      problems.push(problem(member, message));
    }
    return utf16List(value);
  };
  const lines = [
    `#define USB_VENDOR_ID ${number('vid', 'written like 0x1209')}`,
    `#define USB_PRODUCT_ID ${number('pid', 'written like 0x0001')}`,
    `#define USB_DEVICE_VERSION ${number('device_version', 'written like 1.0.0')}`,
    `#define USB_MANUFACTURER_UTF16 ${text('manufacturer')}`,
    `#define USB_PRODUCT_UTF16 ${text('keyboard_name')}`,
  ];
  return { lines, problems };
}

function bootmagic(keyboard: StarterKeyboard): { lines: string[]; problems: StarterProblem[] } {
  if (keyboard.features?.bootmagic !== true)
    return { lines: ['#define BOOTMAGIC 0'], problems: [] };
  const [row = -1, col = -1] = keyboard.bootmagic?.matrix ?? [0, 0];
  const problems = isInMatrix(keyboard, row, col)
    ? []
    : [problem('bootmagic.matrix', 'the key in bootmagic.matrix is outside of the matrix.')];
  const lines = [
    '#define BOOTMAGIC 1',
    `#define BOOTMAGIC_ROW ${row}`,
    `#define BOOTMAGIC_COL ${col}`,
  ];
  return { lines, problems };
}

/** Whether a row and a column are ones that the keyboard has. */
export function isInMatrix(keyboard: StarterKeyboard, row: number, col: number): boolean {
  const { rows, cols } = keyboard.matrix_pins;
  const fits = (value: number, size: number) =>
    Number.isInteger(value) && value >= 0 && value < size;
  return fits(row, rows.length) && fits(col, cols.length);
}

function lampLines(keyboard: StarterKeyboard): string[] {
  const lines = LAMPS.flatMap((lamp) => {
    const pin = keyboard.indicators?.[lamp];
    return pin === undefined ? [] : [`#define INDICATOR_${lamp.toUpperCase()} PIN_${pin}`];
  });
  const onState = keyboard.indicators?.on_state === 0 ? 0 : 1;
  return lines.length === 0 ? [] : [...lines, `#define INDICATOR_ON_STATE ${onState}`];
}

/**
 * @param name the keyboard's name in the tree, for the comment at the head
 * @returns the header, which is of use only when there are no problems
 */
export function makeBoardHeader(
  name: string,
  keyboard: StarterKeyboard,
  settings: StarterSettings,
): { readonly text: string; readonly problems: StarterProblem[] } {
  const { rows, cols } = keyboard.matrix_pins;
  const pins = (list: readonly string[]) => `{${list.map((pin) => `PIN_${pin}`).join(', ')}}`;
  const usb = identity(keyboard);
  const boot = bootmagic(keyboard);
  const lines = [
    `/* Made from keyboards/${commentText(name)}/keyboard.json. Changes here are lost. */`,
    '#ifndef BOARD_H',
    '#define BOARD_H',
    `#define MATRIX_ROWS ${rows.length}`,
    `#define MATRIX_COLS ${cols.length}`,
    `#define MATRIX_ROW_PINS ${pins(rows)}`,
    `#define MATRIX_COL_PINS ${pins(cols)}`,
    `#define MATRIX_DRIVES_ROWS ${keyboard.diode_direction === 'COL2ROW' ? 1 : 0}`,
    `#define DEBOUNCE_MS ${settings.debounce}`,
    `#define TAPPING_TERM_MS ${settings.tappingTerm}`,
    `#define TAPPING_PERMISSIVE_HOLD ${settings.permissiveHold ? 1 : 0}`,
    `#define TAPPING_HOLD_ON_OTHER_KEY_PRESS ${settings.holdOnOtherKeyPress ? 1 : 0}`,
    ...boot.lines,
    ...lampLines(keyboard),
    ...usb.lines,
    '#endif',
  ];
  const problems = [
    ...checkChip(keyboard),
    ...checkPins(keyboard),
    ...boot.problems,
    ...usb.problems,
  ];
  return { text: `${lines.join('\n')}\n`, problems };
}
