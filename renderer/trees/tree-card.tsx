import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, RefreshCw, Star, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStartWork, type Work } from '../api/background-work.ts';
import { post, remove } from '../api/client.ts';
import { ProgressBar } from '../builds/progress-bar.tsx';
import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatNumber } from '../i18n/format.ts';
import { sayIn } from '../i18n/sentences.ts';
import type { Tree } from './tree.ts';
import styles from './tree-card.module.css';
import { UpdatePreview } from './update-preview.tsx';
import { FailedWork, WorkLine } from './work-line.tsx';

/** One firmware tree: where it is from, what it holds, what is done to it. */
export function TreeCard({ tree, work }: { readonly tree: Tree; readonly work: Work | null }) {
  const { t } = useTranslation();
  const { catalogue, commit, name } = tree;
  return (
    <section className={styles.card} aria-label={name}>
      <header className={styles.head}>
        <h2 className={styles.name}>{name}</h2>
        {tree.isDefault && (
          <span className={styles.default}>
            <Check aria-hidden="true" />
            {t('trees.default')}
          </span>
        )}
        <span className={styles.count}>
          {t('trees.keyboards', { count: catalogue.total, number: formatNumber(catalogue.total) })}
        </span>
      </header>
      <p className={styles.origin}>
        {tree.kind === 'starter' && t('trees.starter')}
        {tree.kind === 'bundled' && t('trees.bundled')}
        {tree.kind !== 'starter' && tree.origin !== null && (
          <code>{tree.ref === null ? tree.origin : `${tree.origin}@${tree.ref}`}</code>
        )}
        {commit !== null && <code title={commit}>{commit.slice(0, 10)}</code>}
      </p>
      {tree.toolchain !== null && (
        <p className={styles.origin}>
          {t('trees.tools')} <code>{tree.toolchain}</code>
        </p>
      )}
      <Indexing catalogue={catalogue} />
      {work?.state === 'running' && <WorkLine work={work} />}
      {work?.state === 'failed' && <FailedWork work={work} />}
      {work?.state === 'done' && work.kind === 'preview-tree' && (
        <UpdatePreview tree={tree} work={work} />
      )}
      <Actions tree={tree} isBusy={work?.state === 'running'} />
    </section>
  );
}

function Indexing({ catalogue }: { readonly catalogue: Tree['catalogue'] }) {
  const { t } = useTranslation();
  if (catalogue.state === 'stopped') {
    return (
      <p className={styles.stopped}>
        {sayIn('message', catalogue.message ?? '') || t('trees.index.stopped')}
      </p>
    );
  }
  if (catalogue.state !== 'indexing') return null;
  return (
    <div className={styles.index}>
      <p>
        {t('trees.index.reading', {
          done: formatNumber(catalogue.done),
          total: formatNumber(catalogue.total),
        })}
      </p>
      <ProgressBar fraction={catalogue.total === 0 ? 0 : catalogue.done / catalogue.total} />
    </div>
  );
}

function Actions({ tree, isBusy }: { readonly tree: Tree; readonly isBusy: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const path = { tree: tree.name };
  const refresh = { onSuccess: () => client.invalidateQueries() };
  const look = useStartWork(() => post('/kiln/v1/trees/{tree}/preview', { path }));
  const use = useMutation({
    mutationFn: () => post('/kiln/v1/trees/{tree}/use', { path }),
    ...refresh,
  });
  const rollback = useMutation({
    mutationFn: () => post('/kiln/v1/trees/{tree}/rollback', { path }),
    ...refresh,
  });
  const failed = look.error ?? use.error ?? rollback.error;
  return (
    <>
      {failed !== null && <ErrorNotice error={failed} />}
      <div className={styles.actions}>
        {tree.kind === 'git' && (
          <Button size="small" icon={<RefreshCw />} disabled={isBusy} onClick={() => look.mutate()}>
            {t('trees.look')}
          </Button>
        )}
        {tree.previousCommit !== null && (
          <Button
            size="small"
            icon={<Undo2 />}
            disabled={isBusy || rollback.isPending}
            title={tree.previousCommit}
            onClick={() => rollback.mutate()}
          >
            {t('trees.rollback', { commit: tree.previousCommit.slice(0, 10) })}
          </Button>
        )}
        {!tree.isDefault && (
          <Button
            size="small"
            icon={<Star />}
            disabled={use.isPending}
            onClick={() => use.mutate()}
          >
            {t('trees.use')}
          </Button>
        )}
        {(tree.kind === 'git' || tree.kind === 'folder') && (
          <RemoveButton tree={tree} isBusy={isBusy} />
        )}
      </div>
    </>
  );
}

function RemoveButton({ tree, isBusy }: { readonly tree: Tree; readonly isBusy: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const erase = useMutation({
    mutationFn: () => remove('/kiln/v1/trees/{tree}', { path: { tree: tree.name } }),
    onSuccess: async () => {
      setAsking(false);
      await client.invalidateQueries();
    },
  });
  return (
    <>
      <Button size="small" icon={<Trash2 />} disabled={isBusy} onClick={() => setAsking(true)}>
        {t('trees.remove')}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('trees.removeTitle', { tree: tree.name })}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
            <Button kind="danger" disabled={erase.isPending} onClick={() => erase.mutate()}>
              {t('trees.remove')}
            </Button>
          </>
        }
      >
        <p>{t(tree.kind === 'git' ? 'trees.removeClone' : 'trees.removeFolder')}</p>
        {erase.error !== null && <ErrorNotice error={erase.error} />}
      </Dialog>
    </>
  );
}
