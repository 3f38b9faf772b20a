/**
 * Makes the generated half of the starter firmware's sources from a keyboard.json and a keymap.
 *
 * It takes fully what it takes, and refuses the rest by name: an image that lacks something the keymap asks
 * for would look like a success.
 */
import { makeBoardHeader, type StarterKeyboard } from './board-header.ts';
import { MAX_USB_STRING, utf16List } from './c-text.ts';
import { type KeycodeTable, readKeycodeTable } from './keycode-names.ts';
import { makeKeycodesHeader } from './keycodes-header.ts';
import { checkLayers, findLayout, makeKeymapSource } from './keymap-source.ts';
import type { StarterProblem } from './problem.ts';
import { readSettings } from './settings.ts';

/** A keymap JSON that passed admission. Members not named here are ignored, as QMK does. */
export interface StarterKeymap {
  readonly keyboard: string;
  readonly keymap: string;
  /** A layout of the keyboard, or an alias of one. */
  readonly layout: string;
  readonly layers: readonly (readonly string[])[];
  readonly config?: unknown;
  readonly encoders?: unknown;
  readonly encoder_map?: unknown;
  readonly dip_switch_map?: unknown;
  readonly macros?: unknown;
  readonly host_language?: unknown;
  readonly converter?: unknown;
  readonly modules?: unknown;
  readonly keycodes?: unknown;
}

export interface StarterInput {
  /** The keyboard.json of `resources/starter/keyboards`, parsed. */
  readonly keyboard: StarterKeyboard;
  readonly keymap: StarterKeymap;
  /** `resources/starter/keycodes.json`, parsed. */
  readonly keycodes: KeycodeTable;
  /** What the keyboard answers when asked for its version; 1 to 126 characters. */
  readonly version: string;
}

export const STARTER_FILES = ['board.h', 'keycodes.h', 'keymap.c', 'version.h'] as const;
export type StarterFile = (typeof STARTER_FILES)[number];

export type StarterResult =
  | { readonly ok: true; readonly files: Readonly<Record<StarterFile, string>> }
  | { readonly ok: false; readonly errors: readonly StarterProblem[] };

const UNSUPPORTED: readonly (readonly [keyof StarterKeymap, string])[] = [
  ['encoders', 'rotary encoders'],
  ['encoder_map', 'rotary encoders'],
  ['dip_switch_map', 'DIP switches'],
  ['macros', 'macros'],
  ['host_language', 'host languages'],
  ['converter', 'converters'],
  ['modules', 'modules'],
  ['keycodes', 'keycodes of a keymap’s own'],
];

/** Absent, or present without content: `[]`, `{}`, `""` and null ask for nothing. */
function asksForNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function refuseUnsupported(keymap: StarterKeymap): StarterProblem[] {
  return UNSUPPORTED.flatMap(([member, feature]) => {
    if (asksForNothing(keymap[member])) return [];
    const message = `The keymap’s \`${member}\` needs ${feature}, which the starter firmware does not have.`;
    return [{ member, message }];
  });
}

function makeVersionHeader(version: string): { text: string; problems: StarterProblem[] } {
  const fits = version.length >= 1 && version.length <= MAX_USB_STRING;
  const message = `The version has to have 1 to ${MAX_USB_STRING} characters.`;
  const lines = [
    '#ifndef VERSION_H',
    '#define VERSION_H',
    `#define FIRMWARE_VERSION_UTF16 ${utf16List(version)}`,
    '#endif',
  ];
  return { text: `${lines.join('\n')}\n`, problems: fits ? [] : [{ member: 'version', message }] };
}

/**
 * @returns the files for `BUILD/src`, the same for the same input; or everything that stands in the way,
 *   layers first
 */
export function generateStarter(input: StarterInput): StarterResult {
  const { keyboard, keymap } = input;
  const names = readKeycodeTable(input.keycodes);
  const layout = findLayout(keyboard, keymap.layout);
  // Without a layout the number of keys is unknown, and every layer would seem to be wrong.
  const layers =
    layout.keys.length === 0
      ? { texts: [], problems: [] }
      : checkLayers(keymap.layers, layout.keys.length, names);
  const { settings, problems } = readSettings([
    { name: 'keyboard.json', members: settingsOf(keyboard) },
    { name: 'config', members: keymap.config },
  ]);
  const board = makeBoardHeader(keymap.keyboard, keyboard, settings);
  const version = makeVersionHeader(input.version);
  const errors = [
    ...layers.problems,
    ...layout.problems,
    ...refuseUnsupported(keymap),
    ...problems,
    ...board.problems,
    ...version.problems,
  ];
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    files: {
      'board.h': board.text,
      'keycodes.h': makeKeycodesHeader(input.keycodes),
      'keymap.c': makeKeymapSource(keymap.keymap, keyboard, layout.keys, layers.texts),
      'version.h': version.text,
    },
  };
}

/** The members of keyboard.json that a keymap may set as well. */
function settingsOf({ debounce, tapping }: StarterKeyboard): Record<string, unknown> {
  return {
    ...(debounce === undefined ? {} : { debounce }),
    ...(tapping === undefined ? {} : { tapping }),
  };
}
