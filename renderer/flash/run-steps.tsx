import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop } from '../bridge/desktop.ts';
import { ProgressBar } from '../builds/progress-bar.tsx';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { sayIn } from '../i18n/sentences.ts';
import { endWords } from './end-words.ts';
import pathStyles from './flash-path.module.css';
import { Instructions } from './instructions.tsx';
import { RunLog } from './run-log.tsx';
import { RunResult } from './run-result.tsx';
import styles from './run-steps.module.css';
import { type Run, useCancelRun, useChooseDevice } from './runs.ts';
import { Step } from './step.tsx';
import { placeOf, stepStates } from './steps.ts';

/** A run on its way through the three steps. */
export function RunSteps({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  const states = stepStates(run);
  const place = placeOf(run);
  useAnnounced(run);
  return (
    <>
      <header className={styles.head}>
        <p className={styles.what}>
          {t(`flash.work.${run.action}`)}
          {run.keyboard !== null && <code> {run.keyboard}</code>}
          {run.image !== null && <span className={styles.muted}> · {run.image.name}</span>}
        </p>
        {run.end === null && <CancelButton run={run} />}
      </header>
      {run.end !== null && <RunResult run={run} />}
      <ol className={pathStyles.path} aria-label={t('flash.path')}>
        <Step number={1} state={states[0]}>
          {place === 1 && run.end === null ? <Waiting run={run} /> : <Found run={run} />}
        </Step>
        <Step number={2} state={states[1]}>
          {place === 2 && run.end === null ? <Working run={run} /> : undefined}
        </Step>
        <Step number={3} state={states[2]}>
          {place === 3 && run.end === null ? <Checking run={run} /> : undefined}
        </Step>
      </ol>
      <RunLog run={run} />
    </>
  );
}

function CancelButton({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  const cancel = useCancelRun();
  return (
    <>
      <Button
        size="small"
        disabled={run.cancelRefusal !== null || cancel.isPending}
        onClick={() => cancel.mutate(run.id)}
      >
        {t('flash.cancel')}
      </Button>
      {cancel.error !== null && <ErrorNotice error={cancel.error} />}
    </>
  );
}

/** The bootloader is awaited, or one of several has to be chosen. */
function Waiting({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  const choose = useChooseDevice();
  if (run.phase === 'choose') {
    return (
      <div className={styles.part}>
        <p>{t('flash.choose')}</p>
        <ul className={styles.choices}>
          {run.choices.map(({ id, instance, title }) => (
            <li key={instance}>
              <Button onClick={() => choose.mutate({ id: run.id, device: instance })}>
                {title} <code>{id.replace(/^usb-/, '')}</code>
              </Button>
            </li>
          ))}
        </ul>
        {choose.error !== null && <ErrorNotice error={choose.error} />}
      </div>
    );
  }
  return (
    <div className={styles.part}>
      <p className={styles.muted}>{t('flash.waiting')}</p>
      <Instructions title={t('flash.enterNow')} lines={run.instructions} />
      {run.problem !== null && <p className={styles.problem}>{sayIn('device', run.problem)}</p>}
    </div>
  );
}

function Found({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  return (
    <p className={styles.muted}>
      {run.device === null ? t('flash.stepAbout.ready') : t('flash.found', { device: run.device })}
    </p>
  );
}

function Working({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  return (
    <div className={styles.part}>
      <p>{t(`flash.stage.${run.stage ?? 'write'}`)}</p>
      <ProgressBar fraction={run.fraction} />
      <p className={styles.muted}>{t(`flash.holds.${run.holds}`)}</p>
      {run.cancelRefusal !== null && <p className={styles.muted}>{t('flash.noCancel')}</p>}
    </div>
  );
}

function Checking({ run }: { readonly run: Run }) {
  const { t } = useTranslation();
  return (
    <div className={styles.part}>
      <p>
        {run.phase === 'return' ? t('flash.returning') : t(`flash.stage.${run.stage ?? 'verify'}`)}
      </p>
      <ProgressBar fraction={run.phase === 'return' ? null : run.fraction} />
      <Instructions title={t('flash.restartNow')} lines={run.instructions} />
      <p className={styles.muted}>{t(`flash.holds.${run.holds}`)}</p>
    </div>
  );
}

/** Says each step and the end to screen readers, and shows the shell how far it is. */
function useAnnounced(run: Run): void {
  const { t } = useTranslation();
  const { phase, stage, fraction, end } = run;
  const ending = end === null ? null : endWords(end, run.holds, t);
  const words =
    ending !== null
      ? `${ending.message} ${ending.holds}`
      : phase === 'work'
        ? t(`flash.stage.${stage ?? 'write'}`)
        : phase === 'choose'
          ? t('flash.choose')
          : null;
  // An end that was there already is read like everything else on the page.
  const before = useRef(words);
  useEffect(() => {
    if (words !== null && words !== before.current) announce(words);
    before.current = words;
  }, [words]);
  const isEnded = end !== null;
  useEffect(() => {
    desktop?.notify('progress', isEnded || phase !== 'work' ? null : { fraction });
  }, [isEnded, phase, fraction]);
}
