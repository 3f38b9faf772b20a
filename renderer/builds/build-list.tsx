import { useVirtualizer } from '@tanstack/react-virtual';
import { Pin } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { moveInList } from '../controls/move-in-list.ts';
import rowList from '../controls/row-list.module.css';
import { formatBytes, formatDuration, formatRelative, formatTime } from '../i18n/format.ts';
import styles from './build-list.module.css';
import type { Job } from './follow-job.ts';
import { OutcomeMark, outcomeOf } from './outcome.tsx';

const ROW_PX = 52;

/** Builds in rows, of which only those in sight are drawn; the next page comes before its end is reached. */
export function BuildList({
  builds,
  selected,
  onEnd,
}: {
  readonly builds: readonly Job[];
  readonly selected: string | null;
  readonly onEnd: () => void;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLUListElement>(null);
  const rows = useVirtualizer({
    count: builds.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= builds.length - 20) onEnd();
  }, [last, builds.length, onEnd]);

  return (
    <ul
      className={rowList.list}
      ref={scroller}
      aria-label={t('builds.title')}
      onKeyDown={(event) => moveInList(event, scroller.current, builds.length, rows.scrollToIndex)}
    >
      <li className={rowList.space} style={{ height: rows.getTotalSize() }} aria-hidden="true" />
      {items.map(({ index, start }) => {
        const build = builds[index];
        if (build === undefined) return null;
        return (
          <li
            key={build.id}
            className={rowList.item}
            style={{ height: ROW_PX, translate: `0 ${start}px` }}
          >
            <Row build={build} index={index} isSelected={build.id === selected} />
          </li>
        );
      })}
    </ul>
  );
}

function Row({
  build,
  index,
  isSelected,
}: {
  readonly build: Job;
  readonly index: number;
  readonly isSelected: boolean;
}) {
  const { t } = useTranslation();
  const { result } = build;
  return (
    <Link
      className={`${rowList.row} ${styles.row}`}
      href={`/builds/${build.id}`}
      data-index={index}
      aria-current={isSelected ? 'true' : undefined}
    >
      <OutcomeMark outcome={outcomeOf(build)} />
      <span className={rowList.names}>
        <span className={`${rowList.cell} ${styles.keyboard}`}>
          {build.build?.keyboard ?? build.kind}
        </span>
        <span className={`${rowList.cell} ${styles.keymap}`}>
          {build.build !== null && `${build.build.keymap} · ${build.build.tree}`}
        </span>
      </span>
      <span className={styles.number}>{result !== null && formatDuration(result.durationMs)}</span>
      <span className={styles.number}>{result?.size != null && formatBytes(result.size.used)}</span>
      <time
        className={`${rowList.cell} ${styles.when}`}
        dateTime={new Date(build.createdAt).toISOString()}
        title={formatTime(build.createdAt)}
      >
        {formatRelative(build.createdAt, Date.now())}
      </time>
      <span className={styles.pin}>
        {build.pinned && <Pin role="img" aria-label={t('builds.pinned')} />}
      </span>
    </Link>
  );
}
