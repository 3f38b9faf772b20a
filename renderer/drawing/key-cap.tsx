import { memo } from 'react';
import type { LayoutKey } from '../api/keyboards.ts';
import { type CapShape, capPath, shapeOf } from './cap-shape.ts';
import { fitLegend } from './fit-legend.ts';
import styles from './key-cap.module.css';

/** What a cap shows. All plain values, so that a cap is drawn again only when its own look changes. */
export interface CapFace {
  /** Wordings of the tap and of the hold, longest first, joined by new lines: see `fitLegend`. */
  readonly tap: string;
  readonly hold: string;
  readonly kind: 'key' | 'transparent' | 'none' | 'layer' | 'typed' | 'invalid';
  /** Which layer's colour it has; null for none. */
  readonly tint: number | null;
  /** All of it in words. */
  readonly label: string;
  readonly hasError: boolean;
}

export interface KeyCapProps extends CapFace {
  readonly layoutKey: LayoutKey;
  readonly index: number;
  readonly isSelected: boolean;
  /** In the order of the Tab key. */
  readonly isCurrent: boolean;
}

const TINTS = 8;
const SIZES = [17, 13, 10] as const;
const LETTER = 19;
const HOLD_SIZES = [11, 10, 9] as const;

/** One key of the drawing: cap, legends, state. Events are listened to on the board. */
export const KeyCap = memo(function KeyCap(props: KeyCapProps) {
  const { layoutKey, index, kind, tint, label, hasError, isSelected, isCurrent } = props;
  const shape = shapeOf(layoutKey);
  const classes = [
    styles.key,
    styles[kind],
    tint === null ? '' : styles[`tint${tint % TINTS}`],
    isSelected ? styles.selected : '',
    hasError ? styles.error : '',
  ];
  return (
    <g
      className={classes.filter(Boolean).join(' ')}
      data-key={index}
      {...(shape.transform === '' ? {} : { transform: shape.transform })}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no button of its own */}
      <g
        role="button"
        aria-label={label}
        aria-pressed={isSelected}
        tabIndex={isCurrent ? 0 : -1}
        data-focus={index}
        className={styles.button}
      >
        <title>{label}</title>
        <path className={styles.side} d={capPath(shape, -1)} />
        <path className={styles.cap} d={capPath(shape, -2, 3)} />
      </g>
      {/* Beside the button: its name says the same, and more, in words. */}
      <Legends {...props} shape={shape} />
      {hasError && (
        <g
          className={styles.mark}
          transform={`translate(${shape.text.x + shape.text.width - 9} ${shape.text.y + 9})`}
        >
          <circle r="7" />
          <path d="M0 -3.6V0.8M0 3.2V3.4" />
        </g>
      )}
    </g>
  );
});

function Legends({ tap, hold, kind, shape }: CapFace & { readonly shape: CapShape }) {
  const { x, y, width, height } = shape.text;
  const inner = { width: width - 10, height: height - (hold === '' ? 12 : 26) };
  const wordings = tap.split('\n');
  const isLetter = [...(wordings[0] ?? '')].length === 1;
  const fitted = fitLegend(
    wordings,
    inner,
    isLetter ? ([LETTER, ...SIZES.slice(1)] as [number, number, number]) : SIZES,
  );
  const below =
    hold === '' ? null : fitLegend(hold.split('\n'), { width: width - 8, height: 14 }, HOLD_SIZES);
  const middle = y + (hold === '' ? height / 2 : height / 2 - 7) - 1;
  const line = fitted.size * 1.12;
  const first = middle - ((fitted.lines.length - 1) * line) / 2;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <g className={styles.legends} aria-hidden="true">
      {kind !== 'none' &&
        fitted.lines.map((text, at) => (
          <text
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity than its place
            key={at}
            className={styles.tap}
            x={x + width / 2}
            y={first + at * line}
            fontSize={fitted.size}
          >
            {text}
          </text>
        ))}
      {below !== null && (
        <text className={styles.hold} x={x + width / 2} y={y + height - 13} fontSize={below.size}>
          {below.lines[0]}
        </text>
      )}
    </g>
  );
}
