import { Hammer, Keyboard } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'wouter';
import { mainLayout, useKeyboard } from '../api/keyboards.ts';
import { useKeymapOfBuild } from '../builds/keymap-of-build.ts';
import { useStartBuild } from '../builds/start-build.ts';
import { Button, buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Thumbnail } from '../drawing/thumbnail.tsx';
import { PageActions, PageTitle } from '../frame/title-bar.tsx';
import { openKeyboard } from '../workspace/workspace.ts';
import { useDefaultKeymap } from './default-keymap.ts';
import styles from './editor-page.module.css';

/** `/editor/<tree>/<keyboard…>`: the workbench. */
export default function EditorPage() {
  const { t } = useTranslation();
  const [tree, ...name] = (useParams()['*'] ?? '').split('/').map(decodeURIComponent);
  const keyboard = name.join('/');
  if (tree === undefined || keyboard === '') {
    return (
      <>
        <PageTitle title={t('editor.title')} />
        <EmptyState
          icon={Keyboard}
          title={t('editor.none.title')}
          actions={
            <Link href="/keyboards" className={buttonClass('primary')}>
              {t('editor.none.action')}
            </Link>
          }
        >
          {t('editor.none.body')}
        </EmptyState>
      </>
    );
  }
  return <Workbench key={`${tree} ${keyboard}`} tree={tree} keyboard={keyboard} />;
}

function Workbench({ tree, keyboard }: { readonly tree: string; readonly keyboard: string }) {
  const { t } = useTranslation();
  const info = useKeyboard(tree, keyboard);
  // `?job=…`: the keymap of a build of before.
  const job = useSearchParams()[0].get('job');
  const ofBuild = useKeymapOfBuild(job);
  const ofKeyboard = useDefaultKeymap(tree, keyboard);
  const keymap = job === null ? ofKeyboard : ofBuild;
  const build = useStartBuild();
  useEffect(() => {
    if (info.data !== undefined) openKeyboard({ tree, keyboard });
  }, [info.data, tree, keyboard]);
  const layout = info.data === undefined ? null : mainLayout(info.data);
  return (
    <>
      <PageTitle title={info.data?.keyboard_name ?? keyboard}>
        <span className={styles.tree}>{tree}</span>
      </PageTitle>
      <PageActions>
        <Button
          kind="primary"
          icon={<Hammer />}
          disabled={keymap.data === undefined || build.isPending}
          onClick={() => {
            if (keymap.data !== undefined) build.mutate({ ...keymap.data, branch: tree });
          }}
        >
          {t('editor.build')}
        </Button>
      </PageActions>
      <div className={styles.page}>
        {info.error !== null && (
          <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />
        )}
        {build.error !== null && <ErrorNotice error={build.error} />}
        {layout !== null && (
          <div className={styles.board}>
            <Thumbnail keys={layout.keys} />
          </div>
        )}
      </div>
    </>
  );
}
