import { describe, expect, it } from 'vitest';
import { describeNeed, needsOf, offersOf, treesFor } from '../../../../core/hosts/offers.ts';
import type { ToolName } from '../../../../core/toolchain/tools.ts';
import type {
  FirmwareTree,
  TreeKind,
  TreeRegistry,
  TreeVersion,
} from '../../../../core/trees/contract.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const BEFORE = 'fedcba9876543210fedcba9876543210fedcba98';

const tree = (name: string, kind: TreeKind = 'git'): FirmwareTree => ({
  name,
  kind,
  origin: null,
  ref: null,
  path: `/trees/${name}`,
  commit: null,
  previousCommit: null,
  toolchain: null,
  isDefault: false,
  addedAt: 0,
});

const version = (more: Partial<TreeVersion> = {}): TreeVersion => ({
  commit: COMMIT,
  describe: '0.30.0',
  committedAt: 0,
  dirty: false,
  ...more,
});

const readVersion = async ({ name, kind, path }: FirmwareTree): Promise<TreeVersion> => {
  if (path === `/trees/${BEFORE}`) return version({ commit: BEFORE });
  if (name === 'broken') throw new Error('no git here');
  if (kind === 'starter') return version({ commit: null, describe: 'kiln-1.0.0' });
  return version({ dirty: name === 'touched', ...(name === 'loose' ? { commit: null } : {}) });
};

const toolchainWith = (...names: ToolName[]) => ({
  find: (name: ToolName) => (names.includes(name) ? { name, file: `/bin/${name}` } : null),
});

const AVR = toolchainWith('make', 'qmk', 'avrGcc', 'avrObjcopy', 'avrSize');

const registryOf = (...list: FirmwareTree[]): TreeRegistry => ({
  list: async () => list,
  defaultTree: async () => list[0] as FirmwareTree,
  async get(name) {
    const found = list.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  },
  async at(name, commit) {
    const found = list.find((each) => each.name === name);
    if (found === undefined || found.previousCommit !== commit) return null;
    return { ...found, commit, path: `/trees/${commit}` };
  },
});

async function canBuild(
  needed: { tree: FirmwareTree; platform: string | null; jobTags?: readonly string[] },
  offered: { tools?: typeof AVR; tags?: readonly string[] } = {},
): Promise<boolean> {
  const needs = await needsOf(needed, readVersion, { jobTags: [...(needed.jobTags ?? [])] });
  const offers = await offersOf({
    trees: registryOf(tree('qmk'), tree('starter', 'starter')),
    readVersion,
    toolchainOf: () => offered.tools ?? AVR,
    settings: { workerTags: [...(offered.tags ?? [])] },
  });
  return needs.every((need) => offers.includes(need));
}

describe('what a worker offers and a job needs', () => {
  it('is the tree at its commit, for each kind of tree', async () => {
    expect(await canBuild({ tree: tree('qmk'), platform: 'avr' })).toBe(true);
    expect(await canBuild({ tree: tree('starter', 'starter'), platform: 'avr' })).toBe(true);
    expect(await canBuild({ tree: tree('vial'), platform: 'avr' })).toBe(false);
    expect(
      await needsOf({ tree: tree('touched'), platform: null }, readVersion, { jobTags: [] }),
    ).toContain(`tree:touched@${COMMIT}-changed`);
    expect(
      await needsOf({ tree: tree('loose'), platform: null }, readVersion, { jobTags: [] }),
    ).toContain('tree:loose@no-commit');
  });

  it('is the release of Kiln for the tree that came with it: another one has another tree', async () => {
    const starter = { tree: tree('starter', 'starter'), platform: 'avr' };
    const nextRelease = async () => version({ commit: null, describe: 'kiln-9.9.9' });
    const offers = await offersOf({
      trees: registryOf(tree('starter', 'starter')),
      readVersion,
      toolchainOf: () => AVR,
      settings: { workerTags: [] },
    });
    const [needed] = await needsOf(starter, nextRelease, { jobTags: [] });
    expect(needed).toBe('tree:starter@kiln-9.9.9');
    expect(offers).not.toContain(needed);
  });

  it('is the compiler of the processor, where that is known', async () => {
    expect(await canBuild({ tree: tree('qmk'), platform: 'chibios' })).toBe(false);
    expect(await canBuild({ tree: tree('qmk'), platform: null })).toBe(true);
    const arm = toolchainWith('make', 'qmk', 'armGcc', 'armObjcopy');
    expect(await canBuild({ tree: tree('qmk'), platform: 'chibios' }, { tools: arm })).toBe(true);
    expect(await canBuild({ tree: tree('qmk'), platform: 'avr' }, { tools: arm })).toBe(false);
  });

  it('is the compiler that was chosen for the tree, where one was', async () => {
    const chosen = { ...tree('qmk'), toolchain: '/own' };
    const offers = await offersOf({
      trees: registryOf(chosen, tree('vial')),
      readVersion,
      toolchainOf: ({ toolchain }) => (toolchain === null ? toolchainWith() : AVR),
      settings: { workerTags: [] },
    });
    expect(offers).toContain('tool:avr-gcc@qmk');
    expect(offers).not.toContain('tool:avr-gcc@vial');
  });

  it('is every tag that the operator asks for, of all jobs or of one tree’s', async () => {
    const needed = { tree: tree('qmk'), platform: 'avr', jobTags: ['guests', 'qmk=big', 'vial=x'] };
    expect(await canBuild(needed)).toBe(false);
    expect(await canBuild(needed, { tags: ['big'] })).toBe(false);
    expect(await canBuild(needed, { tags: ['big', 'guests', 'more'] })).toBe(true);
  });

  it('leaves out a tree whose version cannot be told, and offers the others', async () => {
    const settings = { workerTags: [] };
    const trees = registryOf(tree('broken'), tree('qmk'));
    const offers = await offersOf({
      trees,
      readVersion,
      toolchainOf: () => toolchainWith(),
      settings,
    });
    expect(offers).toEqual([`tree:qmk@${COMMIT}`]);
  });
});

describe('a tree that was updated', () => {
  const updated = { ...tree('qmk'), previousCommit: BEFORE };

  it('is offered as it was too, and built as the job needs it', async () => {
    const trees = registryOf(updated);
    const settings = { workerTags: [] };
    const offers = await offersOf({
      trees,
      readVersion,
      toolchainOf: () => toolchainWith(),
      settings,
    });
    expect(offers).toEqual([`tree:qmk@${COMMIT}`, `tree:qmk@${BEFORE}`]);
    const pathFor = async (...needs: string[]) =>
      (await treesFor(needs, trees, readVersion).get('qmk')).path;
    expect(await pathFor(`tree:qmk@${BEFORE}`, 'tool:make')).toBe(`/trees/${BEFORE}`);
    expect(await pathFor(`tree:qmk@${COMMIT}`)).toBe('/trees/qmk');
    expect(await pathFor()).toBe('/trees/qmk');
  });

  it('is refused to a job that needs another commit than there is by now', async () => {
    const trees = treesFor([`tree:qmk@${BEFORE}`], registryOf(tree('qmk')), readVersion);
    await expect(trees.get('qmk')).rejects.toMatchObject({ code: 'tree.not-here' });
  });
});

describe('a need in words', () => {
  it.each([
    [`tree:qmk@${COMMIT}`, 'the firmware tree qmk at 0123456789'],
    ['tool:avr-gcc@qmk', 'the program avr-gcc for qmk'],
    ['tag:big', 'the tag big'],
    ['arm', 'arm'],
  ])('%s', (need, words) => {
    expect(describeNeed(need)).toBe(words);
  });
});
