/** Admission as a whole: from a request's bytes to the text that a build starts from, and back. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KilnError } from '../../../core/errors.ts';
import { type AdmittedKeymap, admitForKeyboard, admitKeymap } from '../../../core/keymap/admit.ts';
import { serialiseKeymap } from '../../../core/keymap/serialise.ts';
import { keycodeText } from '../../unit/core/keymap/keycode-arbitrary.ts';
import { FACTS, INFO, keymapWith } from '../../unit/core/keymap/support.ts';
import { damaged, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const keycode = fc.oneof(
  { weight: 6, arbitrary: keycodeText },
  { weight: 1, arbitrary: hostileText },
);
const value = fc.oneof(hostileText, fc.integer(), fc.boolean(), fc.jsonValue({ maxDepth: 2 }));
const fragment = fc.oneof(
  hostileText,
  fc.constantFrom('plain text', 'a "quoted" word', 'tab\there', '?', '?=', '__INCLU', 'DES__'),
  fc.record({
    action: fc.constantFrom('tap', 'down', 'up', 'delay', 'beep', 'x'),
    keycodes: fc.array(fc.oneof(fc.constantFrom('A', 'ENTER', '1'), hostileText), { maxLength: 9 }),
  }),
  fc.record({ action: fc.constant('delay'), duration: value }),
);
const members = fc.record(
  {
    keyboard: fc.oneof(fc.constant('pad/rev1'), hostileText),
    keymap: fc.oneof(fc.constantFrom('mine', 'A-b_9'), hostileText),
    layout: fc.oneof(fc.constantFrom('LAYOUT_ortho_1x3', 'LAYOUT'), hostileText),
    layers: fc.array(fc.array(keycode, { minLength: 3, maxLength: 4 }), { maxLength: 4 }),
    encoders: fc.array(fc.array(fc.record({ cw: keycode, ccw: keycode }), { maxLength: 2 }), {
      maxLength: 2,
    }),
    macros: fc.array(fc.array(fragment, { maxLength: 4 }), { maxLength: 4 }),
    host_language: fc.oneof(fc.constant('german'), hostileText),
    modules: fc.array(fc.oneof(fc.constant('qmk/hello_world'), hostileText), { maxLength: 3 }),
    converter: fc.oneof(fc.constant('elite_pi'), hostileText),
    keycodes: fc.array(
      fc.record(
        {
          key: fc.oneof(fc.stringMatching(/^[A-Z][A-Z0-9_]{1,12}$/), hostileText),
          label: hostileText,
          aliases: fc.array(fc.oneof(fc.stringMatching(/^[A-Z][A-Z0-9_]{1,6}$/), hostileText)),
        },
        { requiredKeys: ['key'] },
      ),
      { maxLength: 3 },
    ),
    config: fc.oneof(
      fc.record({
        features: fc.dictionary(fc.constantFrom('rgblight', 'mousekey', 'lto', 'x'), value),
      }),
      fc.dictionary(
        fc.constantFrom('tapping', 'mousekey', 'combo', 'processor', 'usb', 'rgblight', 'audio'),
        fc.dictionary(fc.constantFrom('term', 'delay', 'count', 'steps', 'hue_steps'), value),
      ),
    ),
    branch: hostileText,
    author: hostileText,
    version: value,
    notes: hostileText,
  },
  { requiredKeys: [] },
);

const request = members.map((some) =>
  Uint8Array.from(Buffer.from(JSON.stringify(keymapWith(some)))),
);

/** Text without its string literals: what is left of a keymap has no character that any tool takes for more. */
const SAFE_NAME = /^[A-Za-z0-9_/-]+$/;
const SAFE_KEYCODE = /^[A-Za-z0-9_(),|]+$/;

function checkAdmitted(admitted: AdmittedKeymap): void {
  const names = [admitted.keyboard, admitted.keymap, admitted.layout, ...(admitted.modules ?? [])];
  for (const name of names) assert.match(name, SAFE_NAME);
  const keycodes = [
    ...admitted.layers.flat(),
    ...(admitted.encoders ?? []).flat().flatMap(({ cw, ccw }) => [cw, ccw]),
  ];
  for (const text of keycodes) assert.match(text, SAFE_KEYCODE);
  for (const text of (admitted.macros ?? []).flat()) {
    if (typeof text !== 'string') continue;
    assert.match(text, /^[\x20-\x7e\t\r\n]*$/);
    assert.equal(text.endsWith('"'), false);
  }
  const text = serialiseKeymap(admitted);
  assert.doesNotMatch(text, /__[A-Z_]*GOES_HERE__|__INCLUDES__/);
  const again = admitForKeyboard(admitKeymap(Buffer.from(text)), 'pad/rev1', INFO, FACTS);
  assert.equal(serialiseKeymap(again), text, 'what was admitted is not admitted again as it was');
}

function check(bytes: Uint8Array): void {
  try {
    checkAdmitted(admitForKeyboard(admitKeymap(bytes), 'pad/rev1', INFO, FACTS));
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    assert.ok([400, 413, 422].includes(error.status), `${error.code} is no refusal`);
    assert.doesNotMatch(error.message, /[\p{Cc}<>]/u);
    assert.ok(error.message.length < 600, 'a message as long as a request');
  }
}

export const target = pure('keymap', damaged(request), check);
