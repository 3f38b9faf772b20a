/** What opening a file needs, and what comes of it. */
import type { LayoutKey } from '../../api/keyboards.ts';
import type { KeymapDocument } from '../keymap/document.ts';
import type { KeycodeCatalogue } from '../keymap/keycode-catalogue.ts';
import type { Loss } from './losses.ts';

/** The keyboard that a file is opened for. */
export interface OpenTarget {
  readonly keyboard: string;
  readonly layout: string;
  readonly keys: readonly LayoutKey[];
  readonly matrix: { readonly rows: number; readonly cols: number } | null;
  readonly catalogue: KeycodeCatalogue;
}

export type OpenRefusal =
  | 'too-large'
  | 'not-json'
  | 'not-a-keymap'
  | 'via-definition'
  | 'no-matrix'
  | 'other-matrix';

export type OpenResult =
  | {
      readonly kind: 'keymap';
      readonly format: 'qmk' | 'via' | 'vial' | 'kbfirmware';
      readonly document: KeymapDocument;
      readonly losses: readonly Loss[];
    }
  /** Legends and places alone: the service reads it. */
  | { readonly kind: 'kle'; readonly rows: readonly unknown[] }
  | { readonly kind: 'refused'; readonly reason: OpenRefusal };
