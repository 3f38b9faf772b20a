import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../controls/error-notice.tsx';
import styles from './flash-path.module.css';
import { useFlashPlan } from './flash-store.ts';
import { Prepare } from './prepare.tsx';
import { RunSteps } from './run-steps.tsx';
import { useRun, useRuns } from './runs.ts';
import { Step } from './step.tsx';

/** Get ready, write, check: what is prepared, or the run that is under way or was the last. */
export function FlashPath() {
  const { t } = useTranslation();
  const chosen = useFlashPlan(({ runId }) => runId);
  const runs = useRuns();
  const active = runs.data?.runs.find(({ end }) => end === null)?.id ?? null;
  const runId = chosen ?? active;
  const { data: run, error } = useRun(runId);
  return (
    <div className={styles.scroller}>
      {runs.error !== null && (
        <ErrorNotice error={runs.error} onRetry={() => void runs.refetch()} />
      )}
      {error !== null && <ErrorNotice error={error} />}
      {run === undefined ? (
        <ol className={styles.path} aria-label={t('flash.path')}>
          <Step number={1} state="now">
            <Prepare />
          </Step>
          <Step number={2} state="later" />
          <Step number={3} state="later" />
        </ol>
      ) : (
        <RunSteps key={run.id} run={run} />
      )}
    </div>
  );
}
