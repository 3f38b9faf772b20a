import {
  CircleAlert,
  CircleCheck,
  CircleSlash,
  Clock3,
  LoaderCircle,
  TriangleAlert,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import mark from '../controls/mark.module.css';
import type { Job } from './follow-job.ts';
import styles from './outcome.module.css';

export type Outcome = 'queued' | 'running' | 'built' | 'errors' | 'canceled' | 'failed';

/** How a build ended, as people see it: with compile errors is no failure of Kiln, but no firmware either. */
export function outcomeOf({ state, result }: Pick<Job, 'state' | 'result'>): Outcome {
  if (state !== 'finished') return state;
  return result?.firmwareFilename == null ? 'errors' : 'built';
}

const ICONS = {
  queued: Clock3,
  running: LoaderCircle,
  built: CircleCheck,
  errors: CircleAlert,
  canceled: CircleSlash,
  failed: TriangleAlert,
};

/** The outcome as icon and word. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  const { t } = useTranslation();
  const Icon = ICONS[outcome];
  return (
    <span className={`${mark.mark} ${styles[outcome]}`}>
      <Icon aria-hidden="true" />
      {t(`builds.outcome.${outcome}`)}
    </span>
  );
}
