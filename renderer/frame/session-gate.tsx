import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useOwnCommand } from '../api/own-command.ts';
import { currentToken, onSessionChange, openSession } from '../api/session.ts';
import { Button } from '../controls/button.tsx';
import { CopyText } from '../controls/copy-text.tsx';
import styles from './session-gate.module.css';

export function useHasSession(): boolean {
  return useSyncExternalStore(onSessionChange, () => currentToken() !== null);
}

/** Shows its page to the person at this machine, and to others how to become known as that. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  return useHasSession() ? children : <SignIn />;
}

function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const command = useOwnCommand();
  const id = useId();
  const [code, setCode] = useState('');
  const [refused, setRefused] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const accepted = await openSession(code).catch(() => false);
    setRefused(!accepted);
    if (accepted) await client.invalidateQueries();
  };
  return (
    <section className={styles.gate} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t('frame.session.title')}</h2>
      <p>{t('frame.session.body')}</p>
      <CopyText text={`${command} open`} />
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <label htmlFor={id}>{t('frame.session.code')}</label>
        <div className={styles.row}>
          <input
            id={id}
            className={styles.input}
            value={code}
            autoComplete="off"
            spellCheck={false}
            required
            aria-describedby={refused ? `${id}-refused` : undefined}
            aria-invalid={refused}
            onChange={(event) => setCode(event.target.value)}
          />
          <Button kind="primary" type="submit">
            {t('frame.session.submit')}
          </Button>
        </div>
        {refused && (
          <p id={`${id}-refused`} role="alert" className={styles.refused}>
            {t('frame.session.refused')}
          </p>
        )}
      </form>
    </section>
  );
}
