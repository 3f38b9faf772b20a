/**
 * The grammar of one keycode, as it may stand in a layer or an encoder: names, numbers and a closed list of
 * calls. What it accepts is put into C source as it is, so nothing else of C fits in.
 */
import {
  CALLS,
  holdsTemplateMarker,
  KEYCODE_CALLS,
  LAYER_CALLS,
  type LayerCall,
  MODIFIERS,
  NUMBER_CALLS,
  type NumberCall,
} from './keycode-names.ts';
import { quoteForMessage, type RuleId } from './refusal.ts';

const MAX_LENGTH = 80;
/** Depth of parentheses. */
const MAX_NESTING = 6;
const MAX_LAYER = 31;
/** `LT` and `LM` have four bits for it. */
const MAX_TAP_LAYER = 15;
const MAX_NUMBER = 0xffff;
const MAX_MODIFIERS = 31;
const MAX_UNICODE_INDEX = 127;

/** A number as it was written, decimal or `0x…`. */
export interface NumberKeycode {
  readonly kind: 'number';
  readonly text: string;
  readonly value: number;
}
export interface NameKeycode {
  readonly kind: 'name';
  readonly name: string;
}
/** A modifier's name, or its bits from 0 to 31. */
export type Modifier = NumberKeycode | NameKeycode;

/** The syntax tree of a keycode. */
export type Keycode =
  | NumberKeycode
  | NameKeycode
  | { readonly kind: 'layer'; readonly call: LayerCall; readonly layer: number }
  | { readonly kind: 'layer-tap'; readonly layer: number; readonly tap: Keycode }
  | { readonly kind: 'layer-mods'; readonly layer: number; readonly mods: readonly Modifier[] }
  | { readonly kind: 'one-shot-mods'; readonly mods: readonly Modifier[] }
  | { readonly kind: 'mod-tap'; readonly mods: readonly Modifier[]; readonly tap: Keycode }
  /** Modifiers held with a keycode (`LSFT`), or on hold instead of it (`LSFT_T`). */
  | { readonly kind: 'call'; readonly call: string; readonly keycode: Keycode }
  | { readonly kind: 'number-call'; readonly call: NumberCall; readonly number: NumberKeycode }
  | {
      readonly kind: 'unicode-pair';
      readonly first: NumberKeycode;
      readonly second: NumberKeycode;
    }
  /** The Configurator's mark for what was typed by hand; QMK takes it off. Outermost only. */
  | { readonly kind: 'any'; readonly keycode: Keycode };

/** Why a text is not a keycode. */
export interface KeycodeProblem {
  readonly rule: Extract<RuleId, `keycode.${string}`>;
  /** What is wrong and what would be right; follows "… is not a keycode: ". */
  readonly reason: string;
  /** 0-based position in the text. */
  readonly at: number;
}

export type ParsedKeycode =
  | { readonly keycode: Keycode; readonly problem: null }
  | { readonly keycode: null; readonly problem: KeycodeProblem };

/** Reads a keycode; never throws. */
export function parseKeycode(text: string): ParsedKeycode {
  try {
    return { keycode: new Parser(text).outermost(), problem: null };
  } catch (error) {
    if (error instanceof Fault) return { keycode: null, problem: error.problem };
    throw error;
  }
}

/** @returns null when the text is a keycode */
export function checkKeycode(text: string): KeycodeProblem | null {
  return parseKeycode(text).problem;
}

/**
 * The keycode as text without spaces: never longer than what it was parsed from, and the same for all ways
 * to write it. `ANY(` comes out just as QMK looks for it.
 */
export function printKeycode(keycode: Keycode): string {
  const mods = (list: readonly Modifier[]) => list.map(printKeycode).join('|');
  switch (keycode.kind) {
    case 'number':
      return keycode.text;
    case 'name':
      return keycode.name;
    case 'layer':
      return `${keycode.call}(${keycode.layer})`;
    case 'layer-tap':
      return `LT(${keycode.layer},${printKeycode(keycode.tap)})`;
    case 'layer-mods':
      return `LM(${keycode.layer},${mods(keycode.mods)})`;
    case 'one-shot-mods':
      return `OSM(${mods(keycode.mods)})`;
    case 'mod-tap':
      return `MT(${mods(keycode.mods)},${printKeycode(keycode.tap)})`;
    case 'call':
      return `${keycode.call}(${printKeycode(keycode.keycode)})`;
    case 'number-call':
      return `${keycode.call}(${keycode.number.text})`;
    case 'unicode-pair':
      return `UP(${keycode.first.text},${keycode.second.text})`;
    case 'any':
      return `ANY(${printKeycode(keycode.keycode)})`;
  }
}

