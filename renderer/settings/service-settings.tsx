import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { CopyText } from '../controls/copy-text.tsx';
import { ErrorNotice, ReportNotice } from '../controls/error-notice.tsx';
import type { Setting } from './setting-values.ts';
import { SettingsForm } from './settings-form.tsx';
import { SettingsGroup } from './settings-group.tsx';
import styles from './settings-page.module.css';

/** What of the service may be changed here, what it was started with, and where the rest is changed. */
export function ServiceSettings() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => get('/kiln/v1/settings', { signal }),
  });
  return (
    <SettingsGroup title={t('settings.service.title')}>
      {error !== null && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {data.problem === null ? (
            <SettingsForm settings={data.settings} />
          ) : (
            <ReportNotice report={data.problem} />
          )}
          <p className={styles.help}>{t('settings.service.how')}</p>
          <CopyText text={data.file} />
          <details>
            <summary>{t('settings.service.all', { count: data.settings.length })}</summary>
            <dl className={styles.list}>
              {data.settings.map((setting) => (
                <div key={setting.name} className={styles.setting}>
                  <dt>
                    <code>{setting.name}</code>
                    <span className={styles.help}>{setting.help}</span>
                  </dt>
                  <dd title={setting.variable}>
                    <SettingValue setting={setting} />
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        </>
      )}
    </SettingsGroup>
  );
}

function SettingValue({ setting: { value, isSecret } }: { readonly setting: Setting }) {
  const { t } = useTranslation();
  if (isSecret) return t('settings.service.secret');
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '');
  return text === '' ? (
    <span className={styles.help}>{t('settings.service.unset')}</span>
  ) : (
    <code>{text}</code>
  );
}
