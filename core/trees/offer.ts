/** How a firmware tree at a commit is named between machines: what a job needs, and what a worker offers. */
import { RELEASE } from '../release.ts';
import type { FirmwareTree, TreeVersion } from './contract.ts';

/**
 * Two machines build the same of a tree when it has the same name and commit on both. A tree without commits, or with
 * changed files, cannot be told apart by that, and is named so: nobody should share one.
 */
export function offerOf(tree: FirmwareTree, version: TreeVersion): string {
  if (tree.kind === 'starter') return `tree:${tree.name}@${RELEASE}`;
  return `tree:${tree.name}@${version.commit ?? 'no-commit'}${version.dirty ? '-changed' : ''}`;
}

/** What a machine with these trees can build: none of those whose version cannot be told. */
export async function offersOf(
  trees: readonly FirmwareTree[],
  readVersion: (tree: FirmwareTree) => Promise<TreeVersion>,
): Promise<readonly string[]> {
  const offers = await Promise.all(
    trees.map(async (tree) => {
      const version = await readVersion(tree).catch(() => null);
      return version === null ? [] : [offerOf(tree, version)];
    }),
  );
  return offers.flat();
}
