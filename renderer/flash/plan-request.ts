/** What the service is asked for, from what a person has chosen. */
import type { FlashAction, Hand, ImageSource, KeyboardRef } from './flash-store.ts';
import { needsImage } from './flash-store.ts';
import type { Preview, StartRun } from './runs.ts';

/** For a person who waits at the keyboard, and for a run that is armed and left alone. */
export const WAIT_SECONDS = 300;
export const ARMED_SECONDS = 86_400;

export interface Wanted {
  readonly action: FlashAction;
  readonly hand: Hand;
  readonly source: ImageSource | null;
  readonly keyboard: KeyboardRef | null;
  readonly device: { readonly instance: string } | null;
  /** What the bootloader's settings cost, as far as that is known. */
  readonly eeprom: string | null;
}

/** @returns null while an image is wanted that nobody chose */
export function requestOf(wanted: Wanted): StartRun | null {
  const { action, hand, source, keyboard, device, eeprom } = wanted;
  const wantsImage = needsImage(action, eeprom);
  if (wantsImage && source === null) return null;
  return {
    action,
    waitSeconds: WAIT_SECONDS,
    ...(action === 'set-hand' ? { hand } : {}),
    ...(wantsImage && source?.kind === 'job' ? { job: source.id } : {}),
    ...(wantsImage && source?.kind === 'file' ? { image: source.image.id } : {}),
    ...(keyboard === null ? {} : { keyboard }),
    ...(device === null ? {} : { device: device.instance }),
  };
}

/** What a person has to do, or see, before the run may begin. */
export type Readiness =
  | { readonly state: 'ready' }
  /** The name has to be typed. */
  | { readonly state: 'mismatch'; readonly name: string }
  | { readonly state: 'stop' };

/** @param confirm a name that an earlier run asked for, where the check alone finds nothing */
export function readinessOf(preview: Preview, confirm: string | null, typed: string): Readiness {
  if (preview.findings.some(({ severity }) => severity === 'stop')) return { state: 'stop' };
  const name = preview.confirm ?? confirm;
  return name === null || typed.trim() === name ? { state: 'ready' } : { state: 'mismatch', name };
}
