import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUpToLine, OctagonX } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { OutcomeMark, outcomeOf } from '../builds/outcome.tsx';
import { useStageName } from '../builds/stages.ts';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { moveInList } from '../controls/move-in-list.ts';
import rowList from '../controls/row-list.module.css';
import { formatPercent, formatRelative, formatTime } from '../i18n/format.ts';
import { type OperatorJob, sinceOf, useCancelJob } from './queue.ts';
import styles from './queue-jobs.module.css';

const ROW_PX = 48;

/** Running jobs, then waiting ones in their order; each leads to its log, and can be ended. */
export function QueueJobs({
  jobs,
  now,
  selected,
}: {
  readonly jobs: readonly OperatorJob[];
  /** The service's clock when it said so; milliseconds since the epoch. */
  readonly now: number;
  readonly selected: string | null;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLUListElement>(null);
  const cancel = useCancelJob();
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const end = (job: OperatorJob, index: number) =>
    cancel.mutate(job.id, {
      onSuccess: ({ state }) => {
        announce(
          t(state === 'canceled' ? 'service.queue.canceled' : 'service.queue.asked', {
            keyboard: job.build?.keyboard ?? job.kind,
          }),
        );
        keepFocus(scroller.current, index);
      },
    });
  return (
    <>
      {cancel.error !== null && <ErrorNotice error={cancel.error} />}
      <ul
        className={`${rowList.list} ${styles.list}`}
        ref={scroller}
        aria-label={t('service.queue.jobs')}
        onKeyDown={(event) => moveInList(event, scroller.current, jobs.length, rows.scrollToIndex)}
      >
        <li className={rowList.space} style={{ height: rows.getTotalSize() }} aria-hidden="true" />
        {rows.getVirtualItems().map(({ index, start }) => {
          const job = jobs[index];
          if (job === undefined) return null;
          return (
            <li
              key={job.id}
              className={`${rowList.item} ${styles.item}`}
              style={{ height: ROW_PX, translate: `0 ${start}px` }}
            >
              <Row job={job} index={index} now={now} isSelected={job.id === selected} />
              <Button
                kind="quiet"
                size="small"
                icon={<OctagonX />}
                disabled={job.cancelRequested || (cancel.isPending && cancel.variables === job.id)}
                aria-label={t('service.queue.cancelOf', {
                  keyboard: job.build?.keyboard ?? job.kind,
                })}
                onClick={() => end(job, index)}
              >
                {t('common.cancel')}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** A row that went took the focus with it: it goes on at the row that has its place now, so that the keyboard can too. */
function keepFocus(list: HTMLElement | null, index: number): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const rows = [...(list?.querySelectorAll<HTMLElement>('[data-index]') ?? [])];
    const next = rows.find(({ dataset }) => Number(dataset.index) >= index) ?? rows.at(-1);
    next?.focus();
  });
}

function Row({
  job,
  index,
  now,
  isSelected,
}: {
  readonly job: OperatorJob;
  readonly index: number;
  readonly now: number;
  readonly isSelected: boolean;
}) {
  const { t } = useTranslation();
  const since = sinceOf(job);
  return (
    <Link
      className={`${rowList.row} ${styles.row}`}
      href={`/service/queue/${job.id}`}
      data-index={index}
      aria-current={isSelected ? 'true' : undefined}
    >
      <OutcomeMark outcome={outcomeOf(job)} />
      <span className={rowList.names}>
        <span className={`${rowList.cell} ${styles.keyboard}`}>
          {job.build?.keyboard ?? job.kind}
          {job.front && <ArrowUpToLine role="img" aria-label={t('service.queue.front')} />}
        </span>
        <span className={`${rowList.cell} ${styles.keymap}`}>
          {job.build !== null && `${job.build.keymap} · ${job.build.tree}`}
        </span>
      </span>
      <Doing job={job} />
      <time
        className={`${rowList.cell} ${styles.when}`}
        dateTime={new Date(since).toISOString()}
        title={formatTime(since)}
      >
        {formatRelative(since, now)}
      </time>
      <span className={`${rowList.cell} ${styles.client}`} title={job.client ?? undefined}>
        {job.client ?? t('service.queue.unknownClient')}
      </span>
    </Link>
  );
}

/** What is done with a job now, with its share where one is known. */
function Doing({ job }: { readonly job: OperatorJob }) {
  const { t } = useTranslation();
  const stage = useStageName(job);
  const fraction = job.progress?.fraction;
  return (
    <span className={`${rowList.cell} ${styles.doing}`}>
      {job.cancelRequested
        ? t('builds.canceling')
        : fraction === undefined
          ? stage
          : `${stage} · ${formatPercent(fraction)}`}
    </span>
  );
}
