import { Check, Circle, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Job } from './follow-job.ts';
import styles from './stage-list.module.css';
import { isStage, STAGES } from './stages.ts';

/** The steps of a build that runs: done, in hand, to come. */
export function StageList({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const stage = job.progress?.stage;
  const at = isStage(stage) ? STAGES.indexOf(stage) : -1;
  return (
    <ol className={styles.list}>
      {STAGES.map((name, index) => {
        const state = index < at ? 'done' : index === at ? 'now' : 'later';
        const Icon = state === 'done' ? Check : state === 'now' ? LoaderCircle : Circle;
        return (
          <li
            key={name}
            className={styles[state]}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            <Icon aria-hidden="true" />
            {t(`builds.stage.${name}`)}
          </li>
        );
      })}
    </ol>
  );
}
