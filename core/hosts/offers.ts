/**
 * What a job needs of a worker, and what a worker offers, as the hosts of one service name both to each other: a firmware
 * tree at a commit, programs, and tags that the operator gave.
 */
import type { Settings } from '../settings.ts';
import { BUILD_TOOLS, buildTools } from '../toolchain/build-tools.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { TOOLS, type ToolName } from '../toolchain/tools.ts';
import type { FirmwareTree, TreeVersion } from '../trees/contract.ts';

type ReadVersion = (tree: FirmwareTree) => Promise<TreeVersion>;

const toolWord = (name: ToolName): string => `tool:${TOOLS[name].command}`;
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
  readonly trees: readonly FirmwareTree[];
  readonly readVersion: ReadVersion;
  readonly toolchain: Pick<Toolchain, 'find'>;
  readonly settings: Pick<Settings, 'workerTags'>;
}

/** What a machine can build with: none of the trees whose version cannot be told. */
export async function offersOf(equipment: Equipment): Promise<readonly string[]> {
  const { trees, readVersion, toolchain, settings } = equipment;
  const treeWords = await Promise.all(
    trees.map(async (tree) => {
      const version = await readVersion(tree).catch(() => null);
      return version === null ? [] : [treeWord(tree, version)];
    }),
  );
  const tools = BUILD_TOOLS.filter((name) => toolchain.find(name) !== null);
  return [...treeWords.flat(), ...tools.map(toolWord), ...settings.workerTags.map(tagWord)];
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
    ...buildTools(tree.kind, platform).map(toolWord),
    ...new Set(tags.map(tagWord)),
  ];
}

/** A need in words: `the firmware tree qmk at 0123456789`. */
export function describeNeed(need: string): string {
  const [, kind, name = '', version = ''] = /^(tree|tool|tag):([^@]*)(?:@(.*))?$/.exec(need) ?? [];
  if (kind === 'tree') return `the firmware tree ${name} at ${version.slice(0, 10)}`;
  if (kind === 'tool') return `the program ${name}`;
  return kind === 'tag' ? `the tag ${name}` : need;
}
