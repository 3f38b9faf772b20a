import { Archive, Download, FileJson2, OctagonX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, buttonClass } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { BuildErrors } from './build-errors.tsx';
import { BuildLog } from './build-log.tsx';
import styles from './build-panel.module.css';
import { isEnded, type Job } from './follow-job.ts';
import { outcomeOf } from './outcome.tsx';
import { StageList } from './stage-list.tsx';
import { useCancelBuild } from './start-build.ts';

/** All of one build: where it stands, what went wrong and where, what came out. */
export default function BuildPanel({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const cancel = useCancelBuild();
  return (
    <div className={styles.panel}>
      <div className={styles.side}>
        {isEnded(job) ? <Results job={job} /> : <StageList job={job} />}
        {!isEnded(job) && (
          <Button
            icon={<OctagonX />}
            disabled={job.cancelRequested || cancel.isPending}
            onClick={() => cancel.mutate(job.id)}
          >
            {job.cancelRequested ? t('builds.canceling') : t('builds.cancel')}
          </Button>
        )}
        {cancel.error !== null && <ErrorNotice error={cancel.error} />}
      </div>
      <div className={styles.main}>
        {job.error !== null && job.state === 'failed' && (
          <Notice tone="danger" title={job.error.message}>
            <p>{job.error.remedy}</p>
          </Notice>
        )}
        {job.result !== null && <BuildErrors errors={job.result.errors} build={job.build} />}
        <BuildLog job={job} />
      </div>
    </div>
  );
}

function Results({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const outcome = outcomeOf(job);
  const file = (path: string) => `/v1/compile/${job.id}/${path}`;
  return (
    <div className={styles.results}>
      <p className={styles.verdict}>
        {t(`builds.ended.${outcome}`, { keyboard: job.build?.keyboard ?? '' })}
      </p>
      {job.result?.firmwareFilename != null && (
        <a className={buttonClass('primary')} href={file('download')} download>
          <Download aria-hidden="true" />
          {t('builds.download')}
        </a>
      )}
      {job.state === 'finished' && (
        <div className={styles.files}>
          <a className={buttonClass('plain', 'small')} href={file('keymap')} download>
            <FileJson2 aria-hidden="true" />
            {t('builds.files.keymap')}
          </a>
          <a className={buttonClass('plain', 'small')} href={file('source')} download>
            <Archive aria-hidden="true" />
            {t('builds.files.source')}
          </a>
        </div>
      )}
    </div>
  );
}
