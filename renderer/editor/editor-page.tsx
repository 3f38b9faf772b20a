import { Hammer, Keyboard, Redo2, Undo2, Usb } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'wouter';
import { useIsAttached } from '../api/devices.ts';
import { type KeyboardInfo, mainLayout, useKeyboard } from '../api/keyboards.ts';
import { useKeymapOfBuild } from '../builds/keymap-of-build.ts';
import { useStartBuild } from '../builds/start-build.ts';
import { announce } from '../controls/announcer.tsx';
import { Button, buttonClass } from '../controls/button.tsx';
import { EmptyState } from '../controls/empty-state.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { PageActions, PageTitle } from '../frame/title-bar.tsx';
import { useLentBuild } from '../workspace/dock-build.ts';
import { openKeyboard } from '../workspace/workspace.ts';
import { useDefaultKeymap } from './default-keymap.ts';
import { DocumentMenu } from './document-menu.tsx';
import styles from './editor-page.module.css';
import { fitToKeyboard } from './fit-keyboard.ts';
import { HelpSheet } from './help-sheet.tsx';
import { blankDocument, isKeymapDocument, type KeymapDocument } from './keymap/document.ts';
import { useEditorShortcuts } from './shortcuts.ts';
import { readDraft, startAutosave } from './store/autosave.ts';
import { change, currentKeymap, openKeymap, redo, undo, useEditor } from './store/editor-store.ts';
import { sayInEditor } from './store/editor-word.ts';
import { useBuildTroubles } from './use-build-troubles.ts';
import { Workbench } from './workbench.tsx';

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
  return <OpenKeyboard key={`${tree} ${keyboard}`} tree={tree} keyboard={keyboard} />;
}

function OpenKeyboard({ tree, keyboard }: { readonly tree: string; readonly keyboard: string }) {
  const { t } = useTranslation();
  const info = useKeyboard(tree, keyboard);
  const starter = useDefaultKeymap(tree, keyboard);
  const id = `${tree}/${keyboard}`;
  const keymap = useEditor((state) => (state.id === id ? (state.history?.present ?? null) : null));
  const build = useStartBuild();
  const isAttached = useIsAttached(tree, keyboard);
  const [help, setHelp] = useState(false);
  useBuildTroubles(keyboard, keymap);

  useEffect(() => {
    if (info.data !== undefined) openKeyboard({ tree, keyboard });
  }, [info.data, tree, keyboard]);
  useOpenedKeymap(id, keyboard, info.data, starter.isPending ? undefined : (starter.data ?? null));
  useBuildToReopen(id, keyboard, info.data);
  useEffect(() => startAutosave(() => sayInEditor(t('editor.notKept'))), [t]);

  const startBuild = () => {
    const edited = currentKeymap();
    if (edited === null || build.isPending) return;
    build.mutate({ ...edited.document, branch: tree });
  };
  const { mutateAsync } = build;
  const buildForDock = useCallback(async () => {
    const edited = currentKeymap();
    if (edited === null) throw new Error('no keymap is open');
    return mutateAsync({ ...edited.document, branch: tree });
  }, [mutateAsync, tree]);
  useLentBuild(keymap === null ? null : buildForDock);
  const step = (which: 'undo' | 'redo') => {
    const kind = which === 'undo' ? undo() : redo();
    if (kind !== null) announce(t(`editor.${which}ne`, { what: t(`editor.changed.${kind}`) }));
  };
  useEditorShortcuts({
    undo: () => step('undo'),
    redo: () => step('redo'),
    build: startBuild,
    help: () => setHelp(true),
  });

  return (
    <>
      <PageTitle title={info.data?.keyboard_name ?? keyboard}>
        <span className={styles.tree}>{tree}</span>
        {isAttached && (
          <span className={styles.attached}>
            <Usb aria-hidden="true" />
            {t('editor.attached')}
          </span>
        )}
      </PageTitle>
      <PageActions>
        <HistoryButtons onUndo={() => step('undo')} onRedo={() => step('redo')} />
        {info.data !== undefined && keymap !== null && (
          <DocumentMenu
            keyboard={keyboard}
            info={info.data}
            keymap={keymap}
            starter={starter.data ?? null}
            tree={tree}
            onHelp={() => setHelp(true)}
          />
        )}
        <Button
          kind="primary"
          icon={<Hammer />}
          disabled={keymap === null || build.isPending}
          aria-keyshortcuts="Control+Enter"
          onClick={startBuild}
        >
          {t('editor.build')}
        </Button>
      </PageActions>
      {(info.error !== null || build.error !== null) && (
        <div className={styles.notices}>
          {info.error !== null && (
            <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />
          )}
          {build.error !== null && <ErrorNotice error={build.error} />}
        </div>
      )}
      {info.data !== undefined && keymap !== null && (
        <Workbench tree={tree} info={info.data} keymap={keymap} onHelp={() => setHelp(true)} />
      )}
      <HelpSheet open={help} onOpenChange={setHelp} />
    </>
  );
}

