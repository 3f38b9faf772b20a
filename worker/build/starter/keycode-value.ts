/** What number a keycode of a keymap stands for, or why the starter firmware cannot take it. */
import { type Keycode, type Modifier, printKeycode } from '../../../core/keymap/keycode.ts';
import { quoteForMessage } from '../../../core/keymap/refusal.ts';
import {
  FIRST_LAYER_MODS,
  FIRST_LAYER_TAP,
  FIRST_MOD_TAP,
  isBasic,
  isWrappable,
  type KeycodeNames,
  LAYER_CALLS,
  MOD_TAPS,
  MODIFIER_NAMES,
  WRAPPERS,
} from './keycode-names.ts';
import { nearestName } from './nearest-name.ts';

/** `reason` completes a sentence that begins with the key: "… is not a keycode that …". */
export type KeycodeValue =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: string };

const CALLS_OF_OTHER_FEATURES: Readonly<Record<string, string>> = {
  TT: 'tap-toggle layers',
  OSL: 'one-shot layers',
  OSM: 'one-shot modifiers',
  PDF: 'stored default layers',
  TD: 'tap dances',
  UM: 'Unicode input',
  UC: 'Unicode input',
  UP: 'Unicode input',
  SQ_S: 'the sequencer',
  SQ_R: 'the sequencer',
  SQ_T: 'the sequencer',
  SH_T: 'swapped hands',
};

const NAMES_OF_OTHER_FEATURES: readonly (readonly [RegExp, string])[] = [
  [/^(?:RGB|RM|UG|BL|LM|QK_(?:BACKLIGHT|UNDERGLOW|RGB_MATRIX|LED_MATRIX))_/, 'lighting'],
  [/^(?:MS_|KC_MS_|KC_BTN|KC_WH_|KC_ACL|QK_MOUSE_)/, 'mouse keys'],
  [/^(?:MC_\d|QK_MACRO|DM_|QK_DYNAMIC_MACRO)/, 'macros'],
  [/^(?:MI|QK_MIDI)_/, 'MIDI'],
  [/^(?:AU|CK|MU|QK_AUDIO|QK_MUSIC|QK_CLICKY)_/, 'audio'],
  [/^(?:SC|QK_SPACE_CADET)_/, 'space cadet keys'],
  [/^(?:QK_TAP_DANCE|TD_)/, 'tap dances'],
  [/^(?:QK_COMBO|CM)_/, 'combos'],
  [/^(?:QK_LEADER|QK_LEAD)$/, 'the leader key'],
  [/^(?:CW_TOGG|QK_CAPS_WORD_TOGGLE)$/, 'caps word'],
  [/^(?:QK_GESC|QK_GRAVE_ESCAPE)$/, 'grave escape'],
  [/^(?:QK_REP|QK_AREP|QK_REPEAT_KEY|QK_ALT_REPEAT_KEY)$/, 'repeat keys'],
  [/^(?:NK|QK_MAGIC|CL|CG|LCG|RCG|AG|LAG|RAG|GU|GE|EH|BS)_/, 'magic keycodes'],
];

const refusal = (reason: string): KeycodeValue => ({ ok: false, reason });
const needs = (feature: string): KeycodeValue =>
  refusal(`needs ${feature}, which the starter firmware does not have.`);

/** @param keycode without `ANY` */
export function keycodeValue(keycode: Keycode, names: KeycodeNames): KeycodeValue {
  return evaluate(keycode, names, keycode);
}

