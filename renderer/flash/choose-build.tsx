import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHistory } from '../builds/history.ts';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatRelative } from '../i18n/format.ts';
import styles from './choose-build.module.css';
import { flashBuild } from './flash-store.ts';

/** The builds of before that have an image. */
export function ChooseBuild({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} title={t('flash.image.buildTitle')}>
      <Builds onClose={onClose} />
    </Dialog>
  );
}

function Builds({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const history = useHistory({ text: useDeferredValue(text), outcome: 'built', pinned: false });
  const builds = history.data?.pages.flatMap((page) => page.builds) ?? [];
  return (
    <>
      <input
        type="search"
        className={styles.search}
        value={text}
        placeholder={t('builds.filter.placeholder')}
        aria-label={t('builds.filter.text')}
        onChange={(event) => setText(event.target.value)}
      />
      {history.error !== null && <ErrorNotice error={history.error} />}
      {history.data !== undefined && builds.length === 0 && <p>{t('flash.image.noBuilds')}</p>}
      <ul className={styles.list}>
        {builds.map(({ id, build, kind, createdAt, result }) => (
          <li key={id}>
            <button
              type="button"
              className={styles.build}
              onClick={() => {
                flashBuild(id);
                onClose();
              }}
            >
              <span className={styles.name}>{build?.keyboard ?? kind}</span>
              <span className={styles.what}>
                {build !== null && `${build.keymap} · ${build.tree} · `}
                {result?.firmwareFilename}
              </span>
              <time className={styles.what} dateTime={new Date(createdAt).toISOString()}>
                {formatRelative(createdAt, Date.now())}
              </time>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
