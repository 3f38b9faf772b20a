import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { get } from '../api/client.ts';
import { desktop } from '../bridge/desktop.ts';
import { type IncomingFile, receiveFile } from '../workspace/incoming.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import styles from './incoming-files.module.css';
import { editorPath } from './navigation.ts';

/** Larger files are no keymap of any tool, and reading them would stop the window. */
const MOST_BYTES = 4_000_000;

/** Takes keymaps that are dropped anywhere, or opened from outside, to the editor. */
export function IncomingFiles() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const open = async (file: IncomingFile) => {
      receiveFile(file);
      navigate(await editorFor(file));
    };
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setIsOver(false);
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      if (file.size > MOST_BYTES) void open({ name: file.name, text: '' });
      else void file.text().then((text) => open({ name: file.name, text }));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    const stop = desktop?.on('keymap-opened', (file) => void open(file));
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
      stop?.();
    };
  }, [navigate]);
  return isOver && <div className={styles.veil}>{t('frame.drop')}</div>;
}

/** The keyboard in hand; without one that which the file names, in the first tree. */
async function editorFor({ text }: IncomingFile): Promise<string> {
  const { current } = useWorkspace.getState();
  if (current !== null) return editorPath(current.tree, current.keyboard);
  try {
    const { keyboard } = JSON.parse(text) as { keyboard?: unknown };
    const { trees } = await get('/kiln/v1/trees', {});
    const tree = trees.find(({ isDefault }) => isDefault) ?? trees[0];
    if (typeof keyboard === 'string' && tree !== undefined) return editorPath(tree.name, keyboard);
  } catch {
    // No JSON, or no service: the editor says that a keyboard has to be chosen, and keeps the file.
  }
  return '/editor';
}
