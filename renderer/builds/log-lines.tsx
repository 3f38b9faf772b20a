import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../controls/copy-text.tsx';
import styles from './log-lines.module.css';

const LINE_PX = 18;
/** How near to its end a person has to have scrolled for the log to stay at the end. */
const NEAR_PX = 40;

/** A line's weight: what compilers and make call an error, or a warning. */
export function lineTone(line: string): 'error' | 'warning' | null {
  if (/\berror\b|\*\*\*|\bFAILED\b|\[ERRORS\]/i.test(line)) return 'error';
  return /\bwarning\b|\[WARNINGS\]/i.test(line) ? 'warning' : null;
}

/** A log of any length, copyable, with its errors and warnings marked; at its end unless one has scrolled away. */
export function LogLines({ lines }: { readonly lines: readonly string[] }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  const count = lines.length;
  useLayoutEffect(() => {
    if (atEnd.current && count > 0) rows.scrollToIndex(count - 1, { align: 'end' });
  }, [count, rows]);

  return (
    <div className={styles.log}>
      <div className={styles.tools}>
        <h3 className={styles.title}>{t('builds.log')}</h3>
        <CopyButton text={lines.join('\n')} label={t('builds.copyLog')} />
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-live="off"
        aria-label={t('builds.log')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll the log
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
        }}
      >
        <div className={styles.lines} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index] ?? '';
            const tone = lineTone(line);
            return (
              <div
                key={index}
                className={`${styles.line} ${tone === null ? '' : styles[tone]}`}
                style={{ translate: `0 ${start}px` }}
              >
                {line}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
