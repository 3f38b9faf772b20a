import { Hammer, Search } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { BuildDetails } from './build-details.tsx';
import { BuildList } from './build-list.tsx';
import styles from './builds-page.module.css';
import { type HistoryFilter, useHistory } from './history.ts';

const OUTCOMES = ['built', 'errors', 'failed', 'canceled', 'open'] as const;

/** `/builds` and `/builds/<id>`: every build, and all about one of them. */
export default function BuildsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle title={t('builds.title')} />
      <SessionGate>
        <History />
      </SessionGate>
    </>
  );
}

function History() {
  const { t } = useTranslation();
  const { id: selected } = useParams<{ id?: string }>();
  const [filter, setFilter] = useState<HistoryFilter>({ text: '', outcome: '', pinned: false });
  const history = useHistory(useDeferredValue(filter));
  const builds = useMemo(
    () => history.data?.pages.flatMap((page) => page.builds) ?? [],
    [history.data],
  );
  const isFiltered = filter.text !== '' || filter.outcome !== '' || filter.pinned;
  const change = (changed: Partial<HistoryFilter>) => setFilter({ ...filter, ...changed });

  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <div className={styles.filters}>
          <div className={styles.field}>
            <Search aria-hidden="true" />
            <input
              type="search"
              className={styles.input}
              value={filter.text}
              placeholder={t('builds.filter.placeholder')}
              aria-label={t('builds.filter.text')}
              onChange={(event) => change({ text: event.target.value })}
            />
          </div>
          <select
            className={styles.select}
            aria-label={t('builds.filter.outcome')}
            value={filter.outcome}
            onChange={(event) =>
              change({ outcome: event.target.value as HistoryFilter['outcome'] })
            }
          >
            <option value="">{t('builds.filter.all')}</option>
            {OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {t(`builds.filter.outcomes.${outcome}`)}
              </option>
            ))}
          </select>
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={filter.pinned}
              onChange={(event) => change({ pinned: event.target.checked })}
            />
            {t('builds.filter.pinned')}
          </label>
        </div>
        {history.error !== null && (
          <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
        )}
        {history.data !== undefined && builds.length === 0 ? (
          <EmptyState
            icon={Hammer}
            title={t(isFiltered ? 'builds.none.filtered' : 'builds.none.title')}
            actions={
              !isFiltered && (
                <Link href="/keyboards" className={buttonClass('primary')}>
                  {t('builds.none.action')}
                </Link>
              )
            }
          >
            {t(isFiltered ? 'builds.none.filteredBody' : 'builds.none.body')}
          </EmptyState>
        ) : (
          <BuildList
            builds={builds}
            selected={selected ?? null}
            onEnd={() => {
              if (history.hasNextPage && !history.isFetchingNextPage) void history.fetchNextPage();
            }}
          />
        )}
      </div>
      {selected !== undefined && <BuildDetails key={selected} id={selected} />}
    </div>
  );
}
