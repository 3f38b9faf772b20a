import { type FocusEvent, type KeyboardEvent, type PointerEvent, type Ref, useMemo } from 'react';
import type { LayoutKey } from '../api/keyboards.ts';
import { capPath, shapeOf } from './cap-shape.ts';
import { UNIT } from './fit-legend.ts';
import { boundsOf } from './geometry.ts';
import { type CapFace, KeyCap } from './key-cap.tsx';
import styles from './keyboard-board.module.css';

const MARGIN = 0.3;

export interface BoardProps {
  readonly label: string;
  readonly keys: readonly LayoutKey[];
  readonly faces: readonly CapFace[];
  readonly selected: ReadonlySet<number>;
  /** The key that the Tab key comes to. */
  readonly current: number;
  readonly ref?: Ref<SVGSVGElement>;
  readonly onKeyDown?: (event: KeyboardEvent<SVGSVGElement>) => void;
  /** A key was pressed with the pointer, or the pressed pointer was drawn over it. */
  readonly onPoint?: (index: number, event: PointerEvent<SVGSVGElement>) => void;
  readonly onFocusKey?: (index: number) => void;
}

/** The keyboard, to scale. It fills the room that it is given. */
export function KeyboardBoard(props: BoardProps) {
  const { label, keys, faces, selected, current, ref, onKeyDown, onPoint, onFocusKey } = props;
  const box = useMemo(() => {
    const { x, y, width, height } = boundsOf(keys);
    return [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN].map((n) => n * UNIT);
  }, [keys]);
  const [left = 0, top = 0, width = 1, height = 1] = box;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is nothing that SVG can be
    <svg
      ref={ref}
      className={styles.board}
      viewBox={box.join(' ')}
      role="group"
      aria-label={label}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        const index = keyAt(event.target);
        if (index !== null) onPoint?.(index, event);
      }}
      onPointerOver={(event) => {
        if ((event.buttons & 1) === 0) return;
        const index = keyAt(event.target);
        if (index !== null) onPoint?.(index, event);
      }}
      onFocus={(event: FocusEvent<SVGSVGElement>) => {
        const index = keyAt(event.target);
        if (index !== null) onFocusKey?.(index);
      }}
    >
      <rect className={styles.plate} x={left} y={top} width={width} height={height} rx="14" />
      {keys.map((key, index) => {
        const face = faces[index];
        return (
          face !== undefined && (
            <KeyCap
              // biome-ignore lint/suspicious/noArrayIndexKey: a key is its place in the layer
              key={index}
              layoutKey={key}
              index={index}
              {...face}
              isSelected={selected.has(index)}
              isCurrent={index === current}
            />
          )
        );
      })}
      <FocusRing layoutKey={keys[current]} />
    </svg>
  );
}

/** Around the key that has the focus: drawn last, or its neighbours would lie over it. */
function FocusRing({ layoutKey }: { readonly layoutKey: LayoutKey | undefined }) {
  if (layoutKey === undefined) return null;
  const shape = shapeOf(layoutKey);
  return (
    <path
      className={styles.ring}
      d={capPath(shape, 3)}
      {...(shape.transform === '' ? {} : { transform: shape.transform })}
    />
  );
}

function keyAt(target: EventTarget): number | null {
  const index = (target as Element).closest('[data-key]')?.getAttribute('data-key') ?? null;
  return index === null ? null : Number(index);
}
