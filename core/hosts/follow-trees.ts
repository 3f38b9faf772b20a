/** Brings the git trees of a worker host to the commits that jobs come in for. */
import type { FirmwareTree } from '../trees/contract.ts';
import type { EditableTreeRegistry } from '../trees/registry.ts';
import type { HostNote } from './board.ts';

/** After a fetch that failed: the origin may be away, or not give that commit out. */
const AGAIN_MS = 5 * 60_000;

export interface FollowedTree {
  readonly name: string;
  readonly commit: string;
}

/**
 * Where own trees are to go: to the commit at which every machine that takes jobs in has the tree of that name from that very
 * address. While these are at several, in the middle of an update, nobody goes anywhere.
 */
export function treesToFollow(
  own: readonly FirmwareTree[],
  hosts: readonly HostNote[],
): readonly FollowedTree[] {
  const named = hosts.flatMap(({ trees = [] }) => trees);
  return own.flatMap(({ name, kind, origin, commit: mine }) => {
    const same = named.filter((tree) => tree.name === name && tree.origin === origin);
    const [commit, ...others] = new Set(same.map((tree) => tree.commit));
    if (kind !== 'git' || commit === undefined || others.length > 0) return [];
    // What comes from others goes to git: a full id and nothing else.
    return commit === mine || !/^[0-9a-f]{40,64}$/.test(commit) ? [] : [{ name, commit }];
  });
}

export interface FollowOptions {
  readonly trees: Pick<EditableTreeRegistry, 'list' | 'goTo'>;
  readonly hosts: () => readonly HostNote[];
  readonly onMove: (tree: FollowedTree) => void;
  readonly onFailure: (tree: FollowedTree, error: unknown) => void;
  /** Aborting it ends a fetch at once; later calls do nothing. */
  readonly signal: AbortSignal;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** @returns a function to call now and then; a call while the one before fetches does nothing. */
export function createFollower(options: FollowOptions): () => Promise<void> {
  const { trees, hosts, onMove, onFailure, signal, now = () => performance.now() } = options;
  const failedAt = new Map<string, number>();
  let isAtWork = false;
  const follow = async (): Promise<void> => {
    for (const tree of treesToFollow(await trees.list(), hosts())) {
      if (signal.aborted) return;
      const key = `${tree.name}@${tree.commit}`;
      if (now() - (failedAt.get(key) ?? -AGAIN_MS) < AGAIN_MS) continue;
      try {
        await trees.goTo(tree.name, tree.commit, { signal });
        failedAt.delete(key);
        onMove(tree);
      } catch (error) {
        if (signal.aborted) return;
        failedAt.set(key, now());
        onFailure(tree, error);
      }
    }
  };
  return async () => {
    if (isAtWork || signal.aborted) return;
    isAtWork = true;
    await follow().finally(() => {
      isAtWork = false;
    });
  };
}
