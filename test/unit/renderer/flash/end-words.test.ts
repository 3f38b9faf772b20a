// @vitest-environment jsdom
/** How runs ended, in the window's languages: every code has its sentence, and English says what the service says. */
import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../../../core/errors.ts';
import { CONTENTS } from '../../../../flash/run/contents.ts';
import { ENDINGS, endingOf, FAILURES, NEXT_STEPS } from '../../../../flash/run/endings.ts';
import { endWords } from '../../../../renderer/flash/end-words.ts';
import { english } from '../../../../renderer/i18n/en.ts';
import { startI18n } from '../../../../renderer/i18n/i18n.ts';

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
    await startI18n('de');
    t = i18next.t;
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

  it('of a refused run, and of one from before codes, is told as errors are', () => {
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
    const known = {
      ...refused,
      message: 'The image was built for RP2040, and this keyboard has STM32F303. It does not fit.',
      next: ERRORS['flash.image-mismatch'].remedy,
    };
    expect(endWords(known, 'unchanged', t)).toMatchObject({
      message:
        'Das Image wurde für RP2040 gebaut, und diese Tastatur hat STM32F303. It does not fit.',
      next: expect.stringMatching(/^Das Image für diese Tastatur wählen\. /),
    });
  });
});
