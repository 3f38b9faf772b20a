import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type Ref, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './keyboard-list.module.css';
import { KeyboardRow } from './keyboard-row.tsx';
import type { FoundKeyboard } from './search.ts';

const ROW_PX = 72;

/**
 * Results, of which only those in sight are drawn: thousands scroll smoothly. Arrow keys go from one to the next. Drawn
 * again for other results only, and not for each keystroke before them.
 */
export const KeyboardList = memo(function KeyboardList({
  keyboards,
  ref,
}: {
  readonly keyboards: readonly FoundKeyboard[];
  readonly ref: Ref<HTMLDivElement>;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: keyboards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });

  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const from = Number((event.target as HTMLElement).dataset.index ?? -1);
    const to = from + step;
    if (to < 0 || to >= keyboards.length) return;
    event.preventDefault();
    rows.scrollToIndex(to);
    // The row may have been drawn only now.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus(),
    );
  };

  return (
    <div className={styles.scroller} ref={scroller}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: adds arrow keys to links that work without */}
      <div ref={ref} onKeyDown={move}>
        <ul
          className={styles.list}
          aria-label={t('keyboards.results')}
          style={{ height: rows.getTotalSize() }}
        >
          {rows.getVirtualItems().map(({ index, start }) => {
            const keyboard = keyboards[index];
            if (keyboard === undefined) return null;
            return (
              <li
                key={`${keyboard.tree} ${keyboard.name}`}
                className={styles.row}
                style={{ height: ROW_PX, translate: `0 ${start}px` }}
              >
                <KeyboardRow keyboard={keyboard} index={index} />
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
});
