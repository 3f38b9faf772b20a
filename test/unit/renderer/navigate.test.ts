import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysBetween, neighbour, rowsOf } from '../../../renderer/drawing/navigate.ts';

// Two rows of three, with a gap after the second column, and a wide key below.
const keys = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 4, y: 0 },
  { x: 0.25, y: 1 },
  { x: 1.25, y: 1 },
  { x: 4.25, y: 1 },
  { x: 0, y: 2, w: 5 },
];

describe('arrow keys', () => {
  it('go to the key that lies there, over gaps too', () => {
    expect(neighbour(keys, 0, 'right')).toBe(1);
    expect(neighbour(keys, 1, 'right')).toBe(2);
    expect(neighbour(keys, 2, 'left')).toBe(1);
    expect(neighbour(keys, 1, 'down')).toBe(4);
    expect(neighbour(keys, 5, 'down')).toBe(6);
    expect(neighbour(keys, 3, 'up')).toBe(0);
  });

  it('stay at the edge', () => {
    expect(neighbour(keys, 0, 'left')).toBe(0);
    expect(neighbour(keys, 2, 'right')).toBe(2);
    expect(neighbour(keys, 0, 'up')).toBe(0);
    expect(neighbour(keys, 6, 'down')).toBe(6);
  });

  it('come back through a wide key to the column that they came from', () => {
    expect(neighbour(keys, 6, 'up', { x: 4.75, y: 1.5 })).toBe(5);
    expect(neighbour(keys, 6, 'up', { x: 0.75, y: 1.5 })).toBe(3);
  });

  it('go by where a turned key lies, not by what it is called', () => {
    const turned = [
      { x: 0, y: 0 },
      { x: 1, y: 0, r: 180, rx: 0, ry: 0.5 },
    ];
    expect(neighbour(turned, 0, 'left')).toBe(1);
  });

  it('reach every key of a grid from every other, and never leave it', () => {
    const grid = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(grid, ([columns, rows]) => {
        const all = Array.from({ length: columns * rows }, (_, index) => ({
          x: index % columns,
          y: Math.floor(index / columns),
        }));
        const reached = new Set([0]);
        for (const from of reached) {
          for (const direction of ['left', 'right', 'up', 'down'] as const) {
            reached.add(neighbour(all, from, direction));
          }
        }
        expect(reached.size).toBe(all.length);
      }),
    );
  });
});

describe('rows as a person counts them', () => {
  it('are by the middles of the keys', () => {
    expect(rowsOf(keys)).toEqual([
      { row: 1, place: 1 },
      { row: 1, place: 2 },
      { row: 1, place: 3 },
      { row: 2, place: 1 },
      { row: 2, place: 2 },
      { row: 2, place: 3 },
      { row: 3, place: 1 },
    ]);
  });
});

describe('a selection from key to key', () => {
  it('holds what lies in the box between them', () => {
    expect(keysBetween(keys, 0, 4)).toEqual([0, 1, 3, 4]);
    expect(keysBetween(keys, 4, 0)).toEqual([0, 1, 3, 4]);
    expect(keysBetween(keys, 2, 2)).toEqual([2]);
  });
});
