import {
  Archive,
  Copy,
  Download,
  FileCode2,
  FileJson2,
  GitCompareArrows,
  OctagonX,
  Pin,
  PinOff,
  RotateCw,
  SquarePen,
  Trash2,
  X,
  Zap,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { announce } from '../controls/announcer.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice, ReportNotice } from '../controls/error-notice.tsx';
import { Menu, MenuItem } from '../controls/menu.tsx';
import panel from '../controls/side-panel.module.css';
import { editorPath } from '../frame/navigation.ts';
import { formatDuration, formatTime } from '../i18n/format.ts';
import styles from './build-details.module.css';
import { BuildErrors } from './build-errors.tsx';
import { BuildLog } from './build-log.tsx';
import { isEnded, type Job, useFollowedJob, useJob } from './follow-job.ts';
import { useDeleteBuild, usePinBuild } from './history.ts';
import { commandOf, fileOf } from './job-files.ts';
import { OutcomeMark, outcomeOf } from './outcome.tsx';
import { SizeGauge } from './size-gauge.tsx';
import { useCancelBuild, useRetryBuild } from './start-build.ts';

/** All that is known of one build, what is needed to repeat it, and what can be done with it. */
export function BuildDetails({
  id,
  base = '/builds',
}: {
  readonly id: string;
  /** The list that it was opened from. */
  readonly base?: string;
}) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useJob(id);
  useFollowedJob(job !== undefined && !isEnded(job) ? id : null);
  return (
    <aside className={`${panel.panel} ${styles.panel}`} aria-label={t('builds.details')}>
      <Link
        href={base}
        className={`${panel.close} ${buttonClass('quiet', 'small')}`}
        aria-label={t('builds.closeDetails')}
      >
        <X aria-hidden="true" />
      </Link>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {job !== undefined && <Details job={job} base={base} />}
    </aside>
  );
}

interface Shown {
  readonly job: Job;
  readonly base: string;
}

