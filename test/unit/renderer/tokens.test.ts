import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOKENS = readFileSync(
  join(import.meta.dirname, '../../../renderer/theme/tokens.css'),
  'utf8',
);

type Scheme = 'light' | 'dark';

/** `--name: light-dark(#aaa, #bbb)` by name. */
const colours = new Map(
  [...TOKENS.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

function colour(name: string, scheme: Scheme): string {
  const pair = colours.get(name);
  if (pair === undefined) throw new Error(`there is no colour --${name}`);
  return pair[scheme];
}

/** WCAG 2.2's relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const GROUNDS = ['paper', 'surface', 'raised', 'sunken', 'hover', 'board'];
const TEXTS = ['text', 'muted', 'accent-text', 'success', 'warning', 'danger'];

/** What is read, with what it lies on. */
const READ: readonly (readonly [string, string])[] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['accent-text', 'accent-soft'],
  ['text', 'accent-soft'],
  ['text', 'key'],
  ['muted', 'key'],
  ...(['success', 'warning', 'danger'] as const).flatMap((tone) => [
    [tone, `${tone}-soft`] as const,
    ['text', `${tone}-soft`] as const,
    ['muted', `${tone}-soft`] as const,
  ]),
];

/** What has to be seen: edges of controls, the focus, the fill of a gauge. */
const SEEN: readonly (readonly [string, string])[] = [
  ...['outline', 'focus', 'accent'].flatMap((mark) =>
    ['paper', 'surface', 'raised', 'sunken'].map((ground) => [mark, ground] as const),
  ),
  ['key-outline', 'board'],
  ['key-outline', 'paper'],
  ['focus', 'key'],
  ['focus', 'board'],
];

describe.each(['light', 'dark'] as const)('the colours in %s', (scheme) => {
  it.each(READ)('%s can be read on %s: 4.5 to 1', (text, ground) => {
    expect(contrast(colour(text, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SEEN)('%s can be seen on %s: 3 to 1', (mark, ground) => {
    expect(contrast(colour(mark, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(3);
  });
});

describe('the tokens', () => {
  it('measure contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('stop all motion for who asked for rest', () => {
    expect(TOKENS).toMatch(/prefers-reduced-motion: reduce\) \{\s*:root \{\s*--quick: 0ms;/);
  });
});
