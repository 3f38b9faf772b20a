/** The words of the window. Every text that a person reads comes from a catalogue; a test looks for others. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { english } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'window';
    resources: { window: typeof english };
  }
}

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

/** A chosen language, or the first of the person's own that there is. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  for (const wanted of [chosen, ...preferred]) {
    const language = wanted?.slice(0, 2).toLowerCase();
    if (language === 'en' || language === 'de') return language;
  }
  return 'en';
}

export async function applyLanguage(language: Language): Promise<void> {
  if (language === 'de' && !i18next.hasResourceBundle('de', 'window')) {
    const { german } = await import('./de.ts');
    i18next.addResourceBundle('de', 'window', german);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** To be waited for before the first rendering: nobody should see one language turn into another. */
export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'window',
    resources: { en: { window: english } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  });
  await applyLanguage(language);
}
