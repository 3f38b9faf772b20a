import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, post } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { CopyButton } from '../controls/copy-text.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import styles from './udev-dialog.module.css';

const RULES = ['udev'] as const;

/** The rules that let a person open bootloaders on Linux: shown, copied, or installed when they agree. */
export function UdevDialog({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: RULES,
    queryFn: ({ signal }) => get('/kiln/v1/udev', { signal }),
    enabled: open,
  });
  const install = useMutation({
    mutationFn: () => post('/kiln/v1/udev/install', {}),
    onSuccess: (status) => client.setQueryData(RULES, status),
  });
  const isInstalled = data !== undefined && data.missing.length === 0;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('flash.udev.title')}
      wide
      actions={
        data !== undefined && (
          <>
            <CopyButton text={data.rules} label={t('flash.udev.copy')} />
            <Button
              kind="primary"
              disabled={isInstalled || install.isPending}
              onClick={() => install.mutate()}
            >
              {install.isPending ? t('flash.udev.asking') : t('flash.udev.install')}
            </Button>
          </>
        )
      }
    >
      <p>{t('flash.udev.body')}</p>
      {error !== null && <ErrorNotice error={error} />}
      {install.error !== null && <ErrorNotice error={install.error} />}
      {data !== undefined && (
        <>
          {isInstalled ? (
            <Notice tone="success" live title={t('flash.udev.installed')} />
          ) : (
            <p>
              {t('flash.udev.consent')} <code>{data.target}</code>
            </p>
          )}
          <section
            className={styles.rules}
            aria-label={t('flash.udev.text')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll the rules
            tabIndex={0}
          >
            <pre>{data.rules}</pre>
          </section>
        </>
      )}
    </Dialog>
  );
}