function Details({ job, base }: Shown) {
  const { t } = useTranslation();
  const { result, build } = job;
  return (
    <>
      <header className={panel.head}>
        <h2 className={panel.title}>{build?.keyboard ?? job.kind}</h2>
        <OutcomeMark outcome={outcomeOf(job)} />
      </header>
      <Actions job={job} base={base} />
      {job.error !== null && (
        <ReportNotice report={job.error} tone={job.state === 'canceled' ? 'info' : 'danger'} />
      )}
      {result !== null && result.errors.length > 0 && (
        <div className={styles.errors}>
          <BuildErrors errors={result.errors} jobId={job.id} build={build} />
        </div>
      )}
      <dl className={styles.facts}>
        {build !== null && (
          <>
            <Fact name={t('builds.facts.keymap')}>{build.keymap}</Fact>
            <Fact name={t('builds.facts.layout')}>
              <code>{build.layout}</code>
            </Fact>
          </>
        )}
        {result !== null && (
          <>
            <Fact name={t('builds.facts.tree')}>
              {result.tree.name}{' '}
              <code title={result.tree.commit ?? undefined}>{result.tree.describe}</code>
              {result.tree.dirty && ` · ${t('builds.facts.dirty')}`}
            </Fact>
            {result.size !== null && (
              <Fact name={t('builds.facts.size')}>
                <SizeGauge {...result.size} />
              </Fact>
            )}
            <Fact name={t('builds.facts.time')}>{formatDuration(result.durationMs)}</Fact>
          </>
        )}
        <Fact name={t('builds.facts.when')}>{formatTime(job.createdAt)}</Fact>
        {result?.firmwareSha256 != null && (
          <Fact name={t('builds.facts.digest')}>
            <code className={styles.digest}>{result.firmwareSha256}</code>
          </Fact>
        )}
        {result !== null && (
          <Fact name={t('builds.facts.toolchain')}>
            {Object.values(result.toolchain).map((version) => (
              <span key={version} className={styles.tool}>
                {version}
              </span>
            ))}
          </Fact>
        )}
      </dl>
      <div className={panel.log}>
        <BuildLog job={job} />
      </div>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Actions({ job, base }: Shown) {
  const { t } = useTranslation();
  const rebuild = useRetryBuild();
  const cancel = useCancelBuild();
  const { build, id } = job;
  const failed = rebuild.error ?? cancel.error;
  return (
    <div className={panel.actions}>
      {job.result?.firmwareFilename != null && (
        <>
          <Link className={buttonClass('primary', 'small')} href={`/flash?job=${id}`}>
            <Zap aria-hidden="true" />
            {t('flash.dock.flash')}
          </Link>
          <a className={buttonClass('plain', 'small')} href={fileOf(id, 'download')} download>
            <Download aria-hidden="true" />
            {t('builds.download')}
          </a>
        </>
      )}
      {build !== null && job.state === 'finished' && (
        <Link
          className={buttonClass('plain', 'small')}
          href={`${editorPath(build.tree, build.keyboard)}?job=${id}`}
        >
          <SquarePen aria-hidden="true" />
          {t('builds.reopen')}
        </Link>
      )}
      {build !== null && isEnded(job) && (
        <Button
          size="small"
          icon={<RotateCw />}
          disabled={rebuild.isPending}
          onClick={() => rebuild.mutate(id)}
        >
          {t('builds.rebuild')}
        </Button>
      )}
      {!isEnded(job) && (
        <Button
          size="small"
          icon={<OctagonX />}
          disabled={job.cancelRequested || cancel.isPending}
          onClick={() => cancel.mutate(id)}
        >
          {job.cancelRequested ? t('builds.canceling') : t('builds.cancel')}
        </Button>
      )}
      <MoreActions job={job} base={base} />
      {failed !== null && <ErrorNotice error={failed} />}
    </div>
  );
}

function MoreActions({ job, base }: Shown) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const pin = usePinBuild();
  const { build, id, pinned } = job;
  return (
    <>
      <Menu label={t('builds.more')}>
        {build !== null && job.state === 'finished' && (
          <>
            <MenuItem
              icon={<GitCompareArrows aria-hidden="true" />}
              onSelect={() => navigate(`/compare/${id}`)}
            >
              {t('builds.compare')}
            </MenuItem>
            <MenuItem
              icon={<FileJson2 aria-hidden="true" />}
              render={<a href={fileOf(id, 'keymap')} download />}
            >
              {t('builds.files.keymap')}
            </MenuItem>
            {job.result?.firmwareFilename != null && (
              <MenuItem
                icon={<FileCode2 aria-hidden="true" />}
                render={<a href={fileOf(id, 'keymap.c')} download />}
              >
                {t('builds.files.keymapSource')}
              </MenuItem>
            )}
            <MenuItem
              icon={<Archive aria-hidden="true" />}
              render={<a href={fileOf(id, 'source')} download />}
            >
              {t('builds.files.source')}
            </MenuItem>
            <MenuItem
              icon={<Copy aria-hidden="true" />}
              onSelect={() => {
                void navigator.clipboard.writeText(commandOf(build));
                announce(t('common.copied'));
              }}
            >
              {t('builds.copyCommand')}
            </MenuItem>
          </>
        )}
        <MenuItem
          icon={pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
          onSelect={() => pin.mutate({ id, pinned: !pinned })}
        >
          {pinned ? t('builds.unpin') : t('builds.pin')}
        </MenuItem>
        {isEnded(job) && (
          <MenuItem icon={<Trash2 aria-hidden="true" />} onSelect={() => setAsking(true)}>
            {t('builds.delete')}
          </MenuItem>
        )}
      </Menu>
      {pin.error !== null && <ErrorNotice error={pin.error} />}
      <DeleteDialog job={job} base={base} open={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function DeleteDialog({
  job,
  base,
  open,
  onClose,
}: Shown & {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const erase = useDeleteBuild();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('builds.deleteTitle')}
      actions={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            kind="danger"
            disabled={erase.isPending}
            onClick={() => erase.mutate(job.id, { onSuccess: () => navigate(base) })}
          >
            {t('builds.delete')}
          </Button>
        </>
      }
    >
      <p>{t('builds.deleteBody', { keyboard: job.build?.keyboard ?? job.kind })}</p>
      {erase.error !== null && <ErrorNotice error={erase.error} />}
    </Dialog>
  );
}
