import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import dialog from './dialog.module.css';

/** What each line is for, and the keys; `Mod` is Ctrl, or ⌘ on a Mac. */
const LINES = [
  ['move', ['←', '→', '↑', '↓']],
  ['extend', ['Shift + ←', 'Shift + →']],
  ['all', ['Mod + A']],
  ['type', ['A', '1', ';']],
  ['palette', ['Enter']],
  ['capture', ['Alt + Enter']],
  ['clear', ['Delete']],
  ['copy', ['Mod + C', 'Mod + X', 'Mod + V']],
  ['layer', ['PageUp', 'PageDown', 'Alt + 0 … 9']],
  ['undo', ['Mod + Z', 'Mod + Y']],
  ['build', ['Mod + Enter']],
  ['open', ['Mod + O']],
  ['save', ['Mod + S']],
  ['back', ['Escape']],
  ['layers', ['F2', 'Alt + ↑', 'Alt + ↓']],
  ['help', ['F1', '?']],
] as const;

const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** All that the keyboard does in the editor. */
export function HelpSheet({
  open,
  onOpenChange,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  const { t } = useTranslation();
  const nameOf = (keys: string) => keys.replace('Mod', isMac() ? '⌘' : t('editor.help.ctrl'));
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <div className={dialog.head}>
            <Dialog.Title className={dialog.title}>{t('editor.help.title')}</Dialog.Title>
            <Dialog.Close className={dialog.close} aria-label={t('editor.close')}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </div>
          <dl className={dialog.keys}>
            {LINES.map(([name, keys]) => (
              <div key={name}>
                <dt>{t(`editor.help.line.${name}`)}</dt>
                <dd>
                  {keys.map((combination) => (
                    <kbd key={combination}>{nameOf(combination)}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
