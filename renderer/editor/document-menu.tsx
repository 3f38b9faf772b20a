import { Menu } from '@base-ui/react/menu';
import { FileJson2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { KeyboardInfo } from '../api/keyboards.ts';
import { desktop } from '../bridge/desktop.ts';
import { announce } from '../controls/announcer.tsx';
import { buttonClass } from '../controls/button.tsx';
import { rowStarts } from '../drawing/navigate.ts';
import { takeIncoming, useIncoming } from '../workspace/incoming.ts';
import { askForRemoteKeymap } from '../workspace/remote-address.ts';
import styles from './document-menu.module.css';
import { layoutKeys } from './fit-keyboard.ts';
import {
  type EditedKeymap,
  isKeymapDocument,
  keymapName,
  printDocument,
} from './keymap/document.ts';
import { changeLayout } from './keymap/layout-change.ts';
import menu from './menu.module.css';
import { OpenDialog } from './open/open-dialog.tsx';
import { useOpenedFile } from './open/use-opened-file.ts';
import { renderPng, saveFile } from './save-file.ts';
import { change } from './store/editor-store.ts';
import { sayInEditor } from './store/editor-word.ts';
import { useKeycodes } from './tree-keycodes.ts';
import { usePicture } from './use-picture.ts';

/** The keymap as a file: open, save, picture, layout, start over. */
export function DocumentMenu({
  tree,
  keyboard,
  info,
  keymap,
  starter,
  onHelp,
}: {
  readonly tree: string;
  readonly keyboard: string;
  readonly info: KeyboardInfo;
  readonly keymap: EditedKeymap;
  /** The keymap that the keyboard comes with, if there is one. */
  readonly starter: unknown;
  readonly onHelp: () => void;
}) {
  const { t } = useTranslation();
  const { catalogue } = useKeycodes(tree, keymap.document.host_language);
  const door = useOpenedFile({ tree, keyboard, info, keymap, catalogue });
  const draw = usePicture({ keyboard, info, keymap, catalogue });
  const chooser = useRef<HTMLInputElement>(null);
  const [printed, setPrinted] = useState<string | null>(null);
  const fileName = `${keyboard.replaceAll('/', '_')}_${keymapName(keymap.document)}`;
  const keys = layoutKeys(info, keymap.document.layout) ?? [];

  const open = () => {
    if (desktop === null) chooser.current?.click();
    else {
      void desktop.request('open-keymap').then((file) => {
        if (file !== null) door.open(file.name, file.text);
      });
    }
  };
  const tell = (saved: boolean, name: string) => {
    if (saved) announce(t('editor.saved', { name }));
  };
  const save = async () => {
    const name = `${fileName}.json`;
    const content = printDocument(keymap.document, rowStarts(keys));
    tell(await saveFile({ name, mediaType: 'application/json', content }), name);
  };
  const savePicture = async (kind: 'svg' | 'png') => {
    const picture = draw();
    const name = `${fileName}.${kind}`;
    const file =
      kind === 'svg'
        ? { name, mediaType: 'image/svg+xml', content: picture.svg }
        : { name, mediaType: 'image/png', content: await renderPng(picture) };
    tell(await saveFile(file), name);
  };
  const print = () => {
    setPrinted(URL.createObjectURL(new Blob([draw().svg], { type: 'image/svg+xml' })));
  };
  useFileCommands({ open, save: () => void save(), print, picture: () => void savePicture('svg') });
  useIncomingFile(door.open);

  const item = (text: string, onClick: () => void, keysText?: string) => (
    <Menu.Item className={menu.item} onClick={onClick}>
      {text}
      {keysText !== undefined && <kbd>{keysText}</kbd>}
    </Menu.Item>
  );
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className={buttonClass('quiet', 'small')}>
          <FileJson2 aria-hidden="true" />
          {t('editor.file.menu')}
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={4} align="end" className={menu.positioner}>
            <Menu.Popup className={menu.popup}>
              {item(t('editor.file.open'), open, t('editor.file.openKeys'))}
              {item(t('editor.file.openAddress'), () => askForRemoteKeymap(''))}
              {item(t('editor.file.save'), () => void save(), t('editor.file.saveKeys'))}
              <Menu.Separator className={menu.separator} />
              {item(t('editor.file.svg'), () => void savePicture('svg'))}
              {item(t('editor.file.png'), () => void savePicture('png'))}
              {item(t('editor.file.print'), print)}
              <Menu.Separator className={menu.separator} />
              <LayoutItems info={info} keymap={keymap} />
              {isKeymapDocument(starter) &&
                item(t('editor.file.startOver'), () =>
                  change('opened', () => ({ document: { ...starter, keyboard }, layerNames: [] }), {
                    layer: 0,
                  }),
                )}
              {item(t('editor.help.title'), onHelp, t('editor.file.helpKeys'))}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <input
        ref={chooser}
        type="file"
        accept=".json,.vil,.layout.json,application/json"
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          // So that the same file can be chosen again.
          currentTarget.value = '';
          if (file !== undefined) void file.text().then((text) => door.open(file.name, text));
        }}
      />
      <OpenDialog
        state={door.state}
        keyboard={keyboard}
        onClose={door.close}
        onUseHere={door.useHere}
        onGoThere={door.goThere}
      />
      {printed !== null && <PrintedPicture address={printed} onDone={() => setPrinted(null)} />}
    </>
  );
}

