/** Takes over the catalogue that came with a tree, so that every keyboard is known at once and none has to be read. */
import BetterSqlite3 from 'better-sqlite3';
import type { Logger } from '../log.ts';
import { bundledCatalogue, bundledFacts } from '../trees/bundled.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import { aliasesByKeyboard, followAliases, readAliases } from './aliases.ts';
import type { KeyboardStore } from './keyboard-store.ts';
import { scanTree } from './scan.ts';

/** Under which the catalogue keeps a tree's rows: where it lies, but what it holds of one that moves with its package. */
export function placeOf(tree: FirmwareTree): string {
  return tree.kind === 'bundled' ? `bundled:${bundledFacts(tree).digest}` : tree.path;
}

async function oldNames(
  tree: FirmwareTree,
  git: Git,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const [snapshot, aliases] = await Promise.all([scanTree({ tree, git }), readAliases(tree)]);
  return aliasesByKeyboard(aliases, (name) => {
    const end = followAliases(name, aliases);
    return end === null ? null : snapshot.resolve(end);
  });
}

/**
 * Does nothing for a tree that brought none, or whose catalogue was taken over before. What fails is logged: the keyboards
 * are read then, as those of any tree.
 */
export async function takeShippedCatalogue(
  tree: FirmwareTree,
  { store, git, log }: { readonly store: KeyboardStore; readonly git: Git; readonly log: Logger },
): Promise<void> {
  const file = tree.kind === 'bundled' ? bundledCatalogue(tree) : null;
  if (file === null) return;
  try {
    const place = placeOf(tree);
    if (store.tree(tree.name)?.path === place) return;
    const aliases = await oldNames(tree, git);
    const source = new BetterSqlite3(file, { readonly: true });
    try {
      store.takeOver(tree.name, place, source, aliases);
    } finally {
      source.close();
    }
    log.info({ tree: tree.name }, 'took over the catalogue that came with the tree');
  } catch (error) {
    log.warn({ err: error, tree: tree.name }, 'the catalogue that came with the tree is of no use');
  }
}
