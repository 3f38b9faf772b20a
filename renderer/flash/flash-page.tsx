import { Download, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useJob } from '../builds/follow-job.ts';
import { buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { useWorkspace } from '../workspace/workspace.ts';

/** Says what this page does not do yet, and how an image gets onto a keyboard until then. */
export default function FlashPage() {
  const { t } = useTranslation();
  const jobId = useWorkspace(({ jobId }) => jobId);
  const { data: job } = useJob(jobId);
  const file = job?.result?.firmwareFilename ?? null;
  return (
    <>
      <PageTitle title={t('flash.title')} />
      <EmptyState
        icon={Zap}
        title={t('flash.later')}
        actions={
          file === null ? (
            <Link href="/keyboards" className={buttonClass()}>
              {t('flash.build')}
            </Link>
          ) : (
            <a className={buttonClass()} href={`/v1/compile/${job?.id}/download`} download>
              <Download aria-hidden="true" />
              {t('flash.download', { file })}
            </a>
          )
        }
      >
        <p>{t('flash.body')}</p>
      </EmptyState>
    </>
  );
}
