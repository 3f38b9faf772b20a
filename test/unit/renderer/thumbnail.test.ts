// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { createElement } from 'react';
import { afterEach, expect, it } from 'vitest';
import { Thumbnail } from '../../../renderer/drawing/thumbnail.tsx';

afterEach(cleanup);

const keys = [
  { x: 0, y: 0 },
  { x: 1, y: 0, w: 2, r: 90, rx: 1, ry: 0 },
  { x: 4, y: 0, encoder: 0 },
];

/** How many outlines each path has, in their order. */
function outlinesIn(container: Element): readonly number[] {
  return [...container.querySelectorAll('path')].map(
    (path) => (path.getAttribute('d') ?? '').split('z').length - 1,
  );
}

it('has every key once, dials apart, and those that stand out over them', () => {
  const { container, rerender } = render(createElement(Thumbnail, { keys }));
  expect(outlinesIn(container)).toEqual([2, 1]);
  rerender(createElement(Thumbnail, { keys, marked: new Set([1, 2]) }));
  expect(outlinesIn(container)).toEqual([2, 1, 2]);
});

it('draws a turned key where it lies', () => {
  const { container } = render(createElement(Thumbnail, { keys }));
  const [, turned = ''] = container.querySelector('path')?.getAttribute('d')?.split('z') ?? [];
  // Turned by a quarter around its own corner at (1, 0), it reaches from 0 to 1 and two units down.
  const numbers = [...turned.matchAll(/(?:[ML]|0 0 1 )(-?[\d.]+) (-?[\d.]+)/g)];
  const xs = numbers.map(([, x]) => Number(x));
  const ys = numbers.map(([, , y]) => Number(y));
  expect([Math.min(...xs), Math.max(...xs)]).toEqual([0.04, 0.96]);
  expect([Math.min(...ys), Math.max(...ys)]).toEqual([0.04, 1.96]);
});
