/** What an update of a firmware tree would change, told by keyboard. Pure. */

export interface TreePreview {
  /** The commit in use, and the one that an update would go to. */
  readonly from: string;
  readonly to: string;
  /** Files that differ, in all of the tree. */
  readonly files: number;
  /** Folders below `keyboards/`, as keyboards are named, of which something differs. */
  readonly keyboards: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
  /** Files outside of `keyboards/`, which every keyboard may be built from. */
  readonly shared: number;
}

/** A keyboard's own description: where it is, a keyboard is. */
const DESCRIPTION = /^keyboards\/(.+)\/(?:keyboard\.json|info\.json)$/;

/**
 * @param lines of `git diff --name-status --no-renames -z`, split at NUL: status, path, status, path, …
 */
export function previewOf(from: string, to: string, lines: readonly string[]): TreePreview {
  const added = new Set<string>();
  const removed = new Set<string>();
  const changed = new Set<string>();
  let files = 0;
  let shared = 0;
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [status = '', path = ''] = [lines[at], lines[at + 1]];
    files += 1;
    if (!path.startsWith('keyboards/')) {
      shared += 1;
      continue;
    }
    const described = DESCRIPTION.exec(path)?.[1];
    if (described !== undefined && status === 'A') added.add(described);
    else if (described !== undefined && status === 'D') removed.add(described);
    else changed.add(folderOf(path));
  }
  const isPartOf = (folder: string, others: ReadonlySet<string>) =>
    [...others].some((other) => folder === other || folder.startsWith(`${other}/`));
  return {
    from,
    to,
    files,
    shared,
    keyboards: {
      added: [...added].sort(),
      removed: [...removed].sort(),
      changed: [...changed]
        .filter((folder) => !isPartOf(folder, added) && !isPartOf(folder, removed))
        .sort(),
    },
  };
}

/** `keyboards/planck/rev6/keymaps/default/keymap.c` → `planck/rev6`; what lies beside keymaps belongs to its folder. */
function folderOf(path: string): string {
  const folder = path.slice('keyboards/'.length, path.lastIndexOf('/'));
  return folder.replace(/\/keymaps(?:\/.*)?$/, '');
}
