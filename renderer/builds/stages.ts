/** The steps that a build goes through, in their order, and what the current one is called. */
import { useTranslation } from 'react-i18next';
import { isEnded, type Job } from './follow-job.ts';

export const STAGES = ['prepare', 'generate', 'compile', 'link', 'check', 'store'] as const;
export type Stage = (typeof STAGES)[number];

export function isStage(name: string | undefined): name is Stage {
  return (STAGES as readonly (string | undefined)[]).includes(name);
}

/** In words; a stage that this window does not know is shown as the service calls it. */
export function useStageName(job: Job): string {
  const { t } = useTranslation();
  if (isEnded(job)) return '';
  if (job.state === 'queued') return t('builds.waiting', { count: job.position ?? 0 });
  const stage = job.progress?.stage;
  if (stage === undefined) return t('builds.starting');
  return isStage(stage) ? t(`builds.stage.${stage}`) : stage;
}
