/** Reads keyboards from a firmware tree; two kinds of tree, two readers. */
import type { TreeFacts } from './contract.ts';

/** All that is published of one keyboard. */
export interface ReadKeyboard {
  /** `info.json`'s entry, as compact JSON. */
  readonly infoText: string;
  readonly readme: string | null;
  /** JSON texts of its JSON-only keymaps, by their path below `v1/`. */
  readonly keymaps: Readonly<Record<string, string>>;
}

/**
 * - `now`: somebody waits; the sources are looked at as they are at this moment.
 * - `background`: at low priority, and as they were at the last `beginRun`.
 */
export type Urgency = 'now' | 'background';

export interface KeyboardReader {
  /** Background reads that make sense at the same time. */
  readonly parallel: number;
  /** Gets ready for a question that may come. @throws KilnError as `read` does, but for the keyboard's own */
  warmUp(): Promise<void>;
  /** Starts a background run: what readers remember of files is forgotten. */
  beginRun(): Promise<void>;
  /**
   * @param keyboard a resolved name.
   * @throws KilnError `keyboard.metadata-broken` with what is wrong; `tree.*`, `toolchain.missing`
   */
  read(keyboard: string, urgency: Urgency): Promise<ReadKeyboard>;
  facts(): Promise<TreeFacts>;
  /** What the tree publishes besides keyboards, by path below the web root. */
  documents(): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Gives back the memory of what nobody is using at this moment; the next question takes it up again. */
  rest(): Promise<void>;
  /** At once: who waits for an answer gets an error, and so does who asks later. */
  close(): Promise<void>;
}
