import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import {
  askForRemoteKeymap,
  readRemoteAddress,
  useRemoteAddress,
} from '../workspace/remote-address.ts';
import { useOpenIncoming } from './open-incoming.ts';
import styles from './remote-keymap.module.css';

/** Asks before anything is fetched, and names who would be asked: a link of any page may have led here. */
export function RemoteKeymap() {
  const address = useRemoteAddress((state) => state.address);
  return address !== null && <RemoteKeymapDialog key={address} given={address} />;
}

function RemoteKeymapDialog({ given }: { readonly given: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState(given);
  const open = useOpenIncoming();
  const url = readRemoteAddress(text);
  const close = () => askForRemoteKeymap(null);
  const fetching = useMutation({
    mutationFn: (address: string) => post('/kiln/v1/remote-keymaps', { body: { url: address } }),
    onSuccess: async (file) => {
      close();
      await open(file);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url !== null && !fetching.isPending) fetching.mutate(url.href);
  };
  return (
    <Dialog
      open
      onClose={close}
      title={t('frame.remote.title')}
      actions={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form={id}
            disabled={url === null || fetching.isPending}
          >
            {url === null
              ? t('frame.remote.fetch')
              : t('frame.remote.fetchFrom', { host: url.host })}
          </Button>
        </>
      }
    >
      <form id={id} className={styles.form} onSubmit={submit}>
        <label htmlFor={`${id}-address`}>{t('frame.remote.address')}</label>
        <input
          id={`${id}-address`}
          className={styles.input}
          type="url"
          value={text}
          required
          spellCheck={false}
          autoComplete="off"
          placeholder="https://"
          aria-describedby={`${id}-consent`}
          onChange={({ currentTarget }) => {
            fetching.reset();
            setText(currentTarget.value);
          }}
        />
        <p id={`${id}-consent`} className={styles.consent}>
          {url === null ? (
            t('frame.remote.nothingYet')
          ) : (
            <Trans
              i18nKey="frame.remote.consent"
              values={{ host: url.host }}
              components={{ strong: <strong /> }}
            />
          )}
        </p>
        {fetching.error !== null && <ErrorNotice error={fetching.error} />}
      </form>
    </Dialog>
  );
}
