import { expect, test } from 'vitest';
import { parseRecent, withRecent } from '../../../../electron/documents/recent.ts';

test('the latest comes first, each once, ten of them', () => {
  expect(withRecent(['/a', '/b'], '/b')).toEqual(['/b', '/a']);
  const many = Array.from({ length: 10 }, (_, index) => `/${index}`);
  expect(withRecent(many, '/new')).toEqual(['/new', ...many.slice(0, 9)]);
});

test('what is no list of paths is an empty one', () => {
  expect(parseRecent('["/a",1,"",null,"/b"]')).toEqual(['/a', '/b']);
  for (const text of ['', '{}', 'null', '"x"']) expect(parseRecent(text)).toEqual([]);
});
