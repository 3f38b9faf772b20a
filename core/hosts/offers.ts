/**
 * What a job needs of a worker, and what a worker offers, as the hosts of one service name both to each other: a firmware
 * tree at a commit, programs for it, and tags that the operator gave.
 */
import { KilnError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { BUILD_TOOLS, buildTools } from '../toolchain/build-tools.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { TOOLS, type ToolName } from '../toolchain/tools.ts';
import type { FirmwareTree, TreeRegistry, TreeVersion } from '../trees/contract.ts';

type ReadVersion = (tree: FirmwareTree) => Promise<TreeVersion>;

/** By tree, for each may have tools of its own. */
const toolWord = (name: ToolName, tree: FirmwareTree): string =>
  `tool:${TOOLS[name].command}@${tree.name}`;
const tagWord = (tag: string): string => `tag:${tag}`;

/**
 * Two machines build the same of a tree when it has the same name and commit on both. A tree without commits, or with
 * changed files, cannot be told apart by that, and is named so: nobody should share one.
 */
function treeWord(tree: FirmwareTree, version: TreeVersion): string {
  const { commit, describe, dirty } = version;
  if (tree.kind === 'starter') return `tree:${tree.name}@${describe}`;
  return `tree:${tree.name}@${commit ?? 'no-commit'}${dirty ? '-changed' : ''}`;
}

export interface Equipment {
  readonly trees: Pick<TreeRegistry, 'list' | 'at'>;
  readonly readVersion: ReadVersion;
  readonly toolchainOf: (tree: FirmwareTree) => Pick<Toolchain, 'find'>;
  readonly settings: Pick<Settings, 'workerTags'>;
}

/** Each tree as it is in use, and as it was before its last update: jobs for that may still wait. */
async function buildable(trees: Equipment['trees']): Promise<readonly FirmwareTree[]> {
  const list = await trees.list();
  const before = await Promise.all(
    list.map(async ({ name, previousCommit }) =>
      previousCommit === null ? null : trees.at(name, previousCommit),
    ),
  );
  return [...list, ...before.filter((tree) => tree !== null)];
}

/** What a machine can build with: none of the trees whose version cannot be told. */
export async function offersOf(equipment: Equipment): Promise<readonly string[]> {
  const { trees, readVersion, toolchainOf, settings } = equipment;
  const words = await Promise.all(
    (await buildable(trees)).map(async (tree) => {
      const version = await readVersion(tree).catch(() => null);
      if (version === null) return [];
      const tools = BUILD_TOOLS.filter((name) => toolchainOf(tree).find(name) !== null);
      return [treeWord(tree, version), ...tools.map((name) => toolWord(name, tree))];
    }),
  );
  return [...new Set([...words.flat(), ...settings.workerTags.map(tagWord)])];
}

/** What the build of a keyboard needs. */
export interface NeededBuild {
  readonly tree: FirmwareTree;
  /** See `buildTools`. */
  readonly platform: string | null;
}

/**
 * @param settings `jobTags`: each for every job, or as `tree=tag` for those of one tree.
 * @throws what reading the version throws.
 */
export async function needsOf(
  { tree, platform }: NeededBuild,
  readVersion: ReadVersion,
  settings: Pick<Settings, 'jobTags'>,
): Promise<readonly string[]> {
  const tags = settings.jobTags.flatMap((entry) => {
    const [first = '', tag] = entry.split('=');
    if (tag === undefined) return [first];
    return first === tree.name ? [tag] : [];
  });
  return [
    treeWord(tree, await readVersion(tree)),
    ...buildTools(tree.kind, platform).map((name) => toolWord(name, tree)),
    ...new Set(tags.map(tagWord)),
  ];
}

/**
 * The trees as a job needs them, for its build.
 * @returns of each name that the needs have, the tree at that very commit; others as they are. `get` throws
 * `tree.not-here` when this machine has it at another one: somebody changed it after the job was taken.
 */
export function treesFor(
  needs: readonly string[],
  trees: TreeRegistry,
  readVersion: ReadVersion,
): TreeRegistry {
  return {
    ...trees,
    async get(name) {
      const need = needs.find((each) => each.startsWith(`tree:${name}@`));
      if (need === undefined) return trees.get(name);
      const commit = need.slice(need.indexOf('@') + 1);
      const tree = (await trees.at(name, commit)) ?? (await trees.get(name));
      if (treeWord(tree, await readVersion(tree)) === need) return tree;
      throw new KilnError('tree.not-here', `This machine has not ${describeNeed(need)} any more.`);
    },
  };
}

/** A need in words: `the firmware tree qmk at 0123456789`. */
export function describeNeed(need: string): string {
  const [, kind, name = '', version = ''] = /^(tree|tool|tag):([^@]*)(?:@(.*))?$/.exec(need) ?? [];
  if (kind === 'tree') return `the firmware tree ${name} at ${version.slice(0, 10)}`;
  if (kind === 'tool') return `the program ${name} for ${version}`;
  return kind === 'tag' ? `the tag ${name}` : need;
}
