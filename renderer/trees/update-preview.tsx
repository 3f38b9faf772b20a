import { ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStartWork, type Work } from '../api/background-work.ts';
import { post } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { formatNumber } from '../i18n/format.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import type { Tree } from './tree.ts';
import styles from './update-preview.module.css';

/** Names that are shown before the rest is only counted. */
const SHOWN = 12;

/** What an update would change, the person's own keyboards first; nothing has changed yet. */
export function UpdatePreview({ tree, work }: { readonly tree: Tree; readonly work: Work }) {
  const { t } = useTranslation();
  const recent = useWorkspace(({ recent }) => recent);
  const update = useStartWork(() =>
    post('/kiln/v1/trees/{tree}/update', { path: { tree: tree.name } }),
  );
  const { preview } = work;
  if (preview === null) return <Notice tone="success" live title={t('trees.upToDate')} />;
  // A preview of before an update that was done since.
  if (preview.from !== tree.commit) return null;
  const { added, changed, removed } = preview.keyboards;
  const mine = recent
    .filter((keyboard) => keyboard.tree === tree.name)
    .map(({ keyboard }) => keyboard)
    .filter((name) => [...changed, ...removed].some((folder) => isBelow(name, folder)));
  return (
    <Notice
      tone="info"
      live
      title={t('trees.preview.title', {
        from: preview.from.slice(0, 10),
        to: preview.to.slice(0, 10),
      })}
      actions={
        <Button
          kind="primary"
          size="small"
          icon={<ArrowUp />}
          disabled={update.isPending}
          onClick={() => update.mutate()}
        >
          {t('trees.preview.update')}
        </Button>
      }
    >
      {mine.length > 0 && (
        <p>
          {t('trees.preview.mine')} <Names names={mine} />
        </p>
      )}
      <ul className={styles.list}>
        <Group label={t('trees.preview.added', { count: added.length })} names={added} />
        <Group label={t('trees.preview.removed', { count: removed.length })} names={removed} />
        <Group label={t('trees.preview.changed', { count: changed.length })} names={changed} />
        <li>
          {t('trees.preview.shared', {
            count: preview.shared,
            number: formatNumber(preview.shared),
          })}
        </li>
      </ul>
      <p className={styles.safe}>{t('trees.preview.safe')}</p>
      {update.error !== null && <ErrorNotice error={update.error} />}
    </Notice>
  );
}

function isBelow(keyboard: string, folder: string): boolean {
  return keyboard === folder || keyboard.startsWith(`${folder}/`);
}

function Group({ label, names }: { readonly label: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <li>
      {label} <Names names={names} />
    </li>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation();
  const rest = names.length - SHOWN;
  return (
    <>
      <code>{names.slice(0, SHOWN).join(', ')}</code>
      {rest > 0 && ` ${t('trees.preview.more', { count: rest, number: formatNumber(rest) })}`}
    </>
  );
}