function HistoryButtons({
  onUndo,
  onRedo,
}: {
  readonly onUndo: () => void;
  readonly onRedo: () => void;
}) {
  const { t } = useTranslation();
  const last = useEditor(({ history }) => history?.past?.label.kind ?? null);
  const next = useEditor(({ history }) => history?.future?.label.kind ?? null);
  const title = (verb: 'undo' | 'redo', kind: typeof last) =>
    kind === null
      ? t(`editor.${verb}`)
      : t(`editor.${verb}What`, { what: t(`editor.changed.${kind}`) });
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        icon={<Undo2 />}
        disabled={last === null}
        title={title('undo', last)}
        aria-label={title('undo', last)}
        onClick={onUndo}
      />
      <Button
        kind="quiet"
        size="small"
        icon={<Redo2 />}
        disabled={next === null}
        title={title('redo', next)}
        aria-label={title('redo', next)}
        onClick={onRedo}
      />
    </>
  );
}

/** What a person left here; else what the keyboard comes with; else an empty keymap. */
function useOpenedKeymap(
  id: string,
  keyboard: string,
  info: KeyboardInfo | undefined,
  starter: unknown,
): void {
  const { t } = useTranslation();
  const isReady = info !== undefined && starter !== undefined;
  const opened = useMemo(() => {
    if (!isReady || info === undefined) return null;
    const kept = readDraft(id);
    const document = kept?.document ?? firstDocument(keyboard, info, starter);
    const isBlank = kept === null && !isKeymapDocument(starter);
    return { ...fitToKeyboard(document, info), layerNames: kept?.layerNames ?? [], isBlank };
  }, [isReady, id, keyboard, info, starter]);
  useEffect(() => {
    if (opened === null || useEditor.getState().id === id) return;
    openKeymap(id, { document: opened.document, layerNames: opened.layerNames });
    const [note] = opened.notes;
    if (note !== undefined) sayInEditor(t(`editor.fit.${note.kind}`, { ...note }));
    else sayInEditor(opened.isBlank ? t('editor.startsEmpty') : '');
  }, [opened, id, t]);
}

/** `?job=…`: the keymap of a build of before, in place of the one in hand; undo brings that back. */
function useBuildToReopen(id: string, keyboard: string, info: KeyboardInfo | undefined): void {
  const [search, setSearch] = useSearchParams();
  const { data } = useKeymapOfBuild(search.get('job'));
  const isOpen = useEditor((state) => state.id === id);
  useEffect(() => {
    if (data === undefined || info === undefined || !isOpen) return;
    if (isKeymapDocument(data)) {
      const { branch: _tree, ...document } = data;
      change('opened', ({ layerNames }) => ({
        document: fitToKeyboard({ ...document, keyboard } as KeymapDocument, info).document,
        layerNames,
      }));
    }
    setSearch({}, { replace: true });
  }, [data, info, isOpen, keyboard, setSearch]);
}

function firstDocument(keyboard: string, info: KeyboardInfo, starter: unknown): KeymapDocument {
  if (isKeymapDocument(starter)) return { ...starter, keyboard };
  const layout = mainLayout(info);
  return blankDocument(keyboard, layout?.name ?? 'LAYOUT', layout?.keys.length ?? 0);
}