/** The names that stand for keycodes in it: neither calls nor modifiers. `LT(1,KC_A)` has `KC_A`. */
export function identifiersOf(keycode: Keycode): string[] {
  switch (keycode.kind) {
    case 'name':
      return [keycode.name];
    case 'layer-tap':
    case 'mod-tap':
      return identifiersOf(keycode.tap);
    case 'call':
    case 'any':
      return identifiersOf(keycode.keycode);
    default:
      return [];
  }
}

/** How the parser leaves at the first fault; never leaves this file. */
class Fault extends Error {
  readonly problem: KeycodeProblem;

  constructor(problem: KeycodeProblem) {
    super(problem.reason);
    this.problem = problem;
  }
}

const FOREIGN = /[^A-Za-z0-9_(),| ]/;
const TOKEN = /[A-Za-z0-9_]+|[(),|]/y;
const DIGIT = /^[0-9]/;
const NUMBER = /^(?:0|[1-9][0-9]{0,4}|0x[0-9A-Fa-f]{1,4})$/;
const NAME = /^(?:_______|[A-Z][A-Za-z0-9_]{0,47})$/;

const isOneOf = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  names.some((known) => known === name);

class Parser {
  readonly #text: string;
  /** Start of the current token. */
  #at = 0;
  /** The current token; empty at the end. */
  #token = '';
  /** Start of the token after it. */
  #following: number;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.length > MAX_LENGTH) {
      const reason = `it has ${text.length} characters, and at most ${MAX_LENGTH} are accepted`;
      this.#fail('keycode.length', reason);
    }
    const foreign = text.search(FOREIGN);
    if (foreign !== -1) {
      this.#at = foreign;
      this.#fail(
        'keycode.character',
        'a keycode has letters, digits and calls such as LT(1, KC_A)',
      );
    }
    this.#following = this.#skipSpaces(0);
    this.#next();
  }

  outermost(): Keycode {
    if (this.#token === '') {
      this.#fail('keycode.grammar', 'it is empty; KC_NO is the key that does nothing');
    }
    let keycode: Keycode;
    if (this.#token === 'ANY' && this.#opensCall()) {
      this.#next();
      keycode = this.#inParentheses(() => ({ kind: 'any', keycode: this.#keycode() }));
    } else keycode = this.#keycode();
    if (this.#token !== '') this.#fail('keycode.grammar', `${this.#here()} is one too many`);
    return keycode;
  }

  #keycode(): Keycode {
    if (DIGIT.test(this.#token)) return this.#number(MAX_NUMBER, 'a number');
    if (!/^[A-Za-z_]/.test(this.#token)) {
      this.#fail('keycode.grammar', `here is ${this.#here()} instead of a name such as KC_A`);
    }
    const name = this.#token;
    if (this.#opensCall()) return this.#call(name);
    this.#checkName(name);
    this.#next();
    return { kind: 'name', name };
  }

  #checkName(name: string): void {
    if (!NAME.test(name)) {
      const reason = `${quoteForMessage(name)} is not a name: names start with a capital letter, as in KC_A, and have at most 48 characters`;
      this.#fail('keycode.grammar', reason);
    }
    if (holdsTemplateMarker(name)) {
      this.#fail(
        'keycode.marker',
        'QMK’s generator takes this name for a place to fill in; choose another',
      );
    }
  }

  #call(name: string): Keycode {
    if (!CALLS.has(name)) {
      const reason = `${quoteForMessage(name)} is not a call that a keymap can use, such as MO, LT, MT, OSM, TD or LSFT`;
      this.#fail('keycode.call', reason);
    }
    if (name === 'ANY') {
      this.#fail('keycode.call', 'ANY may stand once, around everything else');
    }
    this.#next();
    return this.#inParentheses(() => this.#arguments(name));
  }

  #arguments(name: string): Keycode {
    if (KEYCODE_CALLS.has(name)) return { kind: 'call', call: name, keycode: this.#keycode() };
    if (isOneOf(LAYER_CALLS, name)) {
      return { kind: 'layer', call: name, layer: this.#layer(name, MAX_LAYER) };
    }
    if (isOneOf(NUMBER_CALLS, name)) {
      const number = this.#number(MAX_NUMBER, `the argument of ${name}`);
      return { kind: 'number-call', call: name, number };
    }
    switch (name) {
      case 'LT': {
        const layer = this.#layer(name, MAX_TAP_LAYER);
        return { kind: 'layer-tap', layer, tap: this.#second(name, () => this.#keycode()) };
      }
      case 'LM': {
        const layer = this.#layer(name, MAX_TAP_LAYER);
        return { kind: 'layer-mods', layer, mods: this.#second(name, () => this.#modifiers()) };
      }
      case 'MT': {
        const mods = this.#modifiers();
        return { kind: 'mod-tap', mods, tap: this.#second(name, () => this.#keycode()) };
      }
      case 'OSM':
        return { kind: 'one-shot-mods', mods: this.#modifiers() };
      case 'UP': {
        const index = () => this.#number(MAX_UNICODE_INDEX, 'an argument of UP');
        return { kind: 'unicode-pair', first: index(), second: this.#second(name, index) };
      }
      default:
        throw new Error(`No rule for the arguments of ${name}`);
    }
  }

  #inParentheses<Inner>(read: () => Inner): Inner {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) {
      this.#fail('keycode.nesting', `calls are nested more than ${MAX_NESTING} deep; use fewer`);
    }
    this.#expect('(', 'an opening parenthesis');
    const inner = read();
    this.#expect(')', 'a closing parenthesis');
    this.#nesting -= 1;
    return inner;
  }

  #second<Argument>(call: string, read: () => Argument): Argument {
    this.#expect(',', `a comma and the second argument of ${call}`);
    return read();
  }

  #layer(call: string, most: number): number {
    return this.#number(most, `the layer of ${call}`).value;
  }

  #number(most: number, what: string): NumberKeycode {
    const text = this.#token;
    if (!NUMBER.test(text)) {
      this.#fail(
        'keycode.grammar',
        `${what} is written like 1 or 0x1F, and here is ${this.#here()}`,
      );
    }
    const value = Number(text);
    if (value > most) this.#fail('keycode.range', `${what} is a number from 0 to ${most}`);
    this.#next();
    return { kind: 'number', text, value };
  }

  #modifiers(): Modifier[] {
    const mods: Modifier[] = [];
    do {
      if (mods.length > 0) this.#next();
      if (DIGIT.test(this.#token)) {
        mods.push(this.#number(MAX_MODIFIERS, 'a modifier'));
      } else if (MODIFIERS.has(this.#token)) {
        mods.push({ kind: 'name', name: this.#token });
        this.#next();
      } else {
        const reason = `here is ${this.#here()} instead of a modifier such as MOD_LSFT`;
        this.#fail('keycode.grammar', reason);
      }
    } while (this.#token === '|');
    return mods;
  }

  #expect(token: string, what: string): void {
    if (this.#token !== token) {
      this.#fail('keycode.grammar', `here is ${this.#here()} instead of ${what}`);
    }
    this.#next();
  }

  /** Whether an opening parenthesis follows the current token. */
  #opensCall(): boolean {
    return this.#text.charAt(this.#following) === '(';
  }

  #next(): void {
    this.#at = this.#following;
    TOKEN.lastIndex = this.#at;
    this.#token = TOKEN.exec(this.#text)?.[0] ?? '';
    this.#following = this.#skipSpaces(this.#at + this.#token.length);
  }

  #skipSpaces(from: number): number {
    let at = from;
    while (this.#text.charAt(at) === ' ') at += 1;
    return at;
  }

  #here(): string {
    return this.#token === '' ? 'the end' : quoteForMessage(this.#token);
  }

  #fail(rule: KeycodeProblem['rule'], reason: string): never {
    throw new Fault({ rule, reason, at: this.#at });
  }
}
