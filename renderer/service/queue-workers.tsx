import { CircleDashed, LoaderCircle, RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useStageName } from '../builds/stages.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatDuration, formatPercent, formatRelative, formatTime } from '../i18n/format.ts';
import { type OperatorJob, type QueueView, usePing, type WorkerView } from './queue.ts';
import styles from './queue-workers.module.css';

/** What each worker of this machine does now, and whether it answers. */
export function QueueWorkers({ view }: { readonly view: QueueView }) {
  const { t } = useTranslation();
  const ping = usePing();
  const answers = new Map(ping.data?.workers.map(({ id, ms }) => [id, ms]));
  const jobs = new Map(view.jobs.map((job) => [job.id, job]));
  return (
    <section className={styles.workers} aria-label={t('service.workers.title')}>
      <header className={styles.head}>
        <h2 className={styles.heading}>{t('service.workers.title')}</h2>
        {ping.data !== undefined && (
          <p className={styles.answer} role="status">
            {t('service.workers.database', { time: formatDuration(ping.data.databaseMs) })}
          </p>
        )}
        <Button
          kind="quiet"
          size="small"
          disabled={ping.isPending}
          title={t('service.workers.pingHint')}
          onClick={() => ping.mutate()}
        >
          {t(ping.isPending ? 'service.workers.pinging' : 'service.workers.ping')}
        </Button>
      </header>
      {ping.error !== null && <ErrorNotice error={ping.error} />}
      {view.workers.length === 0 ? (
        <p className={styles.none}>{t('service.workers.none')}</p>
      ) : (
        <ul className={styles.list}>
          {view.workers.map((worker) => (
            <Worker
              key={worker.id}
              worker={worker}
              job={worker.jobId === null ? null : (jobs.get(worker.jobId) ?? null)}
              now={view.at}
              answer={answers.get(worker.id)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Worker({
  worker: { id, alive, lastHeartbeatAt },
  job,
  now,
  answer,
}: {
  readonly worker: WorkerView;
  readonly job: OperatorJob | null;
  readonly now: number;
  /** Milliseconds until it answered the last question; null: it did not; undefined: it was not asked. */
  readonly answer: number | null | undefined;
}) {
  const { t } = useTranslation();
  const state = !alive ? 'starting' : job === null ? 'idle' : 'busy';
  const Icon = { starting: RotateCw, idle: CircleDashed, busy: LoaderCircle }[state];
  return (
    <li className={styles.worker}>
      <Icon className={`${styles.icon} ${styles[state]}`} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.doing}>
          {state === 'busy' && job !== null ? (
            <Work job={job} />
          ) : (
            t(state === 'idle' ? 'service.workers.idle' : 'service.workers.starting')
          )}
        </p>
        <p className={styles.sign}>
          {answer !== undefined ? (
            answer === null ? (
              t('service.workers.silent')
            ) : (
              t('service.workers.answered', { time: formatDuration(answer) })
            )
          ) : lastHeartbeatAt === null ? (
            t('service.workers.unheard')
          ) : (
            <time
              dateTime={new Date(lastHeartbeatAt).toISOString()}
              title={formatTime(lastHeartbeatAt)}
            >
              {t('service.workers.heard', { when: formatRelative(lastHeartbeatAt, now) })}
            </time>
          )}
          {' · '}
          {/* Last, since it is the part that can be cut off. */}
          <code title={id}>{id}</code>
        </p>
      </div>
    </li>
  );
}

function Work({ job }: { readonly job: OperatorJob }) {
  const stage = useStageName(job);
  const fraction = job.progress?.fraction;
  return (
    <>
      <Link href={`/service/queue/${job.id}`}>{job.build?.keyboard ?? job.kind}</Link>
      {` · ${fraction === undefined ? stage : `${stage} ${formatPercent(fraction)}`}`}
    </>
  );
}
