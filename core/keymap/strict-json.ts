/**
 * Reads JSON so that there is one way only to understand it: RFC 8259 in UTF-8, without the freedoms in which
 * parsers differ (duplicate members, byte order marks, lone surrogates), and with limits that make hostile
 * text cheap to refuse. One pass, linear in the length of the text.
 *
 * `JSON.parse` with a check behind it would not do: it drops duplicates silently, and that of Node 24.21 takes
 * a name written with an escape for another one now and then (`[{"t":0,"\u0000":0}]` came out with a
 * backslash for a name, after some thousand texts with both).
 */
import { KilnError } from '../errors.ts';
import { quoteForMessage } from './refusal.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** Made without a prototype, so `__proto__` and `constructor` are names like any other. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What text is refused for before anyone looks at its meaning. */
export const JSON_LIMITS = {
  /** The largest of some 3 800 published keymaps has 11 137. */
  bytes: 256 * 1024,
  /** Depth of arrays and objects; the root counts as one. */
  nesting: 12,
  /** Digits before the point: more would be rounded by this reader and not by the next. */
  integerDigits: 16,
  /** Characters of a number in all. */
  numberLength: 64,
  rootMembers: 64,
  /** Characters of a name at the root. */
  rootNameLength: 64,
} as const;

/** Stable ids of this reader's refusals, as `details.rule`. */
export type JsonRule =
  | 'json.encoding'
  | 'json.syntax'
  | 'json.nesting'
  | 'json.duplicate-member'
  | 'json.surrogate'
  | 'json.number'
  | 'json.root-members';

/**
 * Parses one JSON value.
 *
 * @throws KilnError `request.too-large` above 256 KiB; `request.invalid-json` for everything else, with
 *   `{line, column, rule}` in its details (both from 1; columns in UTF-16 units)
 */
export function parseStrictJson(bytes: Uint8Array): JsonValue {
  if (bytes.length > JSON_LIMITS.bytes) {
    throw new KilnError(
      'request.too-large',
      `The keymap has ${bytes.length} bytes; at most ${JSON_LIMITS.bytes} are accepted.`,
      { details: { bytes: bytes.length, limit: JSON_LIMITS.bytes } },
    );
  }
  return new Reader(decode(bytes)).document();
}

/** A `TextDecoder` that refuses instead of repairing; the mark is kept, so that it can be refused too. */
function strictDecoder() {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = strictDecoder().decode(bytes);
  } catch {
    const before = validPrefix(bytes);
    const utf16 =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const what = utf16 ? 'the text is UTF-16' : 'here is a byte sequence that is not UTF-8';
    fail(before, before.length, 'json.encoding', `${what}; save the file as UTF-8`);
  }
  if (text.startsWith('\uFEFF')) {
    fail(
      text,
      0,
      'json.encoding',
      'the text starts with a byte order mark; save it as UTF-8 without',
    );
  }
  return text;
}

/** The text before the first fault, by bisection: each probe costs one decoding, and there are 18 at most. */
function validPrefix(bytes: Uint8Array): string {
  let good = 0;
  let bad = bytes.length + 1;
  let text = '';
  while (bad - good > 1) {
    const probe = (good + bad) >>> 1;
    try {
      // As a stream, since the cut may fall into a character.
      text = strictDecoder().decode(bytes.subarray(0, probe), { stream: true });
      good = probe;
    } catch {
      bad = probe;
    }
  }
  return text;
}

function fail(text: string, at: number, rule: JsonRule, what: string): never {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  const column = at - start + 1;
  throw new KilnError('request.invalid-json', `Line ${line}, column ${column}: ${what}.`, {
    details: { line, column, rule },
  });
}

