/** What keeps the starter firmware from being made, for the user who wrote the keymap. */

/** One reason; every `layer` and `index` is 0-based, in the data and in the text. */
export interface StarterProblem {
  /** One sentence or two that name the place, what is wrong and, where known, the fix. */
  readonly message: string;
  readonly layer?: number;
  /** Position in the layer, in the order of the layout. */
  readonly index?: number;
  /** The keycode as the keymap has it. */
  readonly keycode?: string;
  /** Dotted path of a member of the keymap, or of keyboard.json when the message says so. */
  readonly member?: string;
}
