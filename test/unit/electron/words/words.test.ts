import { expect, test } from 'vitest';
import { de } from '../../../../electron/words/de.ts';
import { en } from '../../../../electron/words/en.ts';
import { wordsFor } from '../../../../electron/words/words.ts';

test.each([
  ['de', de],
  ['de-CH', de],
  ['en-GB', en],
  ['den', en],
  ['', en],
])('%s', (locale, words) => expect(wordsFor(locale)).toBe(words));

test('no word is empty in any language', () => {
  for (const words of [de, en]) expect(Object.values(words)).not.toContain('');
});
