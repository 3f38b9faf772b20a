/** Held to the tree's own generator by generator-proof.ts, whenever a plan is made, and by test/integration. */
import { describe, expect, it } from 'vitest';
import { makeKeymapSource } from '../../../../../worker/build/qmk/keymap-source.ts';

const BASE = { keyboard: 'a', keymap: 'b', layout: 'LAYOUT', layers: [['KC_A', 'KC_B']] };
const source = (members: object) => makeKeymapSource(JSON.stringify({ ...BASE, ...members }));

/** The argument of SEND_STRING for one macro. */
const macro = (...fragments: unknown[]) =>
  /SEND_STRING\((.*)\);/.exec(source({ macros: [fragments] }) ?? '')?.[1];

describe('keymap.c', () => {
  it('lists the layers, without the word ANY around a keycode', () => {
    expect(
      source({
        layers: [
          ['KC_A', 'ANY(S(KC_1))'],
          ['MO(1)', 'KC_NO'],
        ],
      }),
    ).toContain(
      [
        'const uint16_t PROGMEM keymaps[][MATRIX_ROWS][MATRIX_COLS] = {',
        '    [0] = LAYOUT(KC_A, S(KC_1)),',
        '    [1] = LAYOUT(MO(1), KC_NO)',
        '};',
      ].join('\n'),
    );
  });

  it('lists encoders counter-clockwise first', () => {
    expect(source({ encoders: [[{ cw: 'KC_UP', ccw: 'ANY(KC_DOWN)' }], []] })).toContain(
      '    [0] = {ENCODER_CCW_CW(KC_DOWN, KC_UP)},\n    [1] = {}\n};\n#endif',
    );
  });

  it('includes the headers of a language', () => {
    expect(source({ host_language: 'german' })).toContain(
      '#include "keymap_german.h"\n#include "sendstring_german.h"\n',
    );
  });

  it.each([
    [['a"b'], '"a\\"b"'],
    [['a\\b'], '"a\\\\b"'],
    [['a\r\nb\rc\nd\te'], '"a\\nb\\nc\\nd\\te"'],
    [['$& $1'], '"$& $1"'],
    [['one', 'two'], '"onetwo"'],
    [[{ action: 'tap', keycodes: ['A'] }], 'SS_TAP(X_A)'],
    [
      [{ action: 'tap', keycodes: ['LCTL', 'LSFT', 'B'] }],
      'SS_DOWN(X_LCTL)SS_DOWN(X_LSFT)SS_TAP(X_B)SS_UP(X_LSFT)SS_UP(X_LCTL)',
    ],
    [[{ action: 'down', keycodes: ['A', 'B'] }], 'SS_DOWN(X_A)SS_DOWN(X_B)'],
    [[{ action: 'delay', duration: 100 }, 'x', { action: 'beep' }], 'SS_DELAY(100)"x\\a"'],
  ])('writes the macro %j as the tree does', (fragments, expected) => {
    expect(macro(...fragments)).toBe(expected);
  });

  it.each([
    { layers: [['__MACRO_OUTPUT_GOES_HERE__']] },
    { macros: [['__INCL', 'UDES__']] },
    { host_language: '__KEYMAP_GOES_HERE__' },
  ])(
    'is left to the tree where a text would be taken for a place in the template: %j',
    (members) => {
      expect(source(members)).toBeNull();
    },
  );
});
