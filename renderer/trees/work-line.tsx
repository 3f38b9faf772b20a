import { useTranslation } from 'react-i18next';
import type { Work } from '../api/background-work.ts';
import { ProgressBar } from '../builds/progress-bar.tsx';
import { ReportNotice } from '../controls/error-notice.tsx';
import styles from './work-line.module.css';

/** Work in hand: what is done, and the line that its tool printed last. */
export function WorkLine({ work }: { readonly work: Work }) {
  const { t } = useTranslation();
  return (
    <div className={styles.work} role="status">
      <p>{t(`trees.work.${work.kind}`)}</p>
      <ProgressBar fraction={null} />
      {work.line !== null && <p className={styles.line}>{work.line}</p>}
    </div>
  );
}

/** Why work failed, and what to do. */
export function FailedWork({ work: { error } }: { readonly work: Work }) {
  if (error === null) return null;
  return <ReportNotice report={error} />;
}
