import { Progress } from '@base-ui/react/progress';
import { useTranslation } from 'react-i18next';
import styles from './progress-bar.module.css';

/** How far a build is; moves along without an end where none is known. */
export function ProgressBar({ fraction }: { readonly fraction: number | null }) {
  const { t } = useTranslation();
  return (
    <Progress.Root
      value={fraction === null ? null : Math.round(fraction * 100)}
      aria-label={t('builds.progress')}
    >
      <Progress.Track className={styles.bar}>
        <Progress.Indicator className={fraction === null ? styles.unknown : styles.fill} />
      </Progress.Track>
    </Progress.Root>
  );
}
