/** Where the keys of a layout lie on the plane, in key units. Pure: the drawing, the thumbnail and the picture use it. */
import type { LayoutKey } from '../api/keyboards.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box in key units. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A key as a rectangle that is turned around its pivot. */
export interface KeyBox extends Bounds {
  /** Degrees, clockwise. */
  readonly angle: number;
  readonly pivot: Point;
}

export function keyBox({ x, y, w = 1, h = 1, r = 0, rx, ry }: LayoutKey): KeyBox {
  return { x, y, width: w, height: h, angle: r, pivot: { x: rx ?? x, y: ry ?? y } };
}

function turned({ x, y }: Point, angle: number, pivot: Point): Point {
  const radians = (angle * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const [dx, dy] = [x - pivot.x, y - pivot.y];
  return { x: pivot.x + dx * cos - dy * sin, y: pivot.y + dx * sin + dy * cos };
}

/** The four corners as they lie after turning: top left, top right, bottom right, bottom left. */
export function corners({ x, y, width, height, angle, pivot }: KeyBox): readonly Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ].map((corner) => (angle === 0 ? corner : turned(corner, angle, pivot)));
}

/** The middle of a key, as it lies after turning. */
export function centre(box: KeyBox): Point {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  return box.angle === 0 ? middle : turned(middle, box.angle, box.pivot);
}

/** The least box around all keys, turned ones included; a unit square around nothing. */
export function boundsOf(keys: readonly LayoutKey[]): Bounds {
  const points = keys.flatMap((key) => corners(keyBox(key)));
  if (points.length === 0) return { x: 0, y: 0, width: 1, height: 1 };
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
