import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkKeycode,
  identifiersOf,
  type Keycode,
  parseKeycode,
  printKeycode,
} from '../../../../core/keymap/keycode.ts';
import { KEYCODE_CALL_NAMES, keycodeText } from './keycode-arbitrary.ts';

const ruleAgainst = (text: string) => checkKeycode(text)?.rule ?? null;
function parse(text: string): Keycode {
  const { keycode, problem } = parseKeycode(text);
  if (keycode === null) throw new Error(problem.reason);
  return keycode;
}

describe('a keycode', () => {
  it.each([
    'KC_A',
    '_______',
    'XXXXXXX',
    'A',
    'Foo_9',
    `K${'A'.repeat(47)}`,
    '0',
    '65535',
    '0xFFFF',
    '0x0a',
    'KC__MUTE',
    'MO(0)',
    'DF(31)',
    'PDF(1)',
    'TG(2)',
    'TO(3)',
    'TT(4)',
    'OSL(0x1f)',
    'LT(0,KC_A)',
    'LT(15, LSFT(KC_A))',
    'LM(1, MOD_LALT)',
    'LM(15, MOD_LCTL | MOD_RSFT | 4)',
    'OSM(MOD_HYPR)',
    'OSM(KC_LGUI)',
    'OSM(31)',
    'MT(MOD_MEH, KC_A)',
    'MT(MOD_RCTL | MOD_RGUI, KC_NO)',
    'TD(0)',
    'UM(65535)',
    'UC(0x00E9)',
    'SQ_S(1)',
    'SQ_R(2)',
    'SQ_T(3)',
    'UP(0, 127)',
    'ANY(KC_A)',
    'ANY(LT(1, KC_A))',
    ' LT ( 1 , KC_A ) ',
    'C(S(A(G(LCTL(LSFT(KC_A))))))',
  ])('may be %s', (text) => {
    expect(checkKeycode(text)).toBeNull();
  });

  it.each(KEYCODE_CALL_NAMES)('may call %s', (name) => {
    expect(checkKeycode(`${name}(KC_A)`)).toBeNull();
  });

  it.each([
    ['', 'keycode.grammar'],
    ['   ', 'keycode.grammar'],
    ['kc_a', 'keycode.grammar'],
    ['_KC_A', 'keycode.grammar'],
    ['__LINE__', 'keycode.grammar'],
    ['________', 'keycode.grammar'],
    [`K${'A'.repeat(48)}`, 'keycode.grammar'],
    ['5KC', 'keycode.grammar'],
    ['KC A', 'keycode.grammar'],
    ['KC_A)', 'keycode.grammar'],
    ['(KC_A)', 'keycode.grammar'],
    ['MO(1', 'keycode.grammar'],
    ['MO()', 'keycode.grammar'],
    ['MO(1, 2)', 'keycode.grammar'],
    ['MO(LOWER)', 'keycode.grammar'],
    ['LT(1)', 'keycode.grammar'],
    ['LT(1, )', 'keycode.grammar'],
    ['KC_A, KC_B', 'keycode.grammar'],
    ['KC_A | KC_B', 'keycode.grammar'],
    ['OSM(MOD_LCTL |)', 'keycode.grammar'],
    ['OSM(KC_A)', 'keycode.grammar'],
    ['MT(MOD_LCTL)', 'keycode.grammar'],
    ['TD(DANCE)', 'keycode.grammar'],
    ['01', 'keycode.grammar'],
    ['100000', 'keycode.grammar'],
    ['0x12345', 'keycode.grammar'],
    ['0X1', 'keycode.grammar'],
    ['0x', 'keycode.grammar'],
    ['65536', 'keycode.range'],
    ['MO(32)', 'keycode.range'],
    ['LT(16, KC_A)', 'keycode.range'],
    ['LM(16, MOD_LSFT)', 'keycode.range'],
    ['OSM(32)', 'keycode.range'],
    ['UP(128, 0)', 'keycode.range'],
    ['SEND_STRING(KC_A)', 'keycode.call'],
    ['KC_A(KC_B)', 'keycode.call'],
    ['sizeof(KC_A)', 'keycode.call'],
    ['C_T(KC_A)', 'keycode.call'],
    ['ANY(ANY(KC_A))', 'keycode.call'],
    ['LSFT(ANY(KC_A))', 'keycode.call'],
    ['LSFT(LSFT(LSFT(LSFT(LSFT(LSFT(LSFT(KC_A)))))))', 'keycode.nesting'],
    [`${'LSFT('.repeat(15)}`, 'keycode.nesting'],
    ['K'.repeat(81), 'keycode.length'],
    ['KC_A)} ; x', 'keycode.character'],
    ['KC_A\n', 'keycode.character'],
    ['KC_A\t', 'keycode.character'],
    ['KC_\u0000A', 'keycode.character'],
    ['KC_Ä', 'keycode.character'],
    ['KC_Ａ', 'keycode.character'],
    ['KC_A\u00a0', 'keycode.character'],
    ["'a'", 'keycode.character'],
    ['"a"', 'keycode.character'],
    ['KC_A+1', 'keycode.character'],
    ['KC_A/**/', 'keycode.character'],
    ['#include', 'keycode.character'],
    ['KC_A\\', 'keycode.character'],
    ['A[0]', 'keycode.character'],
    ['$(shell id)', 'keycode.character'],
    ['A__INCLUDES__', 'keycode.marker'],
    ['A__MACRO_OUTPUT_GOES_HERE__', 'keycode.marker'],
    ['LT(1, A__ENCODER_MAP_GOES_HERE__)', 'keycode.marker'],
    ['__KEYMAP_GOES_HERE__', 'keycode.grammar'],
  ])('may not be %j', (text, rule) => {
    expect(ruleAgainst(text)).toBe(rule);
  });

  it('is refused with what is wrong, what would be right, and where', () => {
    expect(checkKeycode('LT(40, KC_A)')).toEqual({
      rule: 'keycode.range',
      reason: 'the layer of LT is a number from 0 to 15',
      at: 3,
    });
    expect(checkKeycode('KC_A);x')?.at).toBe(5);
  });
});

