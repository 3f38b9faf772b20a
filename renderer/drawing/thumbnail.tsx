import type { LayoutKey } from '../api/keyboards.ts';
import { boundsOf, keyBox } from './geometry.ts';
import styles from './thumbnail.module.css';

/** Between two keys, in key units. */
const GAP = 0.08;
const MARGIN = 0.25;

/** A keyboard's shape: small, without legends, for lists. Says nothing to a screen reader; the name beside it does. */
export function Thumbnail({
  keys,
  marked,
}: {
  readonly keys: readonly LayoutKey[];
  /** Positions of keys that stand out. */
  readonly marked?: ReadonlySet<number>;
}) {
  const { x, y, width, height } = boundsOf(keys);
  const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN].join(' ');
  return (
    <svg className={styles.board} viewBox={box} aria-hidden="true">
      {keys.map((key, index) => {
        const { angle, pivot, ...rect } = keyBox(key);
        const isDial = key.encoder !== undefined;
        return (
          <rect
            key={`${key.x} ${key.y} ${key.r ?? 0} ${key.matrix?.join() ?? ''}`}
            className={`${isDial ? styles.dial : styles.key} ${marked?.has(index) ? styles.marked : ''}`}
            x={rect.x + GAP / 2}
            y={rect.y + GAP / 2}
            width={rect.width - GAP}
            height={rect.height - GAP}
            rx={isDial ? rect.width / 2 : 0.14}
            {...(angle === 0 ? {} : { transform: `rotate(${angle} ${pivot.x} ${pivot.y})` })}
          />
        );
      })}
    </svg>
  );
}
