import { useTranslation } from 'react-i18next';
import { useServiceHealth } from '../api/service-state.ts';
import { ProgressBar } from '../builds/progress-bar.tsx';
import { Notice } from '../controls/notice.tsx';
import styles from './offline-bar.module.css';

/** At the first start of a package: its compilers are unpacked, and builds wait for them. */
export function UnpackingBar() {
  const { t } = useTranslation();
  const { health } = useServiceHealth();
  const share = health?.unpacking;
  if (share === undefined) return null;
  return (
    <div className={styles.bar}>
      <Notice tone="info" live title={t('frame.unpacking.title')}>
        <p>{t('frame.unpacking.body')}</p>
        <ProgressBar fraction={share} />
      </Notice>
    </div>
  );
}
