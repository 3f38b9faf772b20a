import { Check, Circle, CircleDot, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './flash-path.module.css';

export type StepState = 'done' | 'now' | 'later' | 'failed';

const ICONS = { done: Check, now: CircleDot, later: Circle, failed: CircleX };
const NAMES = { 1: 'ready', 2: 'write', 3: 'check' } as const;

/** One of the three, with what it says of itself now. */
export function Step({
  number,
  state,
  children,
}: {
  readonly number: 1 | 2 | 3;
  readonly state: StepState;
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation();
  const Icon = ICONS[state];
  return (
    <li
      className={`${styles.step} ${styles[state]}`}
      aria-current={state === 'now' ? 'step' : undefined}
    >
      <Icon className={styles.mark} aria-hidden="true" />
      <div className={styles.content}>
        <h2 className={styles.title}>
          {t(`flash.step.${NAMES[number]}`)}
          <span className="visually-hidden"> {t(`flash.stepState.${state}`)}</span>
        </h2>
        {children ?? <p className={styles.about}>{t(`flash.stepAbout.${NAMES[number]}`)}</p>}
      </div>
    </li>
  );
}
