/** `keycodes`: names that a keymap declares for its own use; QMK makes an enum and `#define`s of them. */
import { CALLS, holdsTemplateMarker } from './keycode-names.ts';
import { inside, type Place, quoteForMessage, refuse } from './refusal.ts';
import { isObject, type JsonValue } from './strict-json.ts';

const MAX_KEYCODES = 32;
const MAX_ALIASES = 8;
/** As in QMK's schema; a label is shown by editors and never built. */
const MAX_LABEL = 250;

const KEY = /^[A-Z][A-Z0-9_]{1,49}$/;
const ALIAS = /^[A-Z][A-Z0-9_]{1,6}$/;
/** Families of names that the firmware's own sources use. */
const RESERVED = /^(?:KC_|QK_|MOD_|LAYOUT|X_|SS_|MATRIX_|ENCODER_)/;

export interface DeclaredKeycode {
  readonly key: string;
  readonly aliases: readonly string[];
}

/**
 * @returns the names; whether the tree has one of them already is not checked here
 * @throws KilnError `keymap.refused`
 */
export function admitDeclaredKeycodes(value: JsonValue): DeclaredKeycode[] {
  const place: Place = { member: 'keycodes', index: [] };
  if (!Array.isArray(value)) {
    refuse(place, 'declared-keycode.shape', 'keycodes has to be a list of objects.');
  }
  if (value.length > MAX_KEYCODES) {
    const sentence = `The keymap declares ${value.length} keycodes; at most ${MAX_KEYCODES} are accepted.`;
    refuse(place, 'declared-keycode.shape', sentence);
  }
  const taken = new Set<string>();
  return value.map((entry: JsonValue, index) => admitEntry(entry, inside(place, index), taken));
}

/** Names that a keymap declares, aliases too, each with its place. */
export function namesOf(declared: readonly DeclaredKeycode[]): { name: string; place: Place }[] {
  return declared.flatMap(({ key, aliases }, index) => {
    const place: Place = { member: 'keycodes', index: [index] };
    return [
      { name: key, place: inside(place, 'key') },
      ...aliases.map((name, at) => ({ name, place: inside(inside(place, 'aliases'), at) })),
    ];
  });
}

function admitEntry(value: JsonValue, place: Place, taken: Set<string>): DeclaredKeycode {
  const where = `Entry ${place.index.join()} of keycodes`;
  if (!isObject(value)) {
    refuse(place, 'declared-keycode.shape', `${where} has to be an object with a key.`);
  }
  const known = ['key', 'label', 'aliases'];
  const foreign = Object.keys(value).find((name) => !known.includes(name));
  if (foreign !== undefined) {
    const sentence = `${where} has the member ${quoteForMessage(foreign)}; it takes key, label and aliases.`;
    refuse(place, 'declared-keycode.shape', sentence);
  }
  const { label, aliases = [] } = value;
  if (label !== undefined && (typeof label !== 'string' || label.length > MAX_LABEL)) {
    const sentence = `The label of ${where.toLowerCase()} has to be a text of at most ${MAX_LABEL} characters.`;
    refuse(inside(place, 'label'), 'declared-keycode.shape', sentence);
  }
  const key = admitName(value.key, KEY, 50, inside(place, 'key'), taken);
  const listPlace = inside(place, 'aliases');
  if (!Array.isArray(aliases) || aliases.length > MAX_ALIASES) {
    const sentence = `The aliases of ${where.toLowerCase()} have to be a list of at most ${MAX_ALIASES} names.`;
    refuse(listPlace, 'declared-keycode.shape', sentence);
  }
  return {
    key,
    aliases: aliases.map((alias: JsonValue, index) =>
      admitName(alias, ALIAS, 7, inside(listPlace, index), taken),
    ),
  };
}

function admitName(
  value: JsonValue | undefined,
  pattern: RegExp,
  most: number,
  place: Place,
  taken: Set<string>,
): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    const shown = typeof value === 'string' ? ` ${quoteForMessage(value)}` : '';
    const sentence = `The declared keycode${shown} needs 2 to ${most} capital letters, digits and _, and starts with a letter.`;
    refuse(place, 'declared-keycode.name', sentence);
  }
  if (RESERVED.test(value) || CALLS.has(value) || holdsTemplateMarker(value)) {
    const sentence = `The declared keycode ${quoteForMessage(value)} has a name that the firmware keeps for itself; choose another, such as MY_${value.slice(0, 3)}.`;
    refuse(place, 'declared-keycode.reserved', sentence);
  }
  if (taken.has(value)) {
    const sentence = `The declared keycode ${quoteForMessage(value)} is there twice; rename one.`;
    refuse(place, 'declared-keycode.twice', sentence);
  }
  taken.add(value);
  return value;
}
