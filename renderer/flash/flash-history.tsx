import { useQuery } from '@tanstack/react-query';
import { Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { get } from '../api/client.ts';
import { buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatRelative, formatTime } from '../i18n/format.ts';
import styles from './flash-history.module.css';
import { LogLines } from './run-log.tsx';
import { RunResult } from './run-result.tsx';
import { type Run, useRuns } from './runs.ts';

/** The flash runs that were, and the log of each. */
export function FlashHistory({ selected }: { readonly selected: string | null }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useRuns();
  const runs = data?.runs ?? [];
  const shown = runs.find(({ id }) => id === selected) ?? null;
  if (data !== undefined && runs.length === 0) {
    return (
      <EmptyState
        icon={Zap}
        title={t('flash.history.none')}
        actions={
          <Link href="/flash" className={buttonClass('primary')}>
            {t('flash.tabs.write')}
          </Link>
        }
      >
        {t('flash.history.noneBody')}
      </EmptyState>
    );
  }
  return (
    <div className={styles.page}>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <ul className={styles.list} aria-label={t('flash.tabs.history')}>
        {runs.map((run) => (
          <li key={run.id}>
            <Link
              href={`/flash/history/${run.id}`}
              className={styles.run}
              aria-current={run.id === selected ? 'true' : undefined}
            >
              <span className={styles.outcome} data-outcome={run.end?.outcome ?? 'running'}>
                {t(`flash.outcome.${run.end?.outcome ?? 'running'}`)}
              </span>
              <span className={styles.names}>
                <span className={styles.keyboard}>
                  {run.keyboard ?? run.device ?? t('flash.history.unknown')}
                </span>
                <span className={styles.muted}>
                  {t(`flash.work.${run.action}`)}
                  {run.image !== null && ` · ${run.image.name}`}
                </span>
              </span>
              <time
                className={styles.muted}
                dateTime={new Date(run.startedAt).toISOString()}
                title={formatTime(run.startedAt)}
              >
                {formatRelative(run.startedAt, Date.now())}
              </time>
            </Link>
          </li>
        ))}
      </ul>
      {shown !== null && <Details key={shown.id} run={shown} />}
    </div>
  );
}

function Details({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ['flash-run', run.id, 'kept-log'],
    queryFn: ({ signal }) => get('/kiln/v1/flash-runs/{id}/log', { path: { id: run.id }, signal }),
    enabled: run.end !== null,
  });
  return (
    <aside className={styles.details} aria-label={t('flash.history.details')}>
      <h2 className={styles.keyboard}>
        {run.keyboard ?? run.device ?? t('flash.history.unknown')}
      </h2>
      <RunResult run={run} withActions={false} />
      <dl className={styles.facts}>
        <dt>{t('flash.history.when')}</dt>
        <dd>{formatTime(run.startedAt)}</dd>
        {run.device !== null && (
          <>
            <dt>{t('flash.history.device')}</dt>
            <dd>{run.device}</dd>
          </>
        )}
        {run.image !== null && (
          <>
            <dt>{t('flash.image.label')}</dt>
            <dd>
              {run.image.name} <code>{run.image.sha256.slice(0, 12)}</code>
            </dd>
          </>
        )}
      </dl>
      {run.job !== null && (
        <p>
          <Link href={`/builds/${run.job}`}>{t('flash.history.build')}</Link>
        </p>
      )}
      {error !== null && <ErrorNotice error={error} />}
      {data !== undefined && <LogLines lines={data.lines} />}
    </aside>
  );
}
