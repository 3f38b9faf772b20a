import { Archive, Copy, Download, FileCode2, FileJson2, OctagonX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../controls/announcer.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { ErrorNotice, ReportNotice } from '../controls/error-notice.tsx';
import { BuildErrors } from './build-errors.tsx';
import { BuildLog } from './build-log.tsx';
import styles from './build-panel.module.css';
import { isEnded, type Job } from './follow-job.ts';
import { commandOf, fileOf } from './job-files.ts';
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
        {job.error !== null && job.state === 'failed' && <ReportNotice report={job.error} />}
        {job.result !== null && <BuildErrors errors={job.result.errors} build={job.build} />}
        <BuildLog job={job} />
      </div>
    </div>
  );
}

function Results({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const outcome = outcomeOf(job);
  return (
    <div className={styles.results}>
      <p className={styles.verdict}>
        {t(`builds.ended.${outcome}`, { keyboard: job.build?.keyboard ?? '' })}
      </p>
      {job.result?.firmwareFilename != null && (
        <a className={buttonClass('primary')} href={fileOf(job.id, 'download')} download>
          <Download aria-hidden="true" />
          {t('builds.download')}
        </a>
      )}
      {job.state === 'finished' && (
        <div className={styles.files}>
          <a className={buttonClass('plain', 'small')} href={fileOf(job.id, 'keymap')} download>
            <FileJson2 aria-hidden="true" />
            {t('builds.files.keymap')}
          </a>
          {job.result?.firmwareFilename != null && (
            <a className={buttonClass('plain', 'small')} href={fileOf(job.id, 'keymap.c')} download>
              <FileCode2 aria-hidden="true" />
              {t('builds.files.keymapSource')}
            </a>
          )}
          <a className={buttonClass('plain', 'small')} href={fileOf(job.id, 'source')} download>
            <Archive aria-hidden="true" />
            {t('builds.files.source')}
          </a>
          {job.build !== null && <CopyCommand build={job.build} />}
        </div>
      )}
    </div>
  );
}

function CopyCommand({ build }: { readonly build: NonNullable<Job['build']> }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const command = commandOf(build);
  return (
    <Button
      size="small"
      icon={<Copy />}
      title={command}
      onClick={() => {
        void navigator.clipboard.writeText(command).then(() => {
          setCopied(true);
          announce(t('common.copied'));
        });
      }}
    >
      {isCopied ? t('common.copied') : t('builds.copyCommand')}
    </Button>
  );
}
