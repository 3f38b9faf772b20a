import { ChevronDown, ChevronUp } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ServiceError } from '../api/client.ts';
import { desktop } from '../bridge/desktop.ts';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import { formatDuration } from '../i18n/format.ts';
import { sayIn } from '../i18n/sentences.ts';
import { showBuild, useWorkspace } from '../workspace/workspace.ts';
import styles from './build-dock.module.css';
import { DockFlash } from './dock-flash.tsx';
import { isEnded, type Job, useFollowedJob, useJob } from './follow-job.ts';
import { OutcomeMark, outcomeOf } from './outcome.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { SizeGauge } from './size-gauge.tsx';
import { useStageName } from './stages.ts';

const BuildPanel = lazy(() => import('./build-panel.tsx'));

/** One line about the current build at the foot of every page; it opens upward into the whole of it. */
export function BuildDock() {
  const { t } = useTranslation();
  const jobId = useWorkspace(({ jobId }) => jobId);
  const { data: job, error } = useJob(jobId);
  const [open, setOpen] = useState(false);
  useFollowedJob(jobId);
  useEnds(jobId, job, () => setOpen(true));

  // A build that was forgotten since: nothing to show, and no error of anybody.
  const isForgotten = error instanceof ServiceError && error.status === 404;
  useEffect(() => {
    if (isForgotten) showBuild(null);
  }, [isForgotten]);

  return (
    <section className={styles.dock} aria-label={t('frame.dock.label')}>
      {open && job !== undefined && (
        <div id="build-panel" className={styles.panel}>
          <Suspense fallback={null}>
            <BuildPanel job={job} />
          </Suspense>
        </div>
      )}
      <div className={styles.line}>
        {job === undefined ? (
          <p className={styles.idle}>{t('frame.dock.idle')}</p>
        ) : (
          <BuildLine job={job} />
        )}
        <div className={styles.verbs}>
          <DockFlash job={job} />
          {job !== undefined && (
            <Button
              kind="quiet"
              size="small"
              icon={open ? <ChevronDown /> : <ChevronUp />}
              aria-expanded={open}
              aria-controls="build-panel"
              onClick={() => setOpen(!open)}
            >
              {open ? t('frame.dock.close') : t('frame.dock.open')}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}

function BuildLine({ job }: { readonly job: Job }) {
  const stage = useStageName(job);
  const outcome = outcomeOf(job);
  return (
    <div className={styles.facts}>
      <OutcomeMark outcome={outcome} />
      {job.build !== null && <code className={styles.what}>{job.build.keyboard}</code>}
      {isEnded(job) ? (
        job.result !== null && (
          <>
            {job.result.size !== null && <SizeGauge {...job.result.size} />}
            <span className={styles.time}>{formatDuration(job.result.durationMs)}</span>
          </>
        )
      ) : (
        <>
          <span className={styles.stage}>{stage}</span>
          <span className={styles.progress}>
            <ProgressBar fraction={job.progress?.fraction ?? null} />
          </span>
        </>
      )}
    </div>
  );
}

/**
 * Says how a build of this window ended: to screen readers, to the shell, and by opening on errors. Of this window is what
 * was asked for here, however soon it ended, and what was seen running; not what a reload finds at its end.
 */
function useEnds(jobId: string | null, job: Job | undefined, onErrors: () => void): void {
  const { t } = useTranslation();
  const running = useRef<string | null>(null);
  const shown = useRef(jobId);
  const latest = useRef(onErrors);
  latest.current = onErrors;
  useEffect(() => {
    if (jobId !== shown.current) running.current = jobId;
    shown.current = jobId;
    if (job === undefined || job.id !== jobId) return;
    if (!isEnded(job)) {
      running.current = job.id;
      desktop?.notify('progress', { fraction: job.progress?.fraction ?? null });
      return;
    }
    // Its end is known a moment before its result is.
    if (running.current !== job.id || (job.state === 'finished' && job.result === null)) return;
    running.current = null;
    const outcome = outcomeOf(job);
    const title = t(`builds.ended.${outcome}`, { keyboard: job.build?.keyboard ?? '' });
    announce(title);
    desktop?.notify('progress', null);
    desktop?.notify('build-ended', {
      jobId: job.id,
      title,
      body: sayIn('message', job.error?.message ?? ''),
    });
    if (outcome === 'errors' || outcome === 'failed') latest.current();
  }, [jobId, job, t]);
}
