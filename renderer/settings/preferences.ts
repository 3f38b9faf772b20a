/** How the window looks to this person, kept in this browser: the service knows nothing of it. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Language } from '../i18n/i18n.ts';

export type Theme = 'system' | 'light' | 'dark';

interface Preferences {
  readonly theme: Theme;
  /** Null: the first of the browser's languages that there is. */
  readonly language: Language | null;
}

export const usePreferences = create<Preferences>()(
  persist((): Preferences => ({ theme: 'system', language: null }), {
    name: 'kiln.preferences',
    version: 1,
  }),
);

export const preferences = usePreferences.getState;

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  usePreferences.setState({ theme });
  applyTheme(theme);
}
