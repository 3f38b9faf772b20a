import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, RefreshCw, TriangleAlert, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useInstallToolchain, useRepairToolchain, useWork } from '../api/background-work.ts';
import { get, type Schema } from '../api/client.ts';
import { useOwnCommand } from '../api/own-command.ts';
import { Button } from '../controls/button.tsx';
import { CopyButton } from '../controls/copy-text.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageActions, PageTitle } from '../frame/title-bar.tsx';
import { sayIn } from '../i18n/sentences.ts';
import styles from './health-page.module.css';
import { commandIn } from './remedy.ts';

type Check = Schema<'Checks'>['checks'][number];

const ICONS = { ok: CircleCheck, warning: TriangleAlert, failed: CircleAlert };

/** Whether this machine can build, and what is missing: the doctor's checks with their remedies. */
export default function HealthPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle title={t('health.title')} />
      <SessionGate>
        <Checks />
      </SessionGate>
    </>
  );
}

function Checks() {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['checks'],
    queryFn: ({ signal }) => get('/kiln/v1/checks', { signal }),
    staleTime: 30_000,
  });
  const checks = data?.checks ?? [];
  const wrong = checks.filter(({ state }) => state !== 'ok');
  const good = checks.filter(({ state }) => state === 'ok');
  return (
    <div className={styles.page}>
      <PageActions>
        <Button icon={<RefreshCw />} disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? t('health.checking') : t('health.again')}
        </Button>
      </PageActions>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined && isFetching && <p className={styles.wait}>{t('health.checking')}</p>}
      {data !== undefined && <Verdict checks={checks} />}
      {wrong.length > 0 && <CheckList checks={wrong} />}
      {good.length > 0 && (
        <details className={styles.good}>
          <summary>{t('health.good', { count: good.length })}</summary>
          <CheckList checks={good} />
        </details>
      )}
    </div>
  );
}

function Verdict({ checks }: { readonly checks: readonly Check[] }) {
  const { t } = useTranslation();
  const has = (wanted: Check['state']) => checks.some(({ state }) => state === wanted);
  const worst = has('failed') ? 'failed' : has('warning') ? 'warning' : 'ok';
  const Icon = ICONS[worst];
  return (
    <div className={`${styles.verdict} ${styles[worst]}`} role="status">
      <Icon aria-hidden="true" />
      <p>{t(`health.verdict.${worst}`)}</p>
    </div>
  );
}

function CheckList({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <ul className={styles.list}>
      {checks.map((check) => (
        <CheckRow key={check.id} check={check} />
      ))}
    </ul>
  );
}

function CheckRow({ check: { name, state, message, remedy } }: { readonly check: Check }) {
  const { t } = useTranslation();
  const Icon = ICONS[state];
  return (
    <li className={styles.row}>
      <span className={`${styles.state} ${styles[state]}`}>
        <Icon aria-hidden="true" />
        <span className="visually-hidden">{t(`health.state.${state}`)}</span>
      </span>
      <div className={styles.words}>
        <h2 className={styles.name}>{sayIn('check', name)}</h2>
        <p>{sayIn('check', message)}</p>
        {remedy !== undefined && <p className={styles.remedy}>{sayIn('check', remedy)}</p>}
      </div>
      {remedy !== undefined && <Remedy remedy={remedy} />}
    </li>
  );
}

/** What Kiln can do itself is a button; for the rest the command is copied. */
function Remedy({ remedy }: { readonly remedy: string }) {
  const { t } = useTranslation();
  const own = useOwnCommand();
  const mend = {
    'kiln toolchain install': useInstallToolchain(),
    'kiln toolchain repair': useRepairToolchain(),
  };
  const work = useWork().find(({ subject }) => subject === 'toolchain');
  const command = commandIn(remedy);
  if (command === null) return null;
  if (command !== 'kiln toolchain install' && command !== 'kiln toolchain repair') {
    return <CopyButton text={command.replace(/^kiln(?= )/, own)} label={t('health.copyCommand')} />;
  }
  const isRepair = command === 'kiln toolchain repair';
  const install = mend[command];
  const isRunning = work?.state === 'running';
  return (
    <div className={styles.mend}>
      <Button
        size="small"
        icon={<Wrench />}
        disabled={isRunning || install.isPending}
        onClick={() => install.mutate()}
      >
        {isRepair && (isRunning ? t('health.repairing') : t('health.repair'))}
        {!isRepair && (isRunning ? t('health.mending') : t('health.install'))}
      </Button>
      {isRunning && work.line !== null && <p className={styles.line}>{work.line}</p>}
      {work?.error != null && <p className={styles.line}>{sayIn('message', work.error.message)}</p>}
    </div>
  );
}
