/**
 * What Kiln knows about keyboards without building anything. A catalogue answers for one firmware tree; the
 * tree's own data is the source of truth.
 */

/** Facts of a whole tree that admission needs to close its lists. */
export interface TreeFacts {
  /** Languages with both a `keymap_<v>.h` and a `sendstring_<v>.h`. */
  readonly hostLanguages: ReadonlySet<string>;
  /** Names that QMK's `CONVERT_TO` takes. */
  readonly converters: ReadonlySet<string>;
  /** Community module folders, relative to `modules/`. */
  readonly modules: ReadonlySet<string>;
  /** Lower-case names of the tree's `…_ENABLE` switches. */
  readonly features: ReadonlySet<string>;
  /** Every keycode name and alias that the tree publishes, of all languages; empty when it publishes none. */
  readonly keycodes: ReadonlySet<string>;
}

/** QMK's `info.json` of one keyboard: what `qmk info -f json` prints. Only what Kiln reads is typed. */
export interface KeyboardInfo {
  readonly keyboard_name?: string;
  readonly keyboard_folder: string;
  readonly manufacturer?: string;
  readonly processor?: string;
  readonly bootloader?: string;
  readonly layouts: Readonly<Record<string, { readonly layout: readonly LayoutKey[] }>>;
  readonly layout_aliases?: Readonly<Record<string, string>>;
  readonly parse_errors?: readonly string[];
  readonly parse_warnings?: readonly string[];
  readonly [member: string]: unknown;
}

/** One key of a layout, in key units. */
export interface LayoutKey {
  readonly x: number;
  readonly y: number;
  readonly w?: number;
  readonly h?: number;
  readonly matrix?: readonly [number, number];
  readonly label?: string;
}

export interface Catalogue {
  /** Every buildable keyboard's name, sorted; from the folder structure, with no keyboard read. */
  keyboards(): Promise<readonly string[]>;
  /**
   * The name under which the tree builds a keyboard today: aliases and default folders followed; null when
   * the tree knows no such keyboard.
   */
  resolve(keyboard: string): Promise<string | null>;
  /**
   * @param keyboard a name of `keyboards()` or an alias.
   * @throws KilnError `keyboard.unknown`, `keyboard.metadata-broken`, `tree.missing`, `tree.broken`
   */
  info(keyboard: string): Promise<KeyboardInfo>;
  /** The nearest `readme.md` from the keyboard's folder upward; null where there is none. */
  readme(keyboard: string): Promise<string | null>;
  facts(): Promise<TreeFacts>;
}

/** Catalogues by tree name. @throws KilnError `tree.unknown` when there is no such tree. */
export interface Catalogues {
  forTree(name: string): Promise<Catalogue>;
}
