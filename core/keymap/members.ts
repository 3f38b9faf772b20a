/** The members of a keymap that are names or plain text: who it is for, and what is written about it. */
import { type Place, quoteForMessage, type RuleId, refuse } from './refusal.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

const MAX_MODULES = 16;

const root = (member: string): Place => ({ member, index: [] });

/** A text that a pattern matches from end to end. */
interface NameRule {
  readonly member: string;
  readonly rule: RuleId;
  readonly pattern: RegExp;
  readonly most: number;
  /** What the name has to be like; ends the sentence. */
  readonly form: string;
}

const KEYBOARD: NameRule = {
  member: 'keyboard',
  rule: 'keyboard.name',
  pattern: /^[a-z0-9][a-z0-9_]*(?:\/[a-z0-9_]+){0,5}$/,
  most: 128,
  form: 'write it as the firmware tree does, such as planck/rev6',
};
const KEYMAP: NameRule = {
  member: 'keymap',
  rule: 'keymap.name',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/,
  most: 128,
  form: 'use 1 to 128 letters, digits, _ and -',
};
const LAYOUT: NameRule = {
  member: 'layout',
  rule: 'layout.name',
  pattern: /^LAYOUT(?:_[A-Za-z0-9_]{1,63})?$/,
  most: 70,
  form: 'layouts are called LAYOUT or LAYOUT_…, such as LAYOUT_60_ansi',
};
const HOST_LANGUAGE: NameRule = {
  member: 'host_language',
  rule: 'host-language.name',
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  most: 64,
  form: 'languages are called like german or canadian_french',
};
const CONVERTER: NameRule = {
  member: 'converter',
  rule: 'converter.name',
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  most: 64,
  form: 'converters are called like elite_pi',
};
const BRANCH: NameRule = {
  member: 'branch',
  rule: 'branch.name',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
  most: 64,
  form: 'leave it out, or name a firmware tree of this service',
};
const MODULE: Omit<NameRule, 'member'> = {
  rule: 'modules.name',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_-]*){0,5}$/,
  most: 128,
  form: 'modules are called like qmk/hello_world',
};

function admitName(
  value: JsonValue | undefined,
  rule: Omit<NameRule, 'member'>,
  place: Place,
): string {
  if (typeof value !== 'string') refuse(place, rule.rule, `${place.member} has to be a text.`);
  if (value.length > rule.most || !rule.pattern.test(value)) {
    const sentence = `The ${place.member} ${quoteForMessage(value)} is not a name that can be built: ${rule.form}.`;
    refuse(place, rule.rule, sentence);
  }
  return value;
}

// Windows takes these for devices, with any extension and in any case.
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

export function admitKeyboardName(value: JsonValue | undefined): string {
  return admitName(value, KEYBOARD, root('keyboard'));
}

/** A keymap's name becomes part of file names on every system. */
export function admitKeymapName(value: JsonValue | undefined): string {
  const name = admitName(value, KEYMAP, root('keymap'));
  if (WINDOWS_DEVICE.test(name)) {
    const sentence = `The keymap name ${quoteForMessage(name)} is a device on Windows; choose another.`;
    refuse(root('keymap'), 'keymap.name', sentence);
  }
  return name;
}

export function admitLayoutName(value: JsonValue | undefined): string {
  return admitName(value, LAYOUT, root('layout'));
}

export function admitHostLanguage(value: JsonValue): string {
  return admitName(value, HOST_LANGUAGE, root('host_language'));
}

export function admitConverter(value: JsonValue): string {
  return admitName(value, CONVERTER, root('converter'));
}

/** @returns null for none; upstream takes the empty text for none too */
export function admitBranch(value: JsonValue | undefined): string | null {
  if (value === undefined || value === '') return null;
  return admitName(value, BRANCH, root('branch'));
}

export type Hand = 'left' | 'right';

/** `hand`: Kiln's own; the QMK API does not look at it. */
export function admitHand(value: JsonValue): Hand {
  if (value === 'left' || value === 'right') return value;
  return refuse(root('hand'), 'hand.name', 'hand has to be left or right.');
}

/** `modules`: folders of the tree's `modules/`, each once. */
export function admitModules(value: JsonValue): string[] {
  if (!Array.isArray(value)) {
    refuse(root('modules'), 'modules.shape', 'modules has to be a list of names.');
  }
  if (value.length > MAX_MODULES) {
    const sentence = `The keymap names ${value.length} modules; at most ${MAX_MODULES} are accepted.`;
    refuse(root('modules'), 'modules.shape', sentence);
  }
  const names = value.map((name: JsonValue, index) =>
    admitName(name, MODULE, { member: 'modules', index: [index] }),
  );
  return [...new Set(names)];
}

/** Characters of the members that are only about the keymap. */
const TEXT_LIMITS: ReadonlyMap<string, number> = new Map([
  ['author', 256],
  ['commit', 64],
  ['notes', 65_536],
  ['documentation', 65_536],
]);

/** Members that no build reads: checked, so that what is kept beside a job stays small, and left out. */
export function checkDescriptions(members: JsonObject): void {
  for (const [name, most] of TEXT_LIMITS) {
    const value = members[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value.length > most) {
      const sentence = `${name} has to be a text of at most ${most} characters.`;
      refuse(root(name), 'text.length', sentence);
    }
  }
  const { version } = members;
  const isText = typeof version === 'string' && version.length <= 16;
  const isInteger = typeof version === 'number' && Number.isInteger(version);
  if (version !== undefined && !isText && !isInteger) {
    const sentence = 'version has to be a whole number or a text of at most 16 characters.';
    refuse(root('version'), 'version.shape', sentence);
  }
}
