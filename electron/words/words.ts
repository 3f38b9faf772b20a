/** The shell's words in the person's language. */
import { de } from './de.ts';
import { en, type Words } from './en.ts';

/** @param locale as the system names it: `de`, `de-CH`, `en-GB`, … */
export function wordsFor(locale: string): Words {
  return /^de\b/i.test(locale) ? de : en;
}
