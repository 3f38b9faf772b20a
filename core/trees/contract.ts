/** Firmware trees: where the sources of keyboards come from. */

/**
 * `starter` is shipped with Kiln, and so is `bundled`, a QMK tree that a package brings; `folder` is used in place and never
 * written to; `git` is Kiln's own clone.
 */
export type TreeKind = 'starter' | 'bundled' | 'folder' | 'git';

/** What identifies the sources that a build used. */
export interface TreeVersion {
  /** Full commit id; null for a folder that is not a git checkout. */
  readonly commit: string | null;
  /** What `git describe` says, or the commit's first digits; `NA` without git. */
  readonly describe: string;
  /** Commit time, milliseconds since the epoch; null without git. */
  readonly committedAt: number | null;
  /** True when the folder has changes that the commit does not. */
  readonly dirty: boolean;
}

export interface FirmwareTree {
  readonly name: string;
  readonly kind: TreeKind;
  /** Git address or folder that it was added from; null for the starter tree and a bundled folder. */
  readonly origin: string | null;
  /** Branch, tag or commit that `update` follows; null: the origin's default branch. */
  readonly ref: string | null;
  /** Absolute folder of the sources in use. */
  readonly path: string;
  /** The commit in use, of a `git` or a `bundled` tree. */
  readonly commit: string | null;
  /** The commit in use before the last update: what `rollback` returns to. */
  readonly previousCommit: string | null;
  /** Folder of tools that go before the usual ones in its builds; null where nobody chose any. */
  readonly toolchain: string | null;
  readonly isDefault: boolean;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
}

/** The firmware trees that Kiln knows. */
export interface TreeRegistry {
  /** The default tree first, then by name. */
  list(): Promise<readonly FirmwareTree[]>;
  /** @throws KilnError `tree.unknown` */
  get(name: string): Promise<FirmwareTree>;
  /**
   * A git tree as it was at the commit in use, or at the one before.
   * @returns null where that commit is not on the disk. @throws KilnError `tree.unknown`
   */
  at(name: string, commit: string): Promise<FirmwareTree | null>;
  /** The tree that answers when a request names none. */
  defaultTree(): Promise<FirmwareTree>;
}
