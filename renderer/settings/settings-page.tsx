import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { applyLanguage, LANGUAGES, type Language, pickLanguage } from '../i18n/i18n.ts';
import { chooseTheme, type Theme, usePreferences } from './preferences.ts';
import styles from './settings-page.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** What a person may want to be otherwise. */
export default function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className={styles.page}>
      <PageTitle title={t('settings.title')} />
      <Appearance />
      <SettingsGroup title={t('settings.access.title')}>
        <SessionGate>
          <p>{t('settings.access.known')}</p>
        </SessionGate>
      </SettingsGroup>
    </div>
  );
}

/** A group of settings under a heading. */
function SettingsGroup({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.group} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      {children}
    </section>
  );
}

function Appearance() {
  const { t } = useTranslation();
  const id = useId();
  const { theme, language } = usePreferences();
  return (
    <SettingsGroup title={t('settings.appearance.title')}>
      <fieldset className={styles.choice}>
        <legend>{t('settings.appearance.theme')}</legend>
        {THEMES.map((name) => (
          <label key={name} className={styles.option}>
            <input
              type="radio"
              name="theme"
              checked={theme === name}
              onChange={() => chooseTheme(name)}
            />
            {t(`settings.appearance.themes.${name}`)}
          </label>
        ))}
      </fieldset>
      <div className={styles.row}>
        <label htmlFor={id}>{t('settings.appearance.language')}</label>
        <select
          id={id}
          className={styles.select}
          value={language ?? ''}
          onChange={({ target: { value } }) => {
            const chosen = value === '' ? null : (value as Language);
            usePreferences.setState({ language: chosen });
            void applyLanguage(pickLanguage(chosen, navigator.languages));
          }}
        >
          <option value="">{t('settings.appearance.systemLanguage')}</option>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </SettingsGroup>
  );
}
