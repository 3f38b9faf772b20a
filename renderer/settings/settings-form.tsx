import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, type Schema, ServiceError } from '../api/client.ts';
import { desktop } from '../bridge/desktop.ts';
import { announce } from '../controls/announcer.tsx';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { Notice } from '../controls/notice.tsx';
import { sayIn } from '../i18n/sentences.ts';
import { SettingField } from './setting-field.tsx';
import { changeable, isPending, takenFrom, textOf } from './setting-values.ts';
import styles from './settings-page.module.css';

/** The settings that may be changed here. Nothing is kept before it is saved. */
export function SettingsForm({
  settings,
}: {
  readonly settings: Schema<'ServiceSettings'>['settings'];
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [edits, setEdits] = useState<Readonly<Record<string, string>>>({});
  const fields = changeable(settings);
  const changed = fields.filter(
    ([name, { change }]) => edits[name] !== undefined && edits[name] !== textOf(change.next),
  );
  const save = useMutation({
    mutationFn: () =>
      post('/kiln/v1/settings', {
        body: {
          values: Object.fromEntries(
            changed.map(([name, { change }]) => [name, takenFrom(edits[name] ?? '', change.form)]),
          ),
        },
      }),
    onSuccess: (answer) => {
      client.setQueryData(['settings'], answer);
      setEdits({});
      announce(t('settings.service.saved'));
    },
  });
  const { error } = save;
  const refused = error instanceof ServiceError ? error.details.name : undefined;
  const pending = fields.filter(([, setting]) => isPending(setting)).length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {pending > 0 && <Restart count={pending} />}
      {fields.map(([name, setting]) => (
        <SettingField
          key={name}
          name={name}
          setting={setting}
          text={edits[name] ?? textOf(setting.change.next)}
          refusal={refused === name ? sayIn('message', error?.message ?? '') : null}
          onChange={(text) => {
            save.reset();
            setEdits({ ...edits, [name]: text });
          }}
        />
      ))}
      {error !== null && <ErrorNotice error={error} />}
      <div className={styles.actions}>
        <Button kind="primary" type="submit" disabled={changed.length === 0 || save.isPending}>
          {t('settings.service.save')}
        </Button>
        <Button
          disabled={changed.length === 0}
          onClick={() => {
            save.reset();
            setEdits({});
          }}
        >
          {t('settings.service.discard')}
        </Button>
      </div>
    </form>
  );
}

/** What was saved holds from the service's next start on. */
function Restart({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="info"
      title={t('settings.service.waiting', { count })}
      actions={
        desktop !== null && (
          <Button
            size="small"
            icon={<RotateCcw />}
            onClick={() => void desktop?.request('restart-service')}
          >
            {t('settings.service.restart')}
          </Button>
        )
      }
    >
      {desktop === null && <p>{t('settings.service.restartYourself')}</p>}
    </Notice>
  );
}
