/** Texts and bytes that parsers stumble over. */
import fc from 'fast-check';

/** What threats.md warns of, in a few characters each. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '../../../../etc/passwd',
  '..\\..\\x',
  '/etc/passwd',
  '%2e%2e%2f',
  '%00',
  '%0d%0ax-injected: 1',
  '%zz',
  '\r\nx-injected: 1\r\n',
  '\u0000',
  '\u001b[2J\u001b]0;x\u0007',
  '<img src=x onerror=alert(1)>',
  '"; DROP TABLE jobs; --',
  "' OR 1=1 --",
  '$(id)',
  '`id`',
  '$(info $(file </etc/passwd))',
  ';id;',
  'x\n#include "/etc/passwd"\n',
  '__INCLUDES__',
  '__KEYMAP_GOES_HERE__',
  'KC_A)};',
  'ANY(ANY(KC_A))',
  'LT(',
  ')))))',
  '((((((((',
  'con',
  'NaN',
  '-0',
  '1e999',
  '0x',
  '\ud800',
  '\ufeff',
  '\u202e',
  '\u2028',
  'ｆｕｌｌ',
  'İ',
  'a'.repeat(300),
  '/'.repeat(200),
  '*',
  '%_"',
  '"a" OR "b"',
  'NEAR(a b)',
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .tuple(fc.constantFrom(...'aA1 (/.\\"\'[{:%_-\n|'), fc.nat(400))
    .map(([character, count]) => character.repeat(count)),
  fc
    .tuple(fc.constantFrom(...HOSTILE_TEXTS), fc.constantFrom(...HOSTILE_TEXTS))
    .map((texts) => texts.join('')),
);

type Edit = readonly [kind: 'cut' | 'drop' | 'set' | 'insert' | 'repeat', at: number, byte: number];

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.constantFrom('cut', 'drop', 'set', 'insert', 'repeat'),
  fc.nat(1_000_000),
  fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\\{}[](),:;\0\n\r%$#09AFx'))),
);

function apply(bytes: Uint8Array, [kind, place, byte]: Edit): Uint8Array {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 'cut':
      return before;
    case 'drop':
      return Buffer.concat([before, after.subarray(1 + (byte % 8))]);
    case 'set':
      return Buffer.concat([before, Uint8Array.of(byte), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Uint8Array.of(byte), after]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, 1 + (byte % 64)), after]);
  }
}

/** Bytes with up to some faults in them, often none. */
export function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(bytes, fc.array(edit, { maxLength: 4 }))
    .map(([original, edits]) => Uint8Array.from(edits.reduce(apply, original)));
}

/** The same for texts, character by character of UTF-8. */
export function damagedText(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return damaged(text.map((value) => Buffer.from(value))).map((bytes) =>
    Buffer.from(bytes).toString('utf8'),
  );
}
