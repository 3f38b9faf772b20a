/** How a run ended, in the window's language. */
import type { TFunction } from 'i18next';
import { sayIn } from '../i18n/sentences.ts';
import type { Run } from './runs.ts';

type End = NonNullable<Run['end']>;

/** Of a run that was refused, and of one from before endings had codes, the service's own sentences. */
export function endWords(end: End, holds: Run['holds'], t: TFunction) {
  const { code, nextCode, details } = end;
  const stage = details.stage === null ? '' : ` (${t(`flash.stage.${details.stage}`)})`;
  const parameters = { stage, exitCode: details.exitCode ?? '' };
  return {
    message: code === null ? sayIn('message', end.message) : t(`flash.end.${code}`, parameters),
    holds: t(`flash.holds.${holds}`),
    next: nextCode === null ? sayIn('remedy', end.next) : t(`flash.next.${nextCode}`),
  };
}
