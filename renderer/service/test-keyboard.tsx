import { useMutation } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { post } from '../api/client.ts';
import { BuildErrors } from '../builds/build-errors.tsx';
import { isEnded, type Job, useFollowedJob, useJob } from '../builds/follow-job.ts';
import { outcomeOf } from '../builds/outcome.tsx';
import { ProgressBar } from '../builds/progress-bar.tsx';
import { useStageName } from '../builds/stages.ts';
import { announce } from '../controls/announcer.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { formatDuration } from '../i18n/format.ts';
import { sayError } from '../i18n/sentences.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { ChooseKeyboard, type KeyboardName } from './choose-keyboard.tsx';
import styles from './test-keyboard.module.css';

/** What a test build tells of a keyboard; null until its result is there. */
export type Verdict = 'works' | 'fails' | 'unknown' | null;

/** A build that was canceled, or that Kiln could not carry out, tells nothing of the keyboard. */
export function verdictOf(job: Pick<Job, 'state' | 'result'>): Verdict {
  // The end of a job is known a moment before its result is.
  if (!isEnded(job) || (job.state === 'finished' && job.result === null)) return null;
  const outcome = outcomeOf(job);
  if (outcome === 'built') return 'works';
  return outcome === 'errors' ? 'fails' : 'unknown';
}

/** Builds an empty keymap of a keyboard through the queue, and says whether it builds. */
export function TestKeyboardDialog({
  start = null,
  onClose,
}: {
  /** The keyboard that is offered; the one in work when there is none. */
  readonly start?: KeyboardName | null;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const form = useId();
  const current = useWorkspace(({ current }) => current);
  const [wanted, setWanted] = useState<KeyboardName>(
    start ??
      (current === null
        ? { name: '', tree: null }
        : { name: current.keyboard, tree: current.tree }),
  );
  const test = useMutation({
    mutationFn: ({ name, tree }: KeyboardName) =>
      post('/kiln/v1/test-keyboard', {
        body: { keyboard: name, ...(tree === null ? {} : { tree }) },
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted.name !== '') test.mutate(wanted);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('service.test.title')}
      actions={
        <>
          <Button onClick={onClose}>{t('common.close')}</Button>
          <Button
            kind="primary"
            type="submit"
            form={form}
            icon={<FlaskConical />}
            disabled={wanted.name === '' || test.isPending}
          >
            {t('service.test.do')}
          </Button>
        </>
      }
    >
      <p className={styles.hint}>{t('service.test.body')}</p>
      <form id={form} onSubmit={submit}>
        <ChooseKeyboard chosen={wanted} onChoose={setWanted} />
      </form>
      {test.error !== null && <ErrorNotice error={test.error} />}
      {test.data !== undefined && (
        <TestRun key={test.data.id} id={test.data.id} onClose={onClose} />
      )}
    </Dialog>
  );
}

function TestRun({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { data: job, error } = useJob(id);
  useFollowedJob(id);
  const verdict = job === undefined ? null : verdictOf(job);
  const keyboard = job?.build?.keyboard ?? '';
  useEffect(() => {
    if (verdict !== null) announce(t(`service.test.${verdict}`, { keyboard }));
  }, [verdict, keyboard, t]);
  if (error !== null) return <ErrorNotice error={error} />;
  if (job === undefined) return null;
  const log = (
    <Link href={`/service/queue/${id}`} className={buttonClass('plain', 'small')} onClick={onClose}>
      {t('service.test.log')}
    </Link>
  );
  if (verdict === null) return <TestProgress job={job} />;
  if (verdict === 'works') {
    return (
      <Notice tone="success" title={t('service.test.works', { keyboard })} actions={log}>
        <p>
          <code>{job.build?.layout}</code>
          {job.result !== null && ` · ${formatDuration(job.result.durationMs)}`}
        </p>
      </Notice>
    );
  }
  const said = job.error === null ? null : sayError(job.error);
  return (
    <>
      <Notice tone="danger" title={t(`service.test.${verdict}`, { keyboard })} actions={log}>
        {said !== null && <p>{`${said.message} ${said.remedy}`}</p>}
      </Notice>
      {job.result !== null && <BuildErrors errors={job.result.errors} build={null} />}
    </>
  );
}

function TestProgress({ job }: { readonly job: Job }) {
  const stage = useStageName(job);
  return (
    <div className={styles.progress}>
      <p role="status">{stage}</p>
      <ProgressBar fraction={job.progress?.fraction ?? null} />
    </div>
  );
}
