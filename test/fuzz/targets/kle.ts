/** Raw data of keyboard-layout-editor.com. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KilnError } from '../../../core/errors.ts';
import { convertKle } from '../../../core/kle/convert.ts';
import { damagedText, hostileText } from '../hostile.ts';
import { pure } from '../target.ts';

const number = fc.oneof(
  fc.constantFrom(0, 1, 0.25, -1, 1.5, 90, -30, 1e9, 1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const change = fc.dictionary(
  fc.constantFrom(...'xywhrdlnacfpt', 'rx', 'ry', 'x2', 'y2', 'w2', 'h2', 'fa', 'sm', '__proto__'),
  fc.oneof(number, fc.boolean(), hostileText),
  { maxKeys: 4 },
);
const row = fc.array(fc.oneof(fc.constantFrom('A', '', 'a\nb', 'Esc'), hostileText, change), {
  maxLength: 6,
});
const layout = fc
  .tuple(
    fc.option(fc.dictionary(fc.constantFrom('name', 'author', 'css', 'switchMount'), hostileText)),
    fc.array(row, { maxLength: 4 }),
  )
  .map(([meta, rows]) => [...(meta === null ? [] : [meta]), ...rows]);

/** As the site shows it: names without quotes, no brackets around it. */
const unquoted = (text: string): string =>
  text.replace(/^\[|\]$/g, '').replace(/"([a-z]\w*)":/g, '$1:');

const text = fc.oneof(
  damagedText(layout.map((rows) => JSON.stringify(rows))),
  damagedText(layout.map((rows) => unquoted(JSON.stringify(rows)))),
  hostileText,
);

function check(raw: string): void {
  try {
    const { layouts, keyboard_name } = convertKle(raw);
    assert.doesNotMatch(keyboard_name, /\p{Cc}/u);
    assert.ok(layouts.LAYOUT.layout.length > 0);
    for (const { label = '', ...numbers } of layouts.LAYOUT.layout) {
      assert.doesNotMatch(label, /\p{Cc}/u);
      for (const value of Object.values(numbers)) assert.ok(Number.isFinite(value));
      assert.ok(numbers.x >= 0 && numbers.y >= 0);
    }
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    assert.match(error.code, /^request\./);
  }
}

export const target = pure('kle', text, check);
