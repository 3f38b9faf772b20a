import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { BuildDetails } from '../builds/build-details.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { PageActions } from '../frame/title-bar.tsx';
import { FlushDialog, type Flushed } from './flush-dialog.tsx';
import { clientKey, jobsOf, type QueueView, useClients, useQueue } from './queue.ts';
import { QueueJobs } from './queue-jobs.tsx';
import { QueueWorkers } from './queue-workers.tsx';
import styles from './service-page.module.css';
import { TestKeyboardDialog } from './test-keyboard.tsx';

/** Who builds, what waits, and what each worker does now. */
export function QueueTab({ selected }: { readonly selected: string | null }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useQueue();
  const [isTesting, setTesting] = useState(false);
  const [isFlushing, setFlushing] = useState(false);
  const [flushed, setFlushed] = useState<Flushed | null>(null);
  const isEmpty = view !== undefined && view.queued + view.running === 0;
  return (
    <div className={styles.page}>
      <PageActions>
        <Button onClick={() => setTesting(true)}>{t('service.test.open')}</Button>
        <Button
          kind="danger"
          disabled={view === undefined || isEmpty}
          onClick={() => {
            setFlushed(null);
            setFlushing(true);
          }}
        >
          {t('service.flush.open')}
        </Button>
      </PageActions>
      <div className={styles.main}>
        {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {flushed !== null && <FlushedNotice {...flushed} onClose={() => setFlushed(null)} />}
        {view !== undefined && (
          <>
            <QueueWorkers view={view} />
            <Jobs view={view} selected={selected} />
            <FlushDialog
              open={isFlushing}
              view={view}
              onClose={() => setFlushing(false)}
              onFlushed={setFlushed}
            />
          </>
        )}
        {/* A new one each time: it remembers nothing of the last. */}
        {isTesting && <TestKeyboardDialog onClose={() => setTesting(false)} />}
      </div>
      {selected !== null && <BuildDetails key={selected} id={selected} base="/service/queue" />}
    </div>
  );
}

function Jobs({ view, selected }: { readonly view: QueueView; readonly selected: string | null }) {
  const { t } = useTranslation();
  const [client, setClient] = useState<string | null>(null);
  const jobs = jobsOf(view.jobs, client);
  const all = view.queued + view.running;
  if (all === 0) {
    return (
      <EmptyState
        icon={ListChecks}
        title={t('service.queue.none')}
        actions={
          <Link href="/builds" className={buttonClass()}>
            {t('service.queue.ended')}
          </Link>
        }
      >
        {t('service.queue.noneBody')}
      </EmptyState>
    );
  }
  return (
    <section className={styles.section} aria-label={t('service.queue.jobs')}>
      <header className={styles.head}>
        <h2 className={styles.heading}>{t('service.queue.jobs')}</h2>
        <p className={styles.counts}>
          {t('service.queue.running', { count: view.running })}
          {' · '}
          {t('service.queue.waiting', { count: view.queued })}
        </p>
        <ClientChoice client={client} onChoose={setClient} />
      </header>
      <QueueJobs jobs={jobs} now={view.at} selected={selected} />
      {all > view.jobs.length && (
        <p className={styles.rest}>{t('service.queue.rest', { count: all - view.jobs.length })}</p>
      )}
    </section>
  );
}

/** How many jobs each client has, and theirs alone on demand. */
function ClientChoice({
  client,
  onChoose,
}: {
  readonly client: string | null;
  readonly onChoose: (client: string | null) => void;
}) {
  const { t } = useTranslation();
  const { data } = useClients(true);
  const shares = data?.clients ?? [];
  const isGone = client !== null && !shares.some((share) => clientKey(share.client) === client);
  const nameOf = (key: string) => (key === '' ? t('service.queue.unknownClient') : key);
  return (
    <select
      className={styles.select}
      aria-label={t('service.queue.client')}
      // A key is never `*`: addresses have no stars.
      value={client ?? '*'}
      onChange={({ target: { value } }) => onChoose(value === '*' ? null : value)}
    >
      <option value="*">{t('service.queue.clients', { count: shares.length })}</option>
      {isGone && <option value={client}>{nameOf(client)}</option>}
      {shares.map((share) => (
        <option key={clientKey(share.client)} value={clientKey(share.client)}>
          {t('service.queue.share', {
            client: nameOf(clientKey(share.client)),
            running: share.running,
            waiting: share.waiting,
          })}
        </option>
      ))}
    </select>
  );
}

function FlushedNotice({
  canceled,
  stopping,
  onClose,
}: Flushed & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="success"
      live
      title={t('service.flush.canceled', { count: canceled })}
      actions={
        <Button size="small" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      {stopping > 0 && <p>{t('service.flush.stopping', { count: stopping })}</p>}
    </Notice>
  );
}
