/** What a file held that a keymap has no place for, to be told to the person who opened it. */

export type Loss =
  /** Keycodes that are none here; the keys are empty now. */
  | { readonly kind: 'keycodes'; readonly count: number; readonly examples: readonly string[] }
  /** Keys of the file with no key at their place. */
  | { readonly kind: 'keys'; readonly count: number }
  /** Parts of macros. */
  | { readonly kind: 'macros'; readonly count: number }
  | { readonly kind: 'layers'; readonly count: number }
  /** Things that need C: QMK's keymap.json has no words for them. */
  | { readonly kind: 'tap-dances' | 'combos' | 'overrides' | 'settings'; readonly count: number };

const EXAMPLES = 5;

/** Collects losses while a file is read. */
export class LossCounter {
  readonly #counts = new Map<Loss['kind'], number>();
  readonly #examples = new Set<string>();

  add(kind: Loss['kind'], count = 1): void {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  addKeycode(text: string): void {
    this.add('keycodes');
    if (this.#examples.size < EXAMPLES) this.#examples.add(text.slice(0, 40));
  }

  list(): readonly Loss[] {
    return [...this.#counts].map(
      ([kind, count]): Loss =>
        kind === 'keycodes' ? { kind, count, examples: [...this.#examples] } : { kind, count },
    );
  }
}