function evaluate(keycode: Keycode, names: KeycodeNames, whole: Keycode): KeycodeValue {
  switch (keycode.kind) {
    case 'number':
      if (names.has(keycode.value)) return { ok: true, value: keycode.value };
      return refusal(
        `${naming(keycode, whole)} a number that the starter firmware has no use for.`,
      );
    case 'name':
      return valueOfName(keycode.name, names, naming(keycode, whole));
    case 'layer': {
      const first = LAYER_CALLS.get(keycode.call);
      if (first === undefined) return needs(CALLS_OF_OTHER_FEATURES[keycode.call] ?? keycode.call);
      return { ok: true, value: first | keycode.layer };
    }
    case 'layer-mods': {
      const first = FIRST_LAYER_MODS | (keycode.layer << 5);
      return withModifiers('LM', keycode.mods, (bits) => ({ ok: true, value: first | bits }));
    }
    case 'layer-tap': {
      const first = FIRST_LAYER_TAP | (keycode.layer << 8);
      return withTap('LT', first, keycode.tap, names, whole);
    }
    case 'mod-tap':
      return withModifiers('MT', keycode.mods, (bits) =>
        withTap('MT', FIRST_MOD_TAP | (bits << 8), keycode.tap, names, whole),
      );
    case 'call':
      return valueOfCall(keycode.call, keycode.keycode, names, whole);
    case 'any':
      return evaluate(keycode.keycode, names, whole);
    case 'one-shot-mods':
      return needs('one-shot modifiers');
    case 'number-call':
      return needs(CALLS_OF_OTHER_FEATURES[keycode.call] ?? keycode.call);
    case 'unicode-pair':
      return needs('Unicode input');
  }
}

/** "is", or "uses `KC_FOO`, which is" where the key has more to it than the faulty part. */
function naming(part: Keycode, whole: Keycode): string {
  return part === whole ? 'is' : `uses ${quoteForMessage(printKeycode(part))}, which is`;
}

function valueOfName(name: string, names: KeycodeNames, is: string): KeycodeValue {
  const value = names.values.get(name);
  if (value !== undefined) return { ok: true, value };
  const feature = NAMES_OF_OTHER_FEATURES.find(([pattern]) => pattern.test(name))?.[1];
  if (feature !== undefined) return needs(feature);
  const nearest = nearestName(name, names.values.keys());
  const hint = nearest === null ? '' : ` Did you mean \`${nearest}\`?`;
  return refusal(`${is} not a keycode that the starter firmware knows.${hint}`);
}

function valueOfCall(
  call: string,
  inner: Keycode,
  names: KeycodeNames,
  whole: Keycode,
): KeycodeValue {
  const tapBits = MOD_TAPS.get(call);
  if (tapBits !== undefined) {
    return withTap(call, FIRST_MOD_TAP | (tapBits << 8), inner, names, whole);
  }
  const bits = WRAPPERS.get(call);
  if (bits === undefined) return needs(CALLS_OF_OTHER_FEATURES[call] ?? call);
  const result = evaluate(inner, names, whole);
  if (!result.ok || isWrappable(result.value)) {
    return result.ok ? { ok: true, value: result.value | (bits << 8) } : result;
  }
  return refusal(`puts ${call} around a keycode that is not a plain key.`);
}

/** A tap has eight bits: QMK drops what does not fit, and the key would do less than it says. */
function withTap(
  call: string,
  first: number,
  tap: Keycode,
  names: KeycodeNames,
  whole: Keycode,
): KeycodeValue {
  const result = evaluate(tap, names, whole);
  if (!result.ok) return result;
  if (isBasic(result.value)) return { ok: true, value: first | result.value };
  return refusal(
    `taps ${quoteForMessage(printKeycode(tap))}, but ${call} can only tap a key without modifiers or layers.`,
  );
}

function withModifiers(
  call: string,
  mods: readonly Modifier[],
  then: (bits: number) => KeycodeValue,
): KeycodeValue {
  let bits = 0;
  for (const mod of mods) {
    const value = mod.kind === 'number' ? mod.value : MODIFIER_NAMES.get(mod.name);
    if (value === undefined) {
      const instead = mod.kind === 'name' ? mod.name.replace(/^KC_/, 'MOD_') : '';
      const wrong = quoteForMessage(printKeycode(mod));
      return refusal(`names the key ${wrong} as a modifier of ${call}. Write \`${instead}\`.`);
    }
    bits |= value;
  }
  return then(bits);
}
