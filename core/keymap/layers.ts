/** The members that hold keycodes by layer: `layers`, `encoders`, `encoder_map` and `dip_switch_map`. */
import { checkKeycode, type KeycodeProblem, parseKeycode, printKeycode } from './keycode.ts';
import { inside, type Place, quoteForMessage, refuse } from './refusal.ts';
import { isObject, type JsonObject, type JsonValue } from './strict-json.ts';

const MAX_LAYERS = 32;
const MAX_ENCODERS = 16;

/** The one fault that may be mended: a keycode of two arguments that was cut at its comma. */
export interface JoinedKeycode {
  /** 0-based index of the entry that was joined with the next one. */
  readonly at: number;
  /** Why that entry alone is no keycode, for when the layer turns out to have no entry too many. */
  readonly problem: KeycodeProblem;
  /** The entry as it was sent. */
  readonly text: string;
}

/** One layer whose keycodes follow the grammar; whether their number is right is not known yet. */
export interface ShapedLayer {
  readonly keycodes: readonly string[];
  readonly joined: JoinedKeycode | null;
}

export interface EncoderKeycodes {
  readonly cw: string;
  readonly ccw: string;
}

/** Checks one keycode and gives its canonical text. */
export function admitKeycode(value: JsonValue | undefined, place: Place, where: string): string {
  if (typeof value !== 'string') {
    refuse(place, 'keycode.type', `${where} has to be a text such as "KC_A".`);
  }
  const parsed = parseKeycode(value);
  if (parsed.problem !== null) refuseKeycode(value, parsed.problem, place, where);
  return printKeycode(parsed.keycode);
}

/** @throws KilnError `keymap.refused`, always */
export function refuseKeycode(
  text: string,
  problem: KeycodeProblem,
  place: Place,
  where: string,
): never {
  const sentence = `${where} (${quoteForMessage(text)}) is not a keycode: ${problem.reason}.`;
  refuse(place, problem.rule, sentence);
}

/** How messages call a key of a layer; both numbers are 0-based, as `MO(1)` and the editor count. */
export function nameKey(layer: number, index: number): string {
  return `Key ${index} on layer ${layer}`;
}

/** `layers`: 1–32 lists of keycodes. */
export function admitLayers(value: JsonValue | undefined): ShapedLayer[] {
  const place: Place = { member: 'layers', index: [] };
  if (!Array.isArray(value)) refuse(place, 'layers.shape', 'layers has to be a list of layers.');
  if (value.length < 1 || value.length > MAX_LAYERS) {
    const sentence = `The keymap has ${value.length} layers; 1 to ${MAX_LAYERS} are accepted.`;
    refuse(place, 'layers.count', sentence);
  }
  // Most keys of a keymap are KC_TRNS; each distinct text is parsed once.
  const known = new Map<string, string>();
  return value.map((layer: JsonValue, number) => admitLayer(layer, number, known));
}

function admitLayer(value: JsonValue, layer: number, known: Map<string, string>): ShapedLayer {
  const place: Place = { member: 'layers', index: [layer] };
  if (!Array.isArray(value)) {
    refuse(place, 'layers.shape', `Layer ${layer} has to be a list of keycodes.`);
  }
  const keycodes: string[] = [];
  let joined: JoinedKeycode | null = null;
  for (let index = 0; index < value.length; index += 1) {
    const entry: JsonValue = value[index];
    const seen = typeof entry === 'string' ? known.get(entry) : undefined;
    if (seen !== undefined) {
      keycodes.push(seen);
      continue;
    }
    const whole: WholeKeycode | null =
      joined === null ? joinWithNext(entry, value[index + 1]) : null;
    if (whole !== null && typeof entry === 'string') {
      joined = { at: index, problem: whole.problem, text: entry };
      keycodes.push(whole.keycode);
      index += 1;
      continue;
    }
    const keycode = admitKeycode(entry, inside(place, index), nameKey(layer, index));
    if (typeof entry === 'string') known.set(entry, keycode);
    keycodes.push(keycode);
  }
  return { keycodes, joined };
}

/** A call that is open after its first argument; as many closing parentheses are still to come. */
const OPEN_CALL = /^ *(?:ANY *\( *)?(?:LT|LM|MT|UP) *\( *[A-Za-z0-9_| ]+$/;

/** What two entries make together, and why the first alone is no keycode. */
interface WholeKeycode {
  readonly keycode: string;
  readonly problem: KeycodeProblem;
}

/**
 * `LT(2` and `KC_MUTE)` for `LT(2,KC_MUTE)`: a default keymap that the Configurator publishes has it.
 *
 * @returns null unless the two entries make one keycode, and the first alone does not
 */
function joinWithNext(
  entry: JsonValue | undefined,
  next: JsonValue | undefined,
): WholeKeycode | null {
  if (typeof entry !== 'string' || typeof next !== 'string') return null;
  // Before the pattern runs: what is too long alone is too long joined.
  if (entry.length > 80 || !OPEN_CALL.test(entry)) return null;
  const problem = checkKeycode(entry);
  const whole = parseKeycode(`${entry},${next}`);
  if (problem === null || whole.problem !== null) return null;
  return { keycode: printKeycode(whole.keycode), problem };
}

/** `encoders` (and `encoder_map`, of which nothing is kept): per layer, per encoder, two keycodes. */
export function admitEncoders(value: JsonValue, member: string): EncoderKeycodes[][] {
  return admitPairs(value, member, ['ccw', 'cw'], 'encoder').map((layer) =>
    layer.map(([ccw, cw]) => ({ ccw, cw })),
  );
}

/** `dip_switch_map`: checked like encoders; no build uses it, so nothing is kept. */
export function checkDipSwitches(value: JsonValue): void {
  admitPairs(value, 'dip_switch_map', ['off', 'on'], 'switch');
}

type Pair = readonly [string, string];

function admitPairs(value: JsonValue, member: string, names: Pair, thing: string): Pair[][] {
  const place: Place = { member, index: [] };
  if (!Array.isArray(value))
    refuse(place, 'encoders.shape', `${member} has to be a list of lists.`);
  if (value.length > MAX_LAYERS) {
    const sentence = `${member} has ${value.length} layers; at most ${MAX_LAYERS} are accepted.`;
    refuse(place, 'encoders.count', sentence);
  }
  return value.map((layer: JsonValue, number) => {
    const layerPlace = inside(place, number);
    if (!Array.isArray(layer)) {
      const sentence = `Layer ${number} of ${member} has to be a list, one entry for each ${thing}.`;
      refuse(layerPlace, 'encoders.shape', sentence);
    }
    if (layer.length > MAX_ENCODERS) {
      const sentence = `Layer ${number} of ${member} has ${layer.length} entries; at most ${MAX_ENCODERS} are accepted.`;
      refuse(layerPlace, 'encoders.count', sentence);
    }
    return layer.map((entry: JsonValue, index) =>
      admitPair(entry, inside(layerPlace, index), names, `${thing} ${index} on layer ${number}`),
    );
  });
}

function admitPair(value: JsonValue, place: Place, names: Pair, where: string): Pair {
  const [first, second] = names;
  if (!isObject(value) || !hasExactly(value, names)) {
    const sentence = `In ${place.member}, ${where} has to be an object with just ${first} and ${second}.`;
    refuse(place, 'encoders.shape', sentence);
  }
  const keycode = (name: string) =>
    admitKeycode(value[name], inside(place, name), `In ${place.member}, ${name} of ${where}`);
  return [keycode(first), keycode(second)];
}

function hasExactly(value: JsonObject, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every((n) => Object.hasOwn(value, n));
}
