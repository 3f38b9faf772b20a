import { FolderOpen } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStartWork } from '../api/background-work.ts';
import { post } from '../api/client.ts';
import { desktop } from '../bridge/desktop.ts';
import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import styles from './add-tree.module.css';

/** What QMK calls its own repository; nothing is asked there before the person says so. */
const QMK = { name: 'qmk', source: 'https://github.com/qmk/qmk_firmware.git' };

/** Asks for a tree's name and where it lies, and starts its way in. */
export function AddTree({
  open,
  hasQmk,
  onClose,
}: {
  readonly open: boolean;
  readonly hasQmk: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState('');
  const [source, setSource] = useState('');
  const add = useStartWork((body: { readonly name: string; readonly source: string }) =>
    post('/kiln/v1/trees', { body }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name, source }, { onSuccess: close });
  };
  const close = () => {
    add.reset();
    setName('');
    setSource('');
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t('trees.addTitle')}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form={id} disabled={add.isPending}>
            {t('trees.add')}
          </Button>
        </>
      }
    >
      <form id={id} className={styles.form} onSubmit={submit}>
        {!hasQmk && (
          <Button
            size="small"
            onClick={() => {
              setName(QMK.name);
              setSource(QMK.source);
            }}
          >
            {t('trees.fillQmk')}
          </Button>
        )}
        <div className={styles.field}>
          <label htmlFor={`${id}-source`}>{t('trees.source')}</label>
          <div className={styles.row}>
            <input
              id={`${id}-source`}
              className={styles.input}
              value={source}
              required
              spellCheck={false}
              autoComplete="off"
              aria-describedby={`${id}-hint`}
              onChange={(event) => setSource(event.target.value)}
            />
            {desktop !== null && (
              <Button
                icon={<FolderOpen />}
                onClick={() =>
                  void desktop
                    ?.request('choose-folder')
                    .then((folder) => (folder === null ? undefined : setSource(folder)))
                }
              >
                {t('trees.choose')}
              </Button>
            )}
          </div>
          <p id={`${id}-hint`} className={styles.hint}>
            {t('trees.sourceHint')}
          </p>
        </div>
        <div className={styles.field}>
          <label htmlFor={`${id}-name`}>{t('trees.name')}</label>
          <input
            id={`${id}-name`}
            className={styles.input}
            value={name}
            required
            pattern="[a-z0-9][a-z0-9_\-]{0,31}"
            title={t('trees.nameHint')}
            spellCheck={false}
            autoComplete="off"
            aria-describedby={`${id}-name-hint`}
            onChange={(event) => setName(event.target.value)}
          />
          <p id={`${id}-name-hint`} className={styles.hint}>
            {t('trees.nameHint')}
          </p>
        </div>
        <p className={styles.hint}>{t('trees.network')}</p>
        {add.error !== null && <ErrorNotice error={add.error} />}
      </form>
    </Dialog>
  );
}
