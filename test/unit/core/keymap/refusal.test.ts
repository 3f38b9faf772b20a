import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteForMessage } from '../../../../core/keymap/refusal.ts';

it('a client’s text is shown as it is when it is harmless', () => {
  expect(quoteForMessage('LT(1, KC_A); $x')).toBe('`LT(1, KC_A); $x`');
});

it('control characters, quotes, markup and what is not ASCII are escaped', () => {
  expect(quoteForMessage('\r\n\u001b[31m')).toBe('`\\u000d\\u000a\\u001b[31m`');
  expect(quoteForMessage('<b>&"\'`\\')).toBe(
    '`\\u003cb\\u003e\\u0026\\u0022\\u0027\\u0060\\u005c`',
  );
  expect(quoteForMessage('é😀\u202e')).toBe('`\\u00e9\\ud83d\\ude00\\u202e`');
});

it('long text is cut to 40 characters', () => {
  expect(quoteForMessage('a'.repeat(40))).toBe(`\`${'a'.repeat(40)}\``);
  expect(quoteForMessage('a'.repeat(100_000))).toBe(`\`${'a'.repeat(40)}…\``);
});

it('no text comes through with a character that a log, a terminal or a page could act on', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(quoteForMessage(text)).toMatch(/^`[ !#$%()*+,\-./0-9:;=?@A-Z[\\\]^_a-z{|}~]*…?`$/);
    }),
  );
});
