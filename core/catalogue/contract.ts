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
  readonly maintainer?: string;
  readonly processor?: string;
  readonly bootloader?: string;
  readonly usb?: KeyboardUsb;
  readonly split?: { readonly enabled?: boolean };
  readonly keymaps?: Readonly<Record<string, { readonly url: string; readonly path: string }>>;
  readonly layouts: Readonly<Record<string, { readonly layout: readonly LayoutKey[] }>>;
  readonly layout_aliases?: Readonly<Record<string, string>>;
  readonly parse_errors?: readonly string[];
  readonly parse_warnings?: readonly string[];
  readonly [member: string]: unknown;
}

/** Ids as the keyboard spells them, such as `0x03A8`. */
export interface KeyboardUsb {
  readonly vid?: string;
  readonly pid?: string;
  readonly device_version?: string;
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

/** An old name of a keyboard: its new one, new names of its layouts, or both. Targets may be aliases again. */
export interface KeyboardAlias {
  readonly target?: string;
  readonly layouts?: Readonly<Record<string, string>>;
}

/** `usb.json`: vendor id → product id → keyboard → its ids. */
export type UsbIndex = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, KeyboardUsb>>>>>
>;

/** A keyboard in a list; what is not known before it is read is null. */
export interface KeyboardSummary {
  readonly tree: string;
  readonly name: string;
  readonly title: string | null;
  readonly maker: string | null;
  readonly processor: string | null;
  readonly bootloader: string | null;
  readonly vid: string | null;
  readonly pid: string | null;
  /** Why its metadata cannot be read; null when it can, or was not yet. */
  readonly error: string | null;
}

/**
 * - `listed`: the names are known, reading has not begun.
 * - `indexing`: a background run is under way.
 * - `complete`: every keyboard was read since its inputs last changed, as far as is known.
 * - `stopped`: the run could not go on; `message` says why.
 */
export type IndexState = 'listed' | 'indexing' | 'complete' | 'stopped';

/** How far the catalogue of a tree is. */
export interface IndexStatus {
  readonly state: IndexState;
  readonly total: number;
  /** Keyboards that were read, broken ones included; while indexing, those that need not be read any more. */
  readonly done: number;
  readonly broken: number;
  /** Keyboards a second since a run began to read; null when none is under way. */
  readonly rate: number | null;
  readonly remainingSeconds: number | null;
  readonly message: string | null;
  /** Changes whenever any entry or document does: the ETag of what is made from all of them. */
  readonly revision: string;
  /** Milliseconds since the epoch of the last change. */
  readonly changedAt: number;
}

/** A keyboard that cannot be read. */
export interface BrokenKeyboard {
  readonly name: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface Catalogue {
  /** Every keyboard's name, sorted; from the folder structure, with no keyboard read. */
  keyboards(): Promise<readonly string[]>;
  /**
   * The name under which the tree builds a keyboard today: aliases and default folders followed; null when
   * the tree knows no such keyboard.
   */
  resolve(keyboard: string): Promise<string | null>;
  /**
   * From the catalogue when its inputs are unchanged, else read now, before any background work.
   * @param keyboard a name of `keyboards()`, as `qmk generate-api` publishes it, or an alias.
   * @throws KilnError `keyboard.unknown`, `keyboard.metadata-broken`, `tree.missing`, `tree.broken`
   */
  info(keyboard: string): Promise<KeyboardInfo>;
  /** `info` as compact JSON text, for who passes it on. */
  infoText(keyboard: string): Promise<string>;
  /** The nearest `readme.md` from the keyboard's folder upward; null where there is none. */
  readme(keyboard: string): Promise<string | null>;
  /** A keymap's JSON text, by the path that `info.keymaps` gives; null when there is none. Reads its keyboard if need be. */
  keymap(path: string): Promise<string | null>;
  facts(): Promise<TreeFacts>;
  aliases(): Promise<Readonly<Record<string, KeyboardAlias>>>;
  /** Keyboards that were read and are not broken, by name; as many as are indexed so far. */
  all(): AsyncIterable<{ readonly name: string; readonly infoText: string }>;
  usb(): Promise<UsbIndex>;
  /**
   * What the tree publishes besides keyboards: schemas, mappings, constants, templates, `readme.md`.
   * @param path below the web root, such as `v1/constants/keycodes_0.0.8.json`; null when there is no such document.
   */
  document(path: string): Promise<Uint8Array | null>;
  broken(): Promise<readonly BrokenKeyboard[]>;
  status(): Promise<IndexStatus>;
  /** Reads what has changed since the last run, in the background; resolves when there is nothing left to do. */
  index(): Promise<IndexStatus>;
}

/** Catalogues by tree name. @throws KilnError `tree.unknown` when there is no such tree. */
export interface Catalogues {
  forTree(name: string): Promise<Catalogue>;
  /**
   * Keyboards of all trees that hold every word of the text in their name, title, maker, processor, USB ids or old
   * names; better matches first. All of them, by name, for an empty text.
   */
  search(text: string, limit: number): Promise<readonly KeyboardSummary[]>;
}
