import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { type QueueView, useFlush } from './queue.ts';
import styles from './service-page.module.css';

export type Flushed = Schema<'Flushed'>;

/** Asks before the queue is emptied, with how many jobs that ends; the numbers follow the queue while it asks. */
export function FlushDialog({
  open,
  view: { queued, running },
  onClose,
  onFlushed,
}: {
  readonly open: boolean;
  readonly view: QueueView;
  readonly onClose: () => void;
  readonly onFlushed: (flushed: Flushed) => void;
}) {
  const { t } = useTranslation();
  const [alsoRunning, setAlsoRunning] = useState(false);
  const flush = useFlush();
  const count = queued + (alsoRunning ? running : 0);
  const close = () => {
    setAlsoRunning(false);
    flush.reset();
    onClose();
  };
  const empty = () =>
    flush.mutate(alsoRunning, {
      onSuccess: (flushed) => {
        close();
        onFlushed(flushed);
      },
    });
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t('service.flush.title')}
      actions={
        <>
          <Button onClick={close}>{t('service.flush.keep')}</Button>
          <Button kind="danger" disabled={count === 0 || flush.isPending} onClick={empty}>
            {t('service.flush.do', { count })}
          </Button>
        </>
      }
    >
      <p>{t('service.flush.waiting', { count: queued })}</p>
      {running > 0 && (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={alsoRunning}
            onChange={({ target }) => setAlsoRunning(target.checked)}
          />
          {t('service.flush.running', { count: running })}
        </label>
      )}
      <p className={styles.hint}>{t('service.flush.hint')}</p>
      {flush.error !== null && <ErrorNotice error={flush.error} />}
    </Dialog>
  );
}
