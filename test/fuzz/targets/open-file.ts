/** Files that people open in the editor: exports of VIA, Vial, kbfirmware and QMK, and whatever has such a name. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkKeycode } from '../../../core/keymap/keycode.ts';
import { readCatalogue } from '../../../renderer/editor/keymap/keycode-catalogue.ts';
import { openKeymapText } from '../../../renderer/editor/open/open-keymap.ts';
import { damagedText, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const keycode = fc.oneof(
  fc.constantFrom<unknown>('KC_A', 'LT1(KC_B)', 'MACRO(0)', 'LSFT_T(KC_A)', '0x12', -1, null),
  hostileText,
  fc.jsonValue(),
);
const pair = fc.tuple(keycode, keycode);
const layers = fc.array(fc.tuple(keycode, keycode, keycode, keycode), { maxLength: 3 });
const via = fc.record({
  vendorProductId: fc.constant(1),
  layers,
  macros: fc.array(fc.oneof(hostileText, fc.constant('a{KC_A}{10}{+KC_B}')), { maxLength: 3 }),
  encoders: fc.array(fc.array(pair, { maxLength: 3 }), { maxLength: 2 }),
});
const vial = fc.record({
  uid: fc.constant(1),
  layout: fc.array(fc.tuple(pair, pair), { maxLength: 3 }),
  macro: fc.array(fc.array(fc.tuple(fc.constantFrom('text', 'tap', 'delay'), keycode)), {
    maxLength: 3,
  }),
  encoder_layout: fc.array(fc.array(pair, { maxLength: 2 }), { maxLength: 2 }),
  combo: fc.jsonValue(),
  settings: fc.jsonValue(),
});
const kbfirmware = fc.record({
  keyboard: fc.record({
    keys: fc.array(
      fc.record({
        row: fc.oneof(fc.constantFrom<unknown>(0, 1, -1, 1e9), hostileText),
        col: fc.constantFrom<unknown>(0, 1, null),
        keycodes: fc.array(fc.record({ id: hostileText, fields: fc.array(keycode) })),
      }),
      { maxLength: 4 },
    ),
  }),
});
const qmk = fc.record({ keyboard: hostileText, layout: hostileText, layers });

const text = fc.oneof(
  fc.oneof(via, vial, kbfirmware, qmk).map((value) => JSON.stringify(value)),
  damagedText(fc.oneof(via, vial).map((value) => JSON.stringify(value))),
  hostileText,
);

const board = {
  keyboard: 'a',
  layout: 'LAYOUT',
  keys: [
    { x: 0, y: 0, matrix: [0, 0] },
    { x: 1, y: 0, matrix: [1, 1] },
  ],
  matrix: { rows: 2, cols: 2 },
  catalogue: readCatalogue({ keycodes: {} }),
} as const;

function check(raw: string): void {
  const result = openKeymapText(raw, board);
  if (result.kind !== 'keymap' || result.format === 'qmk') return;
  const { layers: opened, encoders = [], macros = [] } = result.document;
  assert.ok(opened.length <= 32 && encoders.length <= 32 && macros.length <= 32);
  for (const layer of opened) assert.equal(layer.length, board.keys.length);
  for (const text of [...opened.flat(), ...encoders.flat().flatMap(({ ccw, cw }) => [ccw, cw])]) {
    assert.equal(checkKeycode(text), null, text);
  }
  for (const part of macros.flat())
    if (typeof part === 'string') assert.doesNotMatch(part, /[^\t\n -~]/);
}

export const target = pure('open-file', text, check);
