import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitKeymap } from '../../../../core/keymap/admit.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import { fitToKeyboard } from '../../../../renderer/editor/fit-keyboard.ts';
import { readCatalogue } from '../../../../renderer/editor/keymap/keycode-catalogue.ts';
import { layerFromLegends } from '../../../../renderer/editor/open/kle-legends.ts';
import { openKeymapText } from '../../../../renderer/editor/open/open-keymap.ts';
import type { OpenTarget } from '../../../../renderer/editor/open/opened.ts';

const catalogue = readCatalogue({
  keycodes: {
    '0x0004': { group: 'basic', key: 'KC_A', label: 'A' },
    '0x0029': { group: 'basic', key: 'KC_ESCAPE', label: 'Esc', aliases: ['KC_ESC'] },
    '0x001E': { group: 'basic', key: 'KC_1', label: '1' },
    '0x0059': { group: 'basic', key: 'KC_KP_1', label: '1', aliases: ['KC_P1'] },
    '0x00E0': {
      group: 'modifiers',
      key: 'KC_LEFT_CTRL',
      label: 'Left Control',
      aliases: ['KC_LCTL'],
    },
    '0x7820': { group: 'underglow', key: 'QK_UNDERGLOW_TOGGLE', aliases: ['UG_TOGG'] },
  },
});
/** Two rows of two switches; the layout leaves one out. */
const target: OpenTarget = {
  keyboard: 'me/board',
  layout: 'LAYOUT',
  keys: [
    { x: 0, y: 0, matrix: [0, 0] },
    { x: 1, y: 0, matrix: [0, 1] },
    { x: 0, y: 1, matrix: [1, 0] },
  ],
  matrix: { rows: 2, cols: 2 },
  catalogue,
};
const open = (value: unknown, into: OpenTarget = target) =>
  openKeymapText(typeof value === 'string' ? value : JSON.stringify(value), into);
function opened(value: unknown) {
  const result = open(value);
  if (result.kind !== 'keymap') throw new Error(JSON.stringify(result));
  return result;
}
const reason = (value: unknown, into?: OpenTarget) => {
  const result = open(value, into);
  return result.kind === 'refused' ? result.reason : result.kind;
};

describe('a keymap of VIA', () => {
  const via = {
    name: 'Board',
    vendorProductId: 1,
    macros: ['Hi{KC_ENT}{100}{+KC_LCTL}c{-KC_LCTL}{KC_LCTL,KC_C}\\{', '', ''],
    layers: [
      ['KC_A', 'LT(1,KC_ESC)', 'MACRO(0)', 'KC_A'],
      ['KC_TRNS', 'CUSTOM(3)', '0x5F10', 'KC_NO'],
    ],
    encoders: [
      [
        ['KC_VOLD', 'KC_VOLU'],
        ['KC_TRNS', 'RGB_TOG'],
      ],
    ],
  };

  it('lands on the keys at its places of the matrix', () => {
    const { document, format } = opened(via);
    expect(format).toBe('via');
    expect(document.layers).toEqual([
      ['KC_A', 'LT(1,KC_ESC)', 'QK_MACRO_0'],
      ['KC_TRNS', 'QK_KB_3', 'KC_NO'],
    ]);
    expect(document).toMatchObject({ keyboard: 'me/board', layout: 'LAYOUT' });
  });

  it('brings its macros and dials', () => {
    const { document } = opened(via);
    expect(document.macros).toEqual([
      [
        'Hi',
        { action: 'tap', keycodes: ['ENT'] },
        { action: 'delay', duration: 100 },
        { action: 'down', keycodes: ['LCTL'] },
        'c',
        { action: 'up', keycodes: ['LCTL'] },
        { action: 'tap', keycodes: ['LCTL', 'C'] },
        '{',
      ],
    ]);
    expect(document.encoders).toEqual([
      [{ ccw: 'KC_VOLD', cw: 'KC_VOLU' }],
      [{ ccw: 'KC_TRNS', cw: 'UG_TOGG' }],
    ]);
  });

  it('says what it lost: bare numbers, and switches that the layout leaves out', () => {
    expect(opened(via).losses).toEqual([
      { kind: 'keycodes', count: 1, examples: ['0x5F10'] },
      { kind: 'keys', count: 1 },
    ]);
  });

  it('is refused for another matrix, or where the keyboard does not tell its own', () => {
    expect(reason({ ...via, layers: [['KC_A']] })).toBe('other-matrix');
    expect(reason(via, { ...target, matrix: null })).toBe('no-matrix');
    expect(reason(via, { ...target, keys: [{ x: 0, y: 0 }] })).toBe('no-matrix');
    expect(reason({ name: 'x', vendorId: '1', matrix: {}, layouts: {} })).toBe('via-definition');
  });
});

