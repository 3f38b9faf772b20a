import { describe, expect, it } from 'vitest';
import { boundsOf, centre, corners, keyBox } from '../../../renderer/drawing/geometry.ts';

describe('the place of a key', () => {
  it('is one unit square when nothing else is said', () => {
    expect(keyBox({ x: 2, y: 1 })).toMatchObject({ x: 2, y: 1, width: 1, height: 1, angle: 0 });
  });

  it('turns clockwise around its pivot', () => {
    const box = keyBox({ x: 1, y: 0, r: 90, rx: 0, ry: 0 });
    const { x, y } = centre(box);
    expect(x).toBeCloseTo(-0.5);
    expect(y).toBeCloseTo(1.5);
  });

  it('turns around its own top left corner without a pivot', () => {
    const [first] = corners(keyBox({ x: 3, y: 4, r: 33 }));
    expect(first?.x).toBeCloseTo(3);
    expect(first?.y).toBeCloseTo(4);
  });
});

describe('the bounds of a layout', () => {
  it('hold every corner, those of turned keys too', () => {
    const bounds = boundsOf([
      { x: 0, y: 0 },
      { x: 4, y: 0, w: 2, r: 180, rx: 4, ry: 0 },
    ]);
    expect(bounds.x).toBeCloseTo(0);
    expect(bounds.y).toBeCloseTo(-1);
    expect(bounds.width).toBeCloseTo(4);
    expect(bounds.height).toBeCloseTo(2);
  });

  it('are something to draw on without a key', () => {
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  });
});
