import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../controls/button.tsx';
import { ErrorNotice } from '../../controls/error-notice.tsx';
import dialog from '../dialog.module.css';
import type { FitNote } from '../fit-keyboard.ts';
import type { Loss } from './losses.ts';
import type { OpenState } from './use-opened-file.ts';

/** What became of a file that was opened, when there is something to say. */
export function OpenDialog({
  state,
  keyboard,
  onClose,
  onUseHere,
  onGoThere,
}: {
  readonly state: OpenState | null;
  readonly keyboard: string;
  readonly onClose: () => void;
  readonly onUseHere: () => void;
  readonly onGoThere: () => void;
}) {
  const { t } = useTranslation();
  if (state === null) return null;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialog.backdrop} />
        <Dialog.Popup className={dialog.popup}>
          <div className={dialog.head}>
            <Dialog.Title className={dialog.title}>
              {t(`editor.open.title.${state.kind}`)}
            </Dialog.Title>
            <Dialog.Close className={dialog.close} aria-label={t('editor.close')}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </div>
          {state.kind === 'refused' && (
            <p>{t(`editor.open.refused.${state.reason}`, { name: state.name })}</p>
          )}
          {state.kind === 'failed' && <ErrorNotice error={state.error} />}
          {state.kind === 'report' && <Report {...state} />}
          {state.kind === 'other-keyboard' && (
            <>
              <p>
                {t(state.isThere ? 'editor.open.other' : 'editor.open.otherMissing', {
                  name: state.name,
                  other: state.document.keyboard,
                  keyboard,
                })}
              </p>
              <div className={dialog.actions}>
                <Button onClick={onUseHere}>{t('editor.open.useHere', { keyboard })}</Button>
                {state.isThere && (
                  <Button kind="primary" onClick={onGoThere}>
                    {t('editor.open.goThere', { other: state.document.keyboard })}
                  </Button>
                )}
              </div>
            </>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Report({
  name,
  losses,
  notes,
}: {
  readonly name: string;
  readonly losses: readonly Loss[];
  readonly notes: readonly FitNote[];
}) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t('editor.open.partly', { name })}</p>
      <ul className={dialog.list}>
        {notes.map((note) => (
          <li key={JSON.stringify(note)}>{t(`editor.fit.${note.kind}`, { ...note })}</li>
        ))}
        {losses.map((loss) => (
          <li key={loss.kind}>
            {t(`editor.loss.${loss.kind}`, { count: loss.count })}
            {loss.kind === 'keycodes' && (
              <>
                {' '}
                <code>{loss.examples.join(', ')}</code>
              </>
            )}
          </li>
        ))}
      </ul>
      <p className={dialog.muted}>{t('editor.open.undo')}</p>
    </>
  );
}