describe('a layout of Vial', () => {
  const vial = {
    version: 1,
    uid: 7,
    layout: [
      [
        ['KC_A', 'LT1(KC_ESCAPE)'],
        ['M0', -1],
      ],
      [
        ['KC_TRNS', 'USER02'],
        ['KC_LSHIFT', -1],
      ],
    ],
    encoder_layout: [[['KC_VOLD', 'KC_VOLU']], [['KC_TRNS', 'KC_TRNS']]],
    macro: [
      [
        ['text', 'Hi'],
        ['tap', 'KC_ENTER'],
        ['delay', 50],
      ],
      [],
    ],
    tap_dance: [
      ['KC_A', 'KC_NO', 'KC_NO', 'KC_NO', 200],
      ['KC_NO', 'KC_NO', 'KC_NO', 'KC_NO', 200],
    ],
    combo: [['KC_A', 'KC_B', 'KC_NO', 'KC_NO', 'KC_C']],
    key_override: [{ trigger: 'KC_A', replacement: 'KC_B', layers: 1 }],
    settings: { '1': 0, '2': 3 },
  };

  it('lands with its macros and dials, and says what needs C', () => {
    const { document, format, losses } = opened(vial);
    expect(format).toBe('vial');
    expect(document.layers).toEqual([
      ['KC_A', 'LT(1,KC_ESCAPE)', 'QK_MACRO_0'],
      // The tree at hand has no KC_LSFT to take its place: the name stays, and the editor marks it.
      ['KC_TRNS', 'QK_USER_2', 'KC_LSHIFT'],
    ]);
    expect(document.macros).toEqual([
      ['Hi', { action: 'tap', keycodes: ['ENTER'] }, { action: 'delay', duration: 50 }],
    ]);
    expect(document.encoders?.[0]).toEqual([{ ccw: 'KC_VOLD', cw: 'KC_VOLU' }]);
    expect(losses).toEqual([
      { kind: 'tap-dances', count: 1 },
      { kind: 'combos', count: 1 },
      { kind: 'overrides', count: 1 },
      { kind: 'settings', count: 2 },
    ]);
  });

  it('is refused for a keyboard with more rows', () => {
    expect(reason({ ...vial, layout: [[['KC_A', 'KC_A']]] })).toBe('other-matrix');
  });
});

describe('a keyboard of kbfirmware', () => {
  it('lands by rows and columns, with as many layers as it uses', () => {
    const key = (row: number, col: number, ...keycodes: unknown[]) => ({ row, col, keycodes });
    const { document } = opened({
      version: 1,
      keyboard: {
        keys: [
          key(0, 0, { id: 'KC_A', fields: [] }, { id: 'KC_TRNS', fields: [] }),
          key(0, 1, { id: 'MO()', fields: [1] }, { id: 'LT()', fields: [1, { id: 'KC_ESC' }] }),
          key(1, 0, { id: 'KC_NO' }, { id: 'KC_TRNS' }, { id: 'KC_TRNS' }),
        ],
      },
    });
    expect(document.layers).toEqual([
      ['KC_A', 'MO(1)', 'KC_NO'],
      ['KC_TRNS', 'LT(1,KC_ESC)', 'KC_TRNS'],
    ]);
  });
});

