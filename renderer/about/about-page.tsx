import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useServiceHealth } from '../api/service-state.ts';
import { desktop } from '../bridge/desktop.ts';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import styles from './about-page.module.css';

interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

async function readLicences(): Promise<readonly Licence[]> {
  const response = await fetch(`${import.meta.env.BASE_URL}licences.json`);
  if (!response.ok) throw new Error(`licences.json: ${response.status}`);
  return (await response.json()) as readonly Licence[];
}

/** What this is, whose work is in it, and what it never does. */
export default function AboutPage() {
  const { t } = useTranslation();
  const { health } = useServiceHealth();
  const licences = useQuery({
    queryKey: ['licences'],
    queryFn: readLicences,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shell = useQuery({
    queryKey: ['shell'],
    queryFn: async () => (await desktop?.request('app-info')) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={styles.page}>
      <PageTitle title={t('about.title')} />
      <section className={styles.kiln}>
        <h2>{t('about.version', { version: health?.version ?? '' })}</h2>
        <p>{t('about.what')}</p>
        {shell.data != null && (
          <p className={styles.small}>
            {t('about.shell', { electron: shell.data.electron, chromium: shell.data.chromium })}
          </p>
        )}
        <p>{t('about.privacy')}</p>
      </section>
      <section aria-labelledby="about-qmk">
        <h2 id="about-qmk">{t('about.imagesTitle')}</h2>
        <p>{t('about.images')}</p>
      </section>
      <section aria-labelledby="about-licences">
        <h2 id="about-licences">{t('about.licences')}</h2>
        {licences.error !== null && (
          <ErrorNotice error={licences.error} onRetry={() => void licences.refetch()} />
        )}
        <ul className={styles.list}>
          {licences.data?.map(({ name, version, licence, text }) => (
            <li key={`${name} ${version}`}>
              <details>
                <summary>
                  {name} {version} <span className={styles.small}>{licence}</span>
                </summary>
                <pre className={styles.text}>{text === '' ? licence : text}</pre>
              </details>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
