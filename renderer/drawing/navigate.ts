/** Arrow keys on a drawn keyboard: the next key is the one that the eye finds there. */
import type { LayoutKey } from '../api/keyboards.ts';
import { centre, keyBox, type Point } from './geometry.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

const STEP: Readonly<Record<Direction, Point>> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
};

/** How much a key aside weighs against one ahead. */
const ASIDE = 2.5;

/**
 * The key to go to from another; itself when there is none in that direction.
 * @param steady the point that a walk up or down began at, so that wide keys do not pull it aside
 */
export function neighbour(
  keys: readonly LayoutKey[],
  from: number,
  direction: Direction,
  steady?: Point,
): number {
  const start = keys[from];
  if (start === undefined) return keys.length === 0 ? from : 0;
  const centres = keys.map((key) => centre(keyBox(key)));
  const middle = centres[from] ?? { x: 0, y: 0 };
  const step = STEP[direction];
  const isSideways = step.x !== 0;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, point] of centres.entries()) {
    if (index === from) continue;
    const [dx, dy] = [point.x - middle.x, point.y - middle.y];
    const ahead = dx * step.x + dy * step.y;
    if (ahead < 0.3) continue;
    const aside = isSideways ? Math.abs(dy) : asideOf(keys[index], point, steady ?? middle);
    // Beyond 45° it lies rather above or below than beside.
    if (isSideways && aside > ahead + 0.01) continue;
    const cost = ahead + aside * ASIDE;
    if (cost < least - 1e-9) {
      least = cost;
      best = index;
    }
  }
  return best;
}

/** How far a key lies from a vertical line: nothing while the line runs through it. */
function asideOf(key: LayoutKey | undefined, { x }: Point, line: Point): number {
  const half = (key?.w ?? 1) / 2;
  // A little is left, so that of two keys under the line the nearer middle wins.
  return Math.max(0, Math.abs(x - line.x) - half) + Math.abs(x - line.x) * 0.05;
}

/** The row and the place in it, both from 1, as a person counts them on the drawing: by the keys' middles. */
export function rowsOf(
  keys: readonly LayoutKey[],
): readonly { readonly row: number; readonly place: number }[] {
  const middles = keys.map((key, index) => ({ index, ...centre(keyBox(key)) }));
  const byHeight = [...middles].sort((a, b) => a.y - b.y);
  const places: { row: number; place: number }[] = keys.map(() => ({ row: 1, place: 1 }));
  let row: typeof byHeight = [];
  let number = 0;
  const close = () => {
    number += 1;
    for (const [at, { index }] of row.sort((a, b) => a.x - b.x).entries()) {
      places[index] = { row: number, place: at + 1 };
    }
    row = [];
  };
  for (const key of byHeight) {
    // Half a unit lower than where the row began: the next one. Staggered columns stay together as far as they can.
    if (row.length > 0 && key.y - (row[0]?.y ?? 0) > 0.6) close();
    row.push(key);
  }
  if (row.length > 0) close();
  return places;
}

/** Positions in a layer at which the order of keys begins a new row: for printing. */
export function rowStarts(keys: readonly LayoutKey[]): ReadonlySet<number> {
  const starts = new Set<number>();
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    if (before === undefined || key.x < before.x) starts.add(index);
  }
  return starts;
}

/** All keys whose middles lie in the box between two keys: what Shift and the mouse select. */
export function keysBetween(keys: readonly LayoutKey[], a: number, b: number): readonly number[] {
  const [first, second] = [keys[a], keys[b]];
  if (first === undefined || second === undefined) return [];
  const [p, q] = [centre(keyBox(first)), centre(keyBox(second))];
  const room = 0.3;
  const isBetween = (value: number, one: number, other: number) =>
    value >= Math.min(one, other) - room && value <= Math.max(one, other) + room;
  return keys.flatMap((key, index) => {
    const { x, y } = centre(keyBox(key));
    return isBetween(x, p.x, q.x) && isBetween(y, p.y, q.y) ? [index] : [];
  });
}
