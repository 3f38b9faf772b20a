import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isKilnLink, parseKilnLink } from '../../../../electron/documents/kiln-link.ts';
import { routeOf } from '../../../../electron/documents/page-route.ts';
import { ShellError } from '../../../../electron/errors.ts';

describe('links that Kiln knows', () => {
  test.each([
    ['kiln://keyboard/kiln/pad4x4', { kind: 'keyboard', keyboard: 'kiln/pad4x4' }],
    ['KILN://Keyboard/planck/rev6/', { kind: 'keyboard', keyboard: 'planck/rev6' }],
    [
      'kiln://import?url=https%3A%2F%2Fexample.org%2Fkeymap.json',
      { kind: 'import', url: 'https://example.org/keymap.json' },
    ],
    [
      'kiln://import/?url=https://example.org/k.json',
      { kind: 'import', url: 'https://example.org/k.json' },
    ],
  ])('%s', (link, expected) => {
    expect(parseKilnLink(link)).toEqual(expected);
  });
});

/** So that what follows reaches each of the checks. */
const BEGINNINGS = fc.constantFrom(
  'kiln://',
  'kiln://keyboard/',
  'kiln://import?url=https://',
  'kiln://import?url=https://example.org/',
);

describe('links that are refused', () => {
  test.each([
    'kiln:',
    'kiln://',
    'kiln://keyboard',
    'kiln://keyboard/',
    'kiln://keyboard/../../etc',
    'kiln://keyboard/a%2f..%2fb',
    'kiln://keyboard/a b',
    'kiln://keyboard/a?url=x',
    'kiln://keyboard/a#x',
    `kiln://keyboard/${'a'.repeat(200)}`,
    'kiln://import',
    'kiln://import?url=http://example.org/k.json',
    'kiln://import?url=file:///etc/passwd',
    'kiln://import?url=https://user:word@example.org/',
    'kiln://import?url=javascript:alert(1)',
    'kiln://import?url=https://a.example&url=https://b.example',
    'kiln://import/x?url=https://a.example',
    'kiln://flash?url=https://a.example/evil.hex',
    'kiln://open/etc/passwd',
    'https://keyboard/planck',
    `kiln://import?url=https://a.example/${'a'.repeat(3000)}`,
  ])('%s', (link) => {
    expect(() => parseKilnLink(link)).toThrow(ShellError);
  });

  test('whatever stands behind the scheme, it is refused with a reason or leads to a plain route', () => {
    fc.assert(
      fc.property(BEGINNINGS, fc.string(), (beginning, rest) => {
        let route = '';
        try {
          route = routeOf(parseKilnLink(beginning + rest));
        } catch (error) {
          expect(error).toBeInstanceOf(ShellError);
          return;
        }
        expect(route).toMatch(/^\/[a-z]*\?(?:q|import)=[\w.!~*'()%-]+$/);
      }),
    );
  });
});

test('a link is known by its scheme, however it is written', () => {
  expect(isKilnLink('KILN://x')).toBe(true);
  expect(isKilnLink('kilns://x')).toBe(false);
  expect(isKilnLink('/home/kiln://x')).toBe(false);
});

test('a route carries what the link named, and nothing that changes its meaning', () => {
  expect(routeOf({ kind: 'keyboard', keyboard: 'a/b' })).toBe('/keyboards?q=a%2Fb');
  expect(routeOf({ kind: 'import', url: 'https://a.example/?x=1&y=2#z' })).toBe(
    '/?import=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2%23z',
  );
});
