import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop } from '../bridge/desktop.ts';
import styles from './incoming-files.module.css';
import { useOpenIncoming } from './open-incoming.ts';

/** Larger files are no keymap of any tool, and reading them would stop the window. */
const MOST_BYTES = 4_000_000;

/** Takes keymaps that are dropped anywhere, or opened from outside, to the editor. */
export function IncomingFiles() {
  const { t } = useTranslation();
  const open = useOpenIncoming();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
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
  }, [open]);
  return isOver && <div className={styles.veil}>{t('frame.drop')}</div>;
}
