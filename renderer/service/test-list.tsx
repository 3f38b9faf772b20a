import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { moveInList } from '../controls/move-in-list.ts';
import rowList from '../controls/row-list.module.css';
import { formatRelative, formatTime } from '../i18n/format.ts';
import type { TestedKeyboard } from './test-builds.ts';
import styles from './test-list.module.css';
import { VerdictMark } from './verdict-mark.tsx';

const ROW_PX = 36;

/** Where a keyboard's last test build is shown. Its name keeps its slashes, so that the address can be read. */
export function testPath(keyboard: string): string {
  return `/service/test-builds/${keyboard.split('/').map(encodeURIComponent).join('/')}`;
}

/** Keyboards in rows, of which only those in sight are drawn: thousands scroll smoothly. */
export function TestList({
  keyboards,
  selected,
}: {
  readonly keyboards: readonly TestedKeyboard[];
  readonly selected: string | null;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLUListElement>(null);
  const rows = useVirtualizer({
    count: keyboards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  return (
    <ul
      className={`${rowList.list} ${styles.list}`}
      ref={scroller}
      aria-label={t('service.tests.title')}
      onKeyDown={(event) =>
        moveInList(event, scroller.current, keyboards.length, rows.scrollToIndex)
      }
    >
      <li className={rowList.space} style={{ height: rows.getTotalSize() }} aria-hidden="true" />
      {rows.getVirtualItems().map(({ index, start }) => {
        const tested = keyboards[index];
        if (tested === undefined) return null;
        return (
          <li
            key={tested.keyboard}
            className={rowList.item}
            style={{ height: ROW_PX, translate: `0 ${start}px` }}
          >
            <Row tested={tested} index={index} isSelected={tested.keyboard === selected} />
          </li>
        );
      })}
    </ul>
  );
}

function Row({
  tested: { keyboard, verdict, testedAt, version },
  index,
  isSelected,
}: {
  readonly tested: TestedKeyboard;
  readonly index: number;
  readonly isSelected: boolean;
}) {
  return (
    <Link
      className={`${rowList.row} ${styles.row}`}
      href={testPath(keyboard)}
      data-index={index}
      aria-current={isSelected ? 'true' : undefined}
    >
      <VerdictMark verdict={verdict} />
      <span className={rowList.cell}>{keyboard}</span>
      <code className={`${rowList.cell} ${styles.version}`}>{version}</code>
      {testedAt !== null && (
        <time
          className={`${rowList.cell} ${styles.when}`}
          dateTime={new Date(testedAt).toISOString()}
          title={formatTime(testedAt)}
        >
          {formatRelative(testedAt, Date.now())}
        </time>
      )}
    </Link>
  );
}
