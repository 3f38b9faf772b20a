/**
 * `macros`: what the keys `QK_MACRO_0`… type. QMK's generator writes text as a C literal and everything else
 * as calls, then removes every `""` from the result, so that neighbouring texts become one literal. The rules
 * about text therefore hold for the joined text too.
 */
import { holdsTemplateMarker } from './keycode-names.ts';
import { inside, type Place, quoteForMessage, refuse } from './refusal.ts';
import { isObject, type JsonObject, type JsonValue } from './strict-json.ts';

const MAX_MACROS = 32;
const MAX_FRAGMENTS = 256;
/** Characters of text in all macros together. */
const MAX_TEXT = 8192;
const MAX_KEYCODES = 8;
/** Milliseconds. */
const MAX_DURATION = 60_000;

/** A text to type, keys to press, a pause in milliseconds, or a beep. */
export type MacroFragment =
  | string
  | { readonly action: 'tap' | 'down' | 'up'; readonly keycodes: readonly string[] }
  | { readonly action: 'delay'; readonly duration: number }
  | { readonly action: 'beep' };

/** @throws KilnError `keymap.refused` */
export function admitMacros(value: JsonValue): MacroFragment[][] {
  const place: Place = { member: 'macros', index: [] };
  if (!Array.isArray(value)) refuse(place, 'macros.shape', 'macros has to be a list of macros.');
  if (value.length > MAX_MACROS) {
    const sentence = `The keymap has ${value.length} macros; at most ${MAX_MACROS} are accepted.`;
    refuse(place, 'macros.count', sentence);
  }
  let characters = 0;
  return value.map((macro: JsonValue, number) => {
    const macroPlace = inside(place, number);
    if (!Array.isArray(macro)) {
      refuse(macroPlace, 'macros.shape', `Macro ${number} has to be a list of texts and actions.`);
    }
    if (macro.length > MAX_FRAGMENTS) {
      const sentence = `Macro ${number} has ${macro.length} parts; at most ${MAX_FRAGMENTS} are accepted.`;
      refuse(macroPlace, 'macros.count', sentence);
    }
    for (const fragment of macro) if (typeof fragment === 'string') characters += fragment.length;
    if (characters > MAX_TEXT) {
      const sentence = `The macros hold more than ${MAX_TEXT} characters of text; shorten them.`;
      refuse(macroPlace, 'macros.text-length', sentence);
    }
    return admitMacro(macro, macroPlace, number);
  });
}

function admitMacro(macro: readonly JsonValue[], place: Place, number: number): MacroFragment[] {
  let run = '';
  return macro.map((fragment, index) => {
    const fragmentPlace = inside(place, index);
    const where = `Part ${index} of macro ${number}`;
    if (typeof fragment === 'string') {
      run += fragment;
      checkText(fragment, run, fragmentPlace, where);
      return fragment;
    }
    run = '';
    if (!isObject(fragment)) {
      refuse(fragmentPlace, 'macros.fragment', `${where} has to be a text or an action.`);
    }
    return admitAction(fragment, fragmentPlace, where);
  });
}

/** A C89 trigraph: the compiler would read it as another character, and QMK makes that an error. */
const TRIGRAPH = /\?\?[=/'()!<>-]/;

/** @param run the text together with the texts right before it */
function checkText(text: string, run: string, place: Place, where: string): void {
  const foreign = text.search(/[^\x20-\x7e\t\r\n]/);
  if (foreign !== -1) {
    const character = quoteForMessage(String.fromCodePoint(text.codePointAt(foreign) ?? 0));
    const sentence = `${where} holds ${character}, which the firmware has no key for; a macro types ASCII text only.`;
    refuse(place, 'macros.text-character', sentence);
  }
  if (text.endsWith('"')) {
    const sentence = `${where} ends in a double quote, which QMK's generator loses; type it with {"action": "tap", …} or put a character behind it.`;
    refuse(place, 'macros.text-quote', sentence);
  }
  const trigraph = TRIGRAPH.exec(run)?.[0];
  if (trigraph !== undefined) {
    const sentence = `${where} holds ${quoteForMessage(trigraph)}, which C compilers take for another character; put a short delay between its characters.`;
    refuse(place, 'macros.text-trigraph', sentence);
  }
  if (holdsTemplateMarker(run)) {
    const sentence = `${where} holds a marker of QMK's generator, such as __INCLUDES__; put a short delay inside of it.`;
    refuse(place, 'macros.text-marker', sentence);
  }
}

function admitAction(fragment: JsonObject, place: Place, where: string): MacroFragment {
  const { action } = fragment;
  switch (action) {
    case 'tap':
    case 'down':
    case 'up':
      checkMembers(fragment, 'keycodes', place, where);
      return { action, keycodes: admitMacroKeycodes(fragment.keycodes, place, where) };
    case 'delay': {
      checkMembers(fragment, 'duration', place, where);
      const { duration } = fragment;
      const isDuration = typeof duration === 'number' && Number.isInteger(duration);
      if (!isDuration || duration < 0 || duration > MAX_DURATION) {
        const sentence = `${where} needs a duration in whole milliseconds from 0 to ${MAX_DURATION}.`;
        refuse(inside(place, 'duration'), 'macros.duration', sentence);
      }
      return { action, duration };
    }
    case 'beep':
      checkMembers(fragment, null, place, where);
      return { action };
    default: {
      const sentence = `${where} needs one of the actions tap, down, up, delay and beep.`;
      refuse(place, 'macros.fragment', sentence);
    }
  }
}

function checkMembers(
  fragment: JsonObject,
  wanted: string | null,
  place: Place,
  where: string,
): void {
  const foreign = Object.keys(fragment).find((name) => name !== 'action' && name !== wanted);
  if (foreign !== undefined) {
    const sentence = `${where} has the member ${quoteForMessage(foreign)}, which its action does not take.`;
    refuse(place, 'macros.fragment', sentence);
  }
}

function admitMacroKeycodes(
  value: JsonValue | undefined,
  place: Place,
  where: string,
): readonly string[] {
  const listPlace = inside(place, 'keycodes');
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_KEYCODES) {
    const sentence = `${where} needs a list of 1 to ${MAX_KEYCODES} keycodes.`;
    refuse(listPlace, 'macros.keycode', sentence);
  }
  return value.map((keycode: JsonValue, index) => {
    const isName = typeof keycode === 'string' && /^[A-Z0-9][A-Z0-9_]{0,31}$/.test(keycode);
    if (!isName || holdsTemplateMarker(keycode)) {
      const shown = typeof keycode === 'string' ? ` ${quoteForMessage(keycode)}` : '';
      const sentence = `Keycode ${index}${shown} of ${where.toLowerCase()} is not one that a macro can press: write its name without KC_, as in ENTER.`;
      refuse(inside(listPlace, index), 'macros.keycode', sentence);
    }
    return keycode;
  });
}