// Sticky, so that each starts where the reader is and nowhere else; none can backtrack.
const SPACE = /[ \t\n\r]*/y;
// Not a quote, a backslash or a control character.
const PLAIN = /[ !#-[\]-\uffff]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const FOUR_HEX = /[0-9A-Fa-f]{4}/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const WORDS: ReadonlyMap<string, [word: string, value: null | boolean]> = new Map([
  ['t', ['true', true]],
  ['f', ['false', false]],
  ['n', ['null', null]],
]);

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    this.#match(SPACE);
    if (this.#at === this.#text.length) this.#fail('json.syntax', 'there is no JSON value');
    const value = this.#value();
    if (this.#at < this.#text.length) {
      this.#fail('json.syntax', `${this.#seen()} follows the end of the JSON value`);
    }
    return value;
  }

  /** A value and the space after it. */
  #value(): JsonValue {
    const first = this.#text.charAt(this.#at);
    const word = WORDS.get(first);
    let value: JsonValue;
    if (first === '"') value = this.#string();
    else if (first === '{') value = this.#nested(() => this.#object());
    else if (first === '[') value = this.#nested(() => this.#array());
    else if (word !== undefined && this.#text.startsWith(word[0], this.#at)) {
      this.#at += word[0].length;
      value = word[1];
    } else value = this.#number();
    this.#match(SPACE);
    return value;
  }

  #nested<Value>(read: () => Value): Value {
    this.#depth += 1;
    if (this.#depth > JSON_LIMITS.nesting) {
      this.#fail('json.nesting', `values are nested more than ${JSON_LIMITS.nesting} deep`);
    }
    this.#at += 1;
    this.#match(SPACE);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = [];
    if (this.#take(']')) return items;
    do {
      this.#match(SPACE);
      items.push(this.#value());
    } while (this.#take(','));
    if (!this.#take(']')) this.#unexpected('a comma or ]');
    return items;
  }

  #object(): JsonObject {
    const isRoot = this.#depth === 1;
    const members: Record<string, JsonValue> = Object.create(null);
    if (this.#take('}')) return members;
    let count = 0;
    do {
      this.#match(SPACE);
      const start = this.#at;
      if (this.#text.charAt(start) !== '"') this.#unexpected('a member name in double quotes');
      const name = this.#string();
      count += 1;
      if (isRoot) this.#checkRootMember(name, count, start);
      if (name in members) {
        const what = `the member ${quoteForMessage(name)} is there twice; keep one`;
        fail(this.#text, start, 'json.duplicate-member', what);
      }
      this.#match(SPACE);
      if (!this.#take(':')) this.#unexpected('a colon');
      this.#match(SPACE);
      members[name] = this.#value();
    } while (this.#take(','));
    if (!this.#take('}')) this.#unexpected('a comma or }');
    return members;
  }

  #checkRootMember(name: string, count: number, start: number): void {
    if (count > JSON_LIMITS.rootMembers) {
      const what = `a keymap has at most ${JSON_LIMITS.rootMembers} members`;
      fail(this.#text, start, 'json.root-members', what);
    }
    if (name.length > JSON_LIMITS.rootNameLength) {
      const what = `the member name ${quoteForMessage(name)} has more than ${JSON_LIMITS.rootNameLength} characters`;
      fail(this.#text, start, 'json.root-members', what);
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let value = this.#match(PLAIN);
    let escaped = false;
    while (!this.#take('"')) {
      if (this.#take('\\')) {
        escaped = true;
        value += this.#escape();
      } else if (this.#at === this.#text.length) {
        fail(this.#text, start, 'json.syntax', 'this text has no closing quote');
      } else {
        this.#fail('json.syntax', `${this.#seen()} in a text has to be written as an escape`);
      }
      value += this.#match(PLAIN);
    }
    // UTF-8 cannot bring in half a pair; only escapes can.
    if (escaped && !value.isWellFormed()) {
      fail(this.#text, start, 'json.surrogate', 'this text has one half of a surrogate pair');
    }
    return value;
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at);
    this.#at += 1;
    if (letter === 'u') {
      const hex = this.#match(FOUR_HEX);
      if (hex === '') this.#unexpected('four hexadecimal digits');
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const plain = ESCAPES.get(letter);
    if (plain === undefined) {
      this.#at -= 1;
      this.#unexpected('one of " \\ / b f n r t u after a backslash');
    }
    return plain;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text);
    if (found === null) this.#unexpected('a JSON value');
    const [literal, integer = ''] = found;
    if (integer.length > JSON_LIMITS.integerDigits || literal.length > JSON_LIMITS.numberLength) {
      this.#fail('json.number', `a number has at most ${JSON_LIMITS.integerDigits} digits`);
    }
    const value = Number(literal);
    if (!Number.isFinite(value)) this.#fail('json.number', 'this number is out of range');
    this.#at += literal.length;
    return value;
  }

  /** What a sticky pattern finds here, possibly nothing; the reader moves behind it. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #seen(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? 'the end' : quoteForMessage(String.fromCodePoint(code));
  }

  #unexpected(wanted: string): never {
    this.#fail('json.syntax', `here is ${this.#seen()} instead of ${wanted}`);
  }

  #fail(rule: JsonRule, what: string): never {
    fail(this.#text, this.#at, rule, what);
  }
}
