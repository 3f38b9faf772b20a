import type { LayoutKey } from '../api/keyboards.ts';
import { boundsOf, corners, keyBox, type Point } from './geometry.ts';
import styles from './thumbnail.module.css';

/** Between two keys, in key units. */
const GAP = 0.08;
const MARGIN = 0.25;
const RADIUS = 0.14;

/**
 * A keyboard's shape: small, without legends, for lists. Says nothing to a screen reader; the name beside it does. The
 * keys of one look are one path: a list shows a thousand keys, and shows others after each letter of a search.
 */
export function Thumbnail({
  keys,
  marked,
}: {
  readonly keys: readonly LayoutKey[];
  /** Positions of keys that stand out. */
  readonly marked?: ReadonlySet<number>;
}) {
  const { box, outlines, plain, dials } = outlineOf(keys);
  return (
    <svg className={styles.board} viewBox={box} aria-hidden="true">
      <path className={styles.key} d={plain} />
      {dials !== '' && <path className={styles.dial} d={dials} />}
      {marked !== undefined && (
        <path
          className={styles.marked}
          d={outlines.filter((_, index) => marked.has(index)).join('')}
        />
      )}
    </svg>
  );
}

interface Outline {
  /** For `viewBox`. */
  readonly box: string;
  /** By key. */
  readonly outlines: readonly string[];
  readonly plain: string;
  readonly dials: string;
}

/** Of layouts that were drawn; a layout of the query cache is one object as long as it is kept. */
const drawn = new WeakMap<readonly LayoutKey[], Outline>();

function outlineOf(keys: readonly LayoutKey[]): Outline {
  const before = drawn.get(keys);
  if (before !== undefined) return before;
  const { x, y, width, height } = boundsOf(keys);
  const outlines = keys.map(outlineOfKey);
  const isDial = (index: number) => keys[index]?.encoder !== undefined;
  const outline = {
    box: [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN].join(' '),
    outlines,
    plain: outlines.filter((_, index) => !isDial(index)).join(''),
    dials: outlines.filter((_, index) => isDial(index)).join(''),
  };
  drawn.set(keys, outline);
  return outline;
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** A rectangle with round corners, wherever it is turned to; of a dial, round altogether. */
function outlineOfKey(key: LayoutKey): string {
  const box = keyBox(key);
  const inner = {
    ...box,
    x: box.x + GAP / 2,
    y: box.y + GAP / 2,
    width: box.width - GAP,
    height: box.height - GAP,
  };
  const radius = key.encoder === undefined ? RADIUS : Math.min(inner.width, inner.height) / 2;
  const ends = corners(inner);
  const parts = ends.map((corner, at) => {
    const from = towards(corner, ends.at(at - 1) ?? corner, radius);
    const to = towards(corner, ends[(at + 1) % ends.length] ?? corner, radius);
    const verb = at === 0 ? 'M' : 'L';
    return `${verb}${from}A${round(radius)} ${round(radius)} 0 0 1 ${to}`;
  });
  return `${parts.join('')}z`;
}

/** The place that is that far from one point on the way to another. */
function towards(from: Point, to: Point, distance: number): string {
  const share = distance / Math.hypot(to.x - from.x, to.y - from.y);
  return `${round(from.x + (to.x - from.x) * share)} ${round(from.y + (to.y - from.y) * share)}`;
}
