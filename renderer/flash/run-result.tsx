import { useTranslation } from 'react-i18next';
import { Button } from '../controls/button.tsx';
import { Notice, type NoticeProps } from '../controls/notice.tsx';
import { endWords } from './end-words.ts';
import { planFlash, useFlashPlan } from './flash-store.ts';
import styles from './run-steps.module.css';
import { prepareAnew, type Run } from './runs.ts';

type Outcome = NonNullable<Run['end']>['outcome'];

const TONES: Readonly<Record<Outcome, NoticeProps['tone']>> = {
  complete: 'success',
  written: 'info',
  unconfirmed: 'warning',
  failed: 'danger',
  canceled: 'info',
};

/** How it ended: what happened, what the keyboard holds now, what to do next. */
export function RunResult({
  run,
  withActions = true,
}: {
  readonly run: Run;
  readonly withActions?: boolean;
}) {
  const { t } = useTranslation();
  if (run.end === null) return null;
  const { outcome } = run.end;
  const { message, holds, next } = endWords(run.end, run.holds, t);
  const isDone = outcome === 'complete' || outcome === 'written';
  return (
    <div className={styles.result}>
      <Notice
        tone={TONES[outcome]}
        title={message}
        actions={
          withActions && (
            <>
              {isDone && run.action === 'set-hand' && <OtherHand />}
              <Button
                kind={isDone ? 'plain' : 'primary'}
                size="small"
                onClick={() => prepareAnew(run)}
              >
                {t(isDone ? 'flash.result.done' : 'flash.result.again')}
              </Button>
            </>
          )
        }
      >
        <dl className={styles.facts}>
          <dt>{t('flash.result.holds')}</dt>
          <dd>{holds}</dd>
          <dt>{t('flash.result.next')}</dt>
          <dd>{next}</dd>
        </dl>
      </Notice>
    </div>
  );
}

/** The wizard of a split: after one half, plugged in alone, the other. */
function OtherHand() {
  const { t } = useTranslation();
  const hand = useFlashPlan((plan) => plan.hand);
  const other = hand === 'left' ? 'right' : 'left';
  return (
    <Button
      kind="primary"
      size="small"
      onClick={() => planFlash({ hand: other, device: null, runId: null })}
    >
      {t('flash.hand.other', { hand: t(`flash.hand.${other}`) })}
    </Button>
  );
}