describe('the syntax tree of a keycode', () => {
  it('tells layers, modifiers and what is inside', () => {
    expect(parse('LT(1, LSFT(KC_A))')).toEqual({
      kind: 'layer-tap',
      layer: 1,
      tap: { kind: 'call', call: 'LSFT', keycode: { kind: 'name', name: 'KC_A' } },
    });
    expect(parse('ANY(OSM(MOD_LCTL|2))')).toEqual({
      kind: 'any',
      keycode: {
        kind: 'one-shot-mods',
        mods: [
          { kind: 'name', name: 'MOD_LCTL' },
          { kind: 'number', text: '2', value: 2 },
        ],
      },
    });
    expect(parse('MO(0x1F)')).toEqual({ kind: 'layer', call: 'MO', layer: 31 });
  });

  it.each([
    [' LT ( 1 , KC_A ) ', 'LT(1,KC_A)'],
    ['MT(MOD_RCTL | MOD_RGUI, KC_NO)', 'MT(MOD_RCTL|MOD_RGUI,KC_NO)'],
    [' ANY ( UC(0x00E9) )', 'ANY(UC(0x00E9))'],
    ['MO(0x1f)', 'MO(31)'],
    ['UP( 1 ,2)', 'UP(1,2)'],
    ['LM(2, MOD_MEH)', 'LM(2,MOD_MEH)'],
  ])('prints %j as %j', (text, canonical) => {
    expect(printKeycode(parse(text))).toBe(canonical);
  });

  it.each([
    ['LT(1, KC_A)', ['KC_A']],
    ['ANY(MT(KC_LSFT, LCTL(KC_B)))', ['KC_B']],
    ['OSM(KC_LSFT)', []],
    ['MO(1)', []],
    ['UP(1, 2)', []],
    ['_______', ['_______']],
  ])('has the keycodes’ own names: %s has %j', (text, names) => {
    expect(identifiersOf(parse(text))).toEqual(names);
  });
});

describe('every keycode of the grammar', () => {
  it('is accepted, and its canonical text means the same and is no longer', () => {
    fc.assert(
      fc.property(keycodeText, (text) => {
        const canonical = printKeycode(parse(text));
        expect(canonical.length).toBeLessThanOrEqual(text.length);
        expect(printKeycode(parse(canonical))).toBe(canonical);
        expect(canonical).not.toContain(' ');
      }),
      { numRuns: 1000 },
    );
  });

  it('is all that is accepted: safe characters, balanced parentheses, listed calls', () => {
    const tokens = fc.constantFrom(
      ...[
        'KC_A',
        'MO',
        'LT',
        'MT',
        'LSFT',
        'ANY',
        'FOO',
        'MOD_LSFT',
        '1',
        '40',
        '0x1F',
        ' ',
        '(',
        ')',
        ',',
      ],
      ...[
        '|',
        '_______',
        ';',
        '"',
        '\n',
        '#',
        '__FILE__',
        'é',
        '+',
        '\\',
        '{',
        '}',
        "'",
        '/*',
        '\u0000',
      ],
    );
    const texts = fc.oneof(
      fc.array(tokens, { maxLength: 9 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 20 }),
      keycodeText.chain((text) =>
        fc
          .tuple(fc.nat(text.length), tokens)
          .map(([at, token]) => text.slice(0, at) + token + text.slice(at + 1)),
      ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        if (checkKeycode(text) !== null) return;
        expect(text).toMatch(/^[A-Za-z0-9_(),| ]{1,80}$/);
        let depth = 0;
        for (const character of text) {
          if (character === '(') depth += 1;
          if (character === ')') depth -= 1;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBe(0);
        for (const [, name] of text.matchAll(/([A-Za-z0-9_]+) *\(/g)) expect(name).not.toBe('FOO');
      }),
      { numRuns: 3000 },
    );
  });
});
