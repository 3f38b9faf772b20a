/** What is about to be flashed: kept while pages change, gone with the window. */
import { create } from 'zustand';
import type { Schema } from '../api/client.ts';

export type FlashAction = 'flash' | 'clear-eeprom' | 'set-hand' | 'exit';
export type Hand = 'left' | 'right';

export type ImageSource =
  | { readonly kind: 'job'; readonly id: string }
  | { readonly kind: 'file'; readonly image: Schema<'FlashImage'> };

export interface KeyboardRef {
  readonly tree: string;
  readonly name: string;
}

interface FlashPlan {
  readonly action: FlashAction;
  readonly hand: Hand;
  /** Null until one is chosen; the page then offers the build that was just made. */
  readonly source: ImageSource | null;
  /** Which keyboard it is, where the image does not say. */
  readonly keyboard: KeyboardRef | null;
  /** Of a device that a person picked: its instance and its title. */
  readonly device: { readonly instance: string; readonly title: string } | null;
  /** The run that is shown; null while one is being prepared. */
  readonly runId: string | null;
  /** The name that an earlier run asked for, since something did not fit. */
  readonly confirm: string | null;
  /** A run that is to start by itself as soon as its check is clean: the job's id. */
  readonly startWith: string | null;
}

const NOTHING: FlashPlan = {
  action: 'flash',
  hand: 'left',
  source: null,
  keyboard: null,
  device: null,
  runId: null,
  confirm: null,
  startWith: null,
};

export const useFlashPlan = create<FlashPlan>(() => NOTHING);

export function planFlash(changed: Partial<FlashPlan>): void {
  useFlashPlan.setState(changed);
}

/** The build's image is to be written, by itself if nothing speaks against it. */
export function flashBuild(jobId: string, { byItself = false } = {}): void {
  useFlashPlan.setState({
    ...NOTHING,
    source: { kind: 'job', id: jobId },
    startWith: byItself ? jobId : null,
  });
}

/** Whether the action needs an image, where clearing settings costs the firmware too. */
export function needsImage(action: FlashAction, eeprom: string | null): boolean {
  if (action === 'exit') return false;
  return action === 'flash' || eeprom === 'tool-erases-firmware';
}
