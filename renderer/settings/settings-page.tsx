import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { SessionGate } from '../frame/session-gate.tsx';
import { PageTitle } from '../frame/title-bar.tsx';
import { applyLanguage, LANGUAGES, type Language, pickLanguage } from '../i18n/i18n.ts';
import { Configurator } from './configurator.tsx';
import { chooseTheme, type Theme, usePreferences } from './preferences.ts';
import { ServiceSettings } from './service-settings.tsx';
import { SettingsGroup } from './settings-group.tsx';
import styles from './settings-page.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** What a person may want to be otherwise. */
export default function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className={styles.page}>
      <PageTitle title={t('settings.title')} />
      <Appearance />
      <Configurator />
      <ServiceSettings />
      <SettingsGroup title={t('settings.access.title')}>
        <SessionGate>
          <p>{t('settings.access.known')}</p>
        </SessionGate>
      </SettingsGroup>
      <p>
        <Link href="/about">{t('settings.about')}</Link>
      </p>
    </div>
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
