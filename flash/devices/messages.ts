/** What the service and its device process say to each other. */
import type { ErrorReport } from '../../core/errors.ts';
import type { LinuxPlaces } from './linux-scanner.ts';
import type { AttachedDevice } from './model.ts';

export interface WatcherArguments {
  /** Between two looks. */
  readonly pollMs: number;
  /** Between two signs of life. */
  readonly aliveMs: number;
  /** Where the kernel shows devices; the usual places when absent. */
  readonly places?: LinuxPlaces;
}

export type ToWatcher =
  | { readonly type: 'touch'; readonly call: number; readonly port: string }
  | { readonly type: 'console'; readonly on: boolean };

/** What a keyboard printed on its console: whole lines. */
export interface ConsoleLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The device's `id`. */
  readonly device: string;
  readonly title: string;
  readonly text: string;
}

export type FromWatcher =
  | { readonly type: 'alive' }
  | { readonly type: 'devices'; readonly devices: readonly AttachedDevice[] }
  | { readonly type: 'unavailable'; readonly error: ErrorReport }
  | { readonly type: 'touched'; readonly call: number; readonly error: ErrorReport | null }
  | { readonly type: 'console'; readonly line: ConsoleLine };
