import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, Play } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatRelative, formatTime } from '../i18n/format.ts';
import { sayIn } from '../i18n/sentences.ts';
import { isOff, rhythmOf, type Task, useRunTask, useSchedule } from './schedule.ts';
import styles from './schedule-tab.module.css';

/** The tasks that this window has words for; another one is shown as the service calls it. */
const KNOWN = ['storage', 'heartbeat', 'logs', 'backup', 'database', 'tree-updates'] as const;
type Known = (typeof KNOWN)[number];

/** The one task that goes to the network, which nobody should meet without having said so. */
const ASKS_FIRST = 'tree-updates';

const ICONS = {
  never: CircleDashed,
  running: LoaderCircle,
  done: CircleCheck,
  failed: CircleAlert,
};

/** What the service does by itself: when it did, when it will, what came of it; and doing it now. */
export function ScheduleTab() {
  const { t } = useTranslation();
  const { data, error, refetch, dataUpdatedAt } = useSchedule();
  return (
    <div className={styles.page}>
      <p className={styles.lead}>{t('service.schedule.lead')}</p>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <ul className={styles.list} aria-label={t('service.schedule.title')}>
          {data.tasks.map((task) => (
            <TaskRow key={task.name} task={task} now={dataUpdatedAt} />
          ))}
        </ul>
      )}
    </div>
  );
}

function useTitle({ name, title }: Task): string {
  const { t } = useTranslation();
  const known = KNOWN.find((one): one is Known => one === name);
  return known === undefined ? title : t(`service.schedule.tasks.${known}`);
}

function TaskRow({ task, now }: { readonly task: Task; readonly now: number }) {
  const { t } = useTranslation();
  const title = useTitle(task);
  const outcome = task.outcome ?? 'never';
  const Icon = ICONS[outcome];
  return (
    <li className={styles.task}>
      <Icon className={`${styles.icon} ${styles[outcome]}`} aria-hidden="true" />
      <div className={styles.words}>
        <h2 className={styles.title}>{title}</h2>
        <p className={styles.last}>
          <span className={styles[outcome]}>{t(`service.schedule.outcome.${outcome}`)}</span>
          {task.startedAt !== null && (
            <>
              {' · '}
              <Moment at={task.endedAt ?? task.startedAt} now={now} />
            </>
          )}
        </p>
        {task.message !== null && <p className={styles.message}>{sayIn('task', task.message)}</p>}
      </div>
      <div className={styles.next}>
        <Next task={task} now={now} />
      </div>
      <RunNow task={task} title={title} />
    </li>
  );
}

function Moment({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatTime(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

function Next({ task, now }: { readonly task: Task; readonly now: number }) {
  const { t } = useTranslation();
  const rhythm = useRhythm(task.when);
  if (isOff(task)) {
    return (
      <>
        <p className={styles.off}>{t('service.schedule.off')}</p>
        <p className={styles.rhythm}>
          <code>{task.setting}</code> {t('service.schedule.turnsOn')}{' '}
          <Link href="/settings">{t('service.toSettings')}</Link>
        </p>
      </>
    );
  }
  return (
    <>
      {task.nextRunAt !== null && (
        <p>
          {t('service.schedule.next')} {/* What is due this very moment has not begun yet. */}
          <Moment at={Math.max(task.nextRunAt, now)} now={now} />
        </p>
      )}
      <p className={styles.rhythm}>{rhythm}</p>
    </>
  );
}

function useRhythm(when: string): string {
  const { t } = useTranslation();
  const rhythm = rhythmOf(when);
  if (rhythm.kind === 'daily') return t('service.schedule.rhythm.daily', { at: rhythm.at });
  if (rhythm.kind === 'pattern') return rhythm.pattern;
  if (rhythm.kind === 'demand') return t('service.schedule.rhythm.demand');
  return t(`service.schedule.rhythm.${rhythm.kind}`, { count: rhythm.count });
}

function RunNow({ task, title }: { readonly task: Task; readonly title: string }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const run = useRunTask();
  const isRunning = task.outcome === 'running' || run.isPending;
  const start = () => {
    setAsking(false);
    run.mutate(task.name);
  };
  return (
    <div className={styles.verb}>
      <Button
        size="small"
        icon={<Play />}
        disabled={isRunning}
        aria-label={t('service.schedule.runOf', { task: title })}
        onClick={task.name === ASKS_FIRST ? () => setAsking(true) : start}
      >
        {t('service.schedule.run')}
      </Button>
      {run.error !== null && <ErrorNotice error={run.error} />}
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('service.schedule.updateTitle')}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
            <Button kind="primary" onClick={start}>
              {t('service.schedule.update')}
            </Button>
          </>
        }
      >
        <p>{t('service.schedule.updateBody')}</p>
      </Dialog>
    </div>
  );
}