function LayoutItems({
  info,
  keymap,
}: {
  readonly info: KeyboardInfo;
  readonly keymap: EditedKeymap;
}) {
  const { t } = useTranslation();
  const names = Object.keys(info.layouts);
  if (names.length < 2) return null;
  return (
    <>
      <Menu.RadioGroup
        value={keymap.document.layout}
        onValueChange={(name: string) => {
          const from = layoutKeys(info, keymap.document.layout) ?? [];
          const to = { name, keys: layoutKeys(info, name) ?? [] };
          const { keymap: next, dropped } = changeLayout(keymap, from, to);
          change('layout', () => next);
          sayInEditor(
            dropped.length === 0 ? '' : t('editor.layoutDropped', { count: dropped.length }),
          );
        }}
      >
        {names.map((name) => (
          <Menu.RadioItem key={name} value={name} className={menu.item}>
            {name}
            <Menu.RadioItemIndicator className={menu.mark}>✓</Menu.RadioItemIndicator>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Separator className={menu.separator} />
    </>
  );
}

/** Lies over the window while it is printed, and only there: see the style sheet. */
function PrintedPicture({
  address,
  onDone,
}: {
  readonly address: string;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  return createPortal(
    <img
      className={styles.printed}
      src={address}
      alt={t('editor.file.picture')}
      onLoad={() => {
        window.print();
        URL.revokeObjectURL(address);
        onDone();
      }}
    />,
    document.body,
  );
}

interface FileCommands {
  readonly open: () => void;
  readonly save: () => void;
  readonly print: () => void;
  readonly picture: () => void;
}

function useFileCommands(commands: FileCommands): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.shiftKey || event.altKey) return;
      if (!event.ctrlKey && !event.metaKey) return;
      const names = { o: 'open', s: 'save', p: 'print' } as const;
      const name = Object.hasOwn(names, event.key)
        ? names[event.key as keyof typeof names]
        : undefined;
      if (name === undefined) return;
      event.preventDefault();
      latest.current[name]();
    };
    window.addEventListener('keydown', onKeyDown);
    const stop = desktop?.on('command', (command) => {
      if (command === 'open' || command === 'save' || command === 'print')
        latest.current[command]();
      if (command === 'export-picture') latest.current.picture();
    });
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      stop?.();
    };
  }, []);
}

/** A file that was dropped, or opened from outside. */
function useIncomingFile(open: (name: string, text: string) => void): void {
  const incoming = useIncoming(({ file }) => file);
  useEffect(() => {
    if (incoming === null) return;
    const file = takeIncoming();
    if (file !== null) open(file.name, file.text);
  }, [incoming, open]);
}
