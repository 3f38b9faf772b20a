/** How runs ended, in the window's languages: every code has its sentence, and English says what the service says. */
import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONTENTS } from '../../../../flash/run/contents.ts';
import { ENDINGS, endingOf, FAILURES, NEXT_STEPS } from '../../../../flash/run/endings.ts';
import { endWords } from '../../../../renderer/flash/end-words.ts';
import { german } from '../../../../renderer/i18n/de.ts';
import { english } from '../../../../renderer/i18n/en.ts';

const doubled = (text: string) => text.replace(/\{(\w+)\}/g, '{{$1}}');
const all = (record: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(record).map(([code, text]) => [code, doubled(text)]));

const END = {
  outcome: 'failed',
  message: 'The tool gave up (write) with exit code 3.',
  holds: CONTENTS.partial,
  next: NEXT_STEPS['flash-again'],
  code: 'tool-gave-up',
  nextCode: 'flash-again',
  details: { stage: 'write', exitCode: 3 },
  failure: null,
  error: null,
} as const;

describe('the end of a run', () => {
  let t: TFunction;
  beforeAll(async () => {
    const resources = { en: { window: english }, de: { window: german } };
    t = await i18next.createInstance().init({ lng: 'de', defaultNS: 'window', resources });
  });

  it('is said in English in the service’s own words', () => {
    expect(english.flash.end).toEqual(all({ ...ENDINGS, ...FAILURES }));
    expect(english.flash.next).toEqual(NEXT_STEPS);
    expect(english.flash.holds).toEqual(CONTENTS);
    expect(endingOf(END.code, END.details)).toBe(END.message);
  });

  it('is said in German where that is the window’s language', () => {
    expect(endWords(END, 'partial', t)).toEqual({
      message: 'Das Werkzeug gab auf (Schreiben), mit dem Exit-Code 3.',
      holds: expect.stringContaining('einen Teil der neuen Firmware'),
      next: expect.stringContaining('noch einmal flashen'),
    });
  });

  it('of a refused run, and of one from before codes, is in the service’s words', () => {
    const refused = {
      ...END,
      code: null,
      nextCode: null,
      message: 'It does not fit.',
      next: 'Choose.',
    };
    expect(endWords(refused, 'unchanged', t)).toMatchObject({
      message: 'It does not fit.',
      next: 'Choose.',
      holds: expect.stringContaining('noch die Firmware'),
    });
  });
});