describe('a keymap of QMK or the Configurator', () => {
  it('keeps whatever it holds', () => {
    const file = {
      version: 1,
      author: 'x',
      keyboard: 'b',
      keymap: 'k',
      layout: 'L',
      layers: [['KC_A']],
      own: { a: 1 },
    };
    expect(opened(file).document).toEqual(file);
    expect(opened(`\uFEFF${JSON.stringify(file)}`).document).toEqual(file);
  });

  it('of earlier years lacks members and has holes', () => {
    expect(opened({ layers: [['KC_A', null], null] }).document).toEqual({
      keyboard: 'me/board',
      layout: 'LAYOUT',
      layers: [['KC_A', 'KC_TRNS'], []],
    });
  });

  it('is fitted to the keyboard as it is today', () => {
    const info = { layouts: { NEW: { layout: target.keys } }, layout_aliases: { OLD: 'NEW' } };
    const fitted = (layout: string, layer: string[]) =>
      fitToKeyboard({ keyboard: 'k', keymap: 'm', layout, layers: [layer] }, info);
    expect(fitted('NEW', ['A', 'B', 'C']).notes).toEqual([]);
    const renamed = fitted('OLD', ['KC_A', 'LT(2', 'KC_B)', 'KC_C']);
    expect(renamed.document).toMatchObject({
      layout: 'NEW',
      layers: [['KC_A', 'LT(2,KC_B)', 'KC_C']],
    });
    expect(renamed.notes.map(({ kind }) => kind)).toEqual(['layout-renamed', 'joined']);
    expect(fitted('GONE', ['KC_A']).document.layers[0]).toEqual(['KC_A', 'KC_NO', 'KC_NO']);
    expect(fitted('NEW', ['A', 'B', 'C', 'D', 'E']).notes[0]).toEqual({
      kind: 'keys-dropped',
      layer: 0,
      count: 2,
    });
  });
});

describe('legends of keyboard-layout-editor.com', () => {
  it('become keycodes where a key lies at the same place', () => {
    const drawn = [
      { x: 5, y: 5, label: 'Esc' },
      { x: 6, y: 5, label: '!' },
      { x: 9, y: 9, label: 'A' },
      { x: 5, y: 6, label: 'Hello' },
    ];
    const { layer, losses, found } = layerFromLegends(drawn, target.keys, catalogue);
    expect(layer).toEqual(['KC_ESC', 'KC_1', 'KC_NO']);
    expect(found).toBe(2);
    expect(losses).toEqual([
      { kind: 'keycodes', count: 1, examples: ['Hello'] },
      { kind: 'keys', count: 1 },
    ]);
    expect(open([['A', 'B']]).kind).toBe('kle');
  });
});

describe('any other text', () => {
  it('is refused in words', () => {
    expect(reason('no json')).toBe('not-json');
    expect(reason('"text"')).toBe('not-a-keymap');
    expect(reason('{}')).toBe('not-a-keymap');
    expect(reason('[1,2]')).toBe('not-a-keymap');
    expect(reason(' '.repeat(2_000_001))).toBe('too-large');
  });

  it('never throws, and what foreign files become has keycodes and macros that admission accepts', () => {
    const keycode = fc.oneof(
      fc.constantFrom(
        'KC_A',
        'LT1(KC_B)',
        'M0',
        'TD(1)',
        -1,
        '0x12',
        null,
        'exec("x")',
        'USER01',
        '__INCLUDES__',
      ),
      fc.string(),
      fc.jsonValue(),
    );
    const four = fc.array(keycode, { minLength: 4, maxLength: 4 });
    const pairs = fc.array(fc.array(keycode, { minLength: 2, maxLength: 2 }), {
      minLength: 2,
      maxLength: 2,
    });
    const foreign = fc.oneof(
      fc.record({
        vendorProductId: fc.constant(1),
        layers: fc.array(four, { minLength: 1, maxLength: 3 }),
        macros: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        encoders: fc.oneof(fc.array(fc.array(pairs)), fc.jsonValue()),
      }),
      fc.record({
        uid: fc.constant(1),
        layout: fc.array(pairs, { minLength: 1, maxLength: 3 }),
        macro: fc.jsonValue(),
        encoder_layout: fc.oneof(fc.array(fc.array(fc.array(keycode))), fc.jsonValue()),
        tap_dance: fc.jsonValue(),
        combo: fc.jsonValue(),
        settings: fc.jsonValue(),
      }),
      fc.record({ keyboard: fc.record({ keys: fc.jsonValue() }) }),
    );
    fc.assert(
      fc.property(fc.oneof(foreign, fc.jsonValue()), (value) => {
        const result = open(value);
        if (result.kind !== 'keymap' || result.format === 'qmk') return;
        const { macros: _macros, ...document } = result.document;
        admitKeymap(JSON.parse(JSON.stringify(document)) as JsonValue);
      }),
      { numRuns: 400 },
    );
  });
});
