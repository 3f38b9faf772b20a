import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import { systemPath } from '../../core/environment.ts';
import { createGit, type Git } from '../../core/trees/git.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { readTreeVersion, starterVersion } from '../../core/trees/version.ts';
import { temporaryFolder, toolFolders } from '../fixtures/toolchain/tools.ts';
import { type GitRepository, makeRepository } from '../fixtures/trees/git-repository.ts';

let folder: string;
let trees: string;
let git: Git;
let registry: EditableTreeRegistry;
let upstream: GitRepository;
let first: string;
/** Breaks off git's work when it says true. */
let breaksAt: (args: readonly string[]) => boolean;
/** The tree that is being built. */
let built: string | null;

beforeEach(() => {
  folder = temporaryFolder();
  trees = join(folder, 'trees');
  // Nothing of the user's own git configuration counts.
  vi.stubEnv('HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  git = createGit(toolFolders().toolchain({ system: systemPath() }));
  const database = openDatabase(':memory:');
  onTestFinished(() => void database.close());
  breaksAt = () => false;
  built = null;
  registry = createTreeRegistry({
    database,
    folder: trees,
    inUse: async (name) => name === built,
    git: async (args, options) => {
      if (breaksAt(args)) throw new Error('broken off');
      return git(args, options);
    },
  });
  upstream = makeRepository(join(folder, 'upstream'));
  first = upstream.commit('one');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const address = () => `file://${upstream.folder}`;

/** What lies in a tree's folder of Kiln, its commits by their text. */
function contents(name: string): string[] {
  return readdirSync(join(trees, name))
    .filter((entry) => /^[0-9a-f]{40}$/.test(entry))
    .map((commit) => readFileSync(join(trees, name, commit, 'readme.md'), 'utf8'))
    .sort();
}

describe('adding a tree from git', () => {
  it('lays out the default branch’s newest commit', async () => {
    const tree = await registry.add('qmk', address());
    expect(tree).toMatchObject({
      kind: 'git',
      origin: address(),
      ref: null,
      commit: first,
      previousCommit: null,
      path: join(trees, 'qmk', first),
    });
    expect(contents('qmk')).toEqual(['one']);
    expect(await readTreeVersion(tree.path, git)).toEqual({
      commit: first,
      describe: first.slice(0, 6),
      committedAt: 1_700_000_000_000,
      dirty: false,
    });
  });

  it('follows a branch, a tag or a commit that comes after an @', async () => {
    upstream.git('tag', '-a', '-m', 'tagged', '0.1.0');
    upstream.git('checkout', '--quiet', '-b', 'feature/two');
    const second = upstream.commit('two');
    upstream.git('checkout', '--quiet', 'main');
    const third = upstream.commit('three');

    const byTag = await registry.add('tag', `${address()}@0.1.0`);
    expect(byTag).toMatchObject({ origin: address(), ref: '0.1.0', commit: first });
    expect(await readTreeVersion(byTag.path, git)).toMatchObject({ describe: '0.1.0' });
    const byBranch = await registry.add('branch', `${address()}@feature/two`);
    expect(byBranch).toMatchObject({ ref: 'feature/two', commit: second });
    const byCommit = await registry.add('commit', `${address()}@${third}`);
    expect(byCommit).toMatchObject({ ref: third, commit: third });
    expect(contents('commit')).toEqual(['three']);
  });

  it('takes a ref of a folder by a path that is relative to the user', async () => {
    upstream.git('tag', 'v1');
    upstream.commit('two');
    const tree = await registry.add('qmk', `${relative(process.cwd(), upstream.folder)}@v1`);
    expect(tree).toMatchObject({ kind: 'git', commit: first, origin: upstream.folder });
  });

  it('brings submodules, those inside of others too', async () => {
    const inner = makeRepository(join(folder, 'inner'));
    inner.commit('inner');
    const library = makeRepository(join(folder, 'library'));
    const allow = ['-c', 'protocol.file.allow=always'];
    library.git(...allow, 'submodule', '--quiet', 'add', `file://${inner.folder}`, 'inner');
    library.commit('library');
    upstream.git(
      ...allow,
      'submodule',
      '--quiet',
      'add',
      `file://${library.folder}`,
      'lib/library',
    );
    upstream.commit('with a library');
    const { path } = await registry.add('qmk', address());
    expect(readFileSync(join(path, 'lib/library/inner/readme.md'), 'utf8')).toBe('inner');
  });

  it('says in git’s words what went wrong, and leaves nothing', async () => {
    await expect(registry.add('qmk', `${address()}@nowhere`)).rejects.toMatchObject({
      code: 'tree.git-failed',
      message: expect.stringMatching(/^git fetch failed: .*nowhere/),
    });
    await expect(registry.add('qmk', `file://${folder}/nothing`)).rejects.toMatchObject({
      code: 'tree.git-failed',
    });
    await expect(registry.get('qmk')).rejects.toMatchObject({ code: 'tree.unknown' });
    expect(readdirSync(trees)).toEqual([]);
  });

  it('refuses a repository that is no QMK checkout, and leaves nothing', async () => {
    upstream.git('rm', '--quiet', '-r', 'quantum');
    upstream.commit('something else');
    await expect(registry.add('qmk', address())).rejects.toMatchObject({
      code: 'tree.invalid',
      message: expect.stringContaining('it has no quantum'),
    });
    expect(readdirSync(trees)).toEqual([]);
  });

  it.each(['fetch', 'worktree', 'submodule'])(
    'leaves nothing when it breaks off at git %s',
    async (command) => {
      breaksAt = (args) => args.includes(command);
      await expect(registry.add('qmk', address())).rejects.toThrow('broken off');
      expect(readdirSync(trees)).toEqual([]);
      breaksAt = () => false;
      await expect(registry.add('qmk', address())).resolves.toMatchObject({ commit: first });
    },
  );
});

describe('a tree that is being built', () => {
  it('keeps its sources through two updates, and is not removed', async () => {
    await registry.add('qmk', address());
    const { path } = await registry.get('qmk');
    built = 'qmk';
    for (const text of ['two', 'three']) {
      upstream.commit(text);
      await registry.update('qmk');
    }
    expect(existsSync(path)).toBe(true);
    await expect(registry.remove('qmk')).rejects.toMatchObject({ code: 'tree.in-use' });
    await expect(registry.get('qmk')).resolves.toMatchObject({ name: 'qmk' });
    built = null;
    upstream.commit('four');
    await registry.update('qmk');
    expect(existsSync(path)).toBe(false);
    await registry.remove('qmk');
  });
});

describe('updating', () => {
  it('takes the newest commit of what is followed, and keeps the one before on the disk', async () => {
    await registry.add('qmk', address());
    await expect(registry.update('qmk')).resolves.toMatchObject({ changed: false });
    const second = upstream.commit('two');
    const { tree, changed } = await registry.update('qmk');
    expect(changed).toBe(true);
    expect(tree).toMatchObject({
      commit: second,
      previousCommit: first,
      path: join(trees, 'qmk', second),
    });
    expect(contents('qmk')).toEqual(['one', 'two']);
    upstream.commit('three');
    await registry.update('qmk');
    expect(contents('qmk')).toEqual(['three', 'two']);
  });

  it('follows the branch that was named, and never leaves a tag', async () => {
    upstream.git('tag', 'v1');
    upstream.git('branch', 'stable');
    await registry.add('stable', `${address()}@stable`);
    await registry.add('tag', `${address()}@v1`);
    upstream.commit('two');
    await expect(registry.update('stable')).resolves.toMatchObject({ changed: false });
    await expect(registry.update('tag')).resolves.toMatchObject({ changed: false });
    upstream.git('branch', '--force', 'stable', 'main');
    await expect(registry.update('stable')).resolves.toMatchObject({ changed: true });
  });

  it('that fails changes nothing', async () => {
    const before = await registry.add('qmk', address());
    upstream.commit('two');
    breaksAt = (args) => args.includes('submodule');
    await expect(registry.update('qmk')).rejects.toThrow('broken off');
    await expect(registry.get('qmk')).resolves.toEqual(before);
    breaksAt = () => false;
    await expect(registry.update('qmk')).resolves.toMatchObject({ changed: true });
    expect(contents('qmk')).toEqual(['one', 'two']);
  });

  it('makes a checkout anew that was broken off, even one that was whole in earlier days', async () => {
    await registry.add('qmk', address());
    for (const text of ['two', 'three']) {
      upstream.commit(text);
      await registry.update('qmk');
    }
    // The first commit's checkout is gone by now; on the way back to it, the work is broken off.
    upstream.git('reset', '--quiet', '--hard', first);
    breaksAt = (args) => args.includes('submodule');
    await expect(registry.update('qmk')).rejects.toThrow('broken off');
    expect(existsSync(join(trees, 'qmk', first))).toBe(false);
    // A Kiln that is killed itself leaves half of it.
    mkdirSync(join(trees, 'qmk', first, 'keyboards'), { recursive: true });
    breaksAt = () => false;
    const { tree } = await registry.update('qmk');
    expect(tree.commit).toBe(first);
    expect(existsSync(join(tree.path, 'quantum'))).toBe(true);
  });
});

describe('previewing an update', () => {
  it('tells what would change, and changes nothing of what is in use', async () => {
    const before = await registry.add('qmk', address());
    await expect(registry.preview('qmk')).resolves.toBeNull();
    const keyboard = join(upstream.folder, 'keyboards', 'made', 'up');
    mkdirSync(keyboard, { recursive: true });
    writeFileSync(join(keyboard, 'keyboard.json'), '{}');
    const second = upstream.commit('two');
    await expect(registry.preview('qmk')).resolves.toEqual({
      from: first,
      to: second,
      files: 2,
      shared: 1,
      keyboards: { added: ['made/up'], changed: [], removed: [] },
    });
    await expect(registry.get('qmk')).resolves.toEqual(before);
    const { tree } = await registry.update('qmk');
    expect([tree.commit, tree.previousCommit]).toEqual([second, first]);
  });

  it('waits for what else is at work in the tree', async () => {
    await registry.add('qmk', address());
    const second = upstream.commit('two');
    const looks = Array.from({ length: 4 }, () => registry.preview('qmk'));
    const update = registry.update('qmk');
    for (const look of looks) await expect(look).resolves.toMatchObject({ to: second });
    await expect(update).resolves.toMatchObject({ changed: true });
    await expect(registry.preview('qmk')).resolves.toBeNull();
  });

  it('is for trees that Kiln fetches only', async () => {
    await expect(registry.preview('starter')).rejects.toMatchObject({ code: 'tree.protected' });
  });
});

describe('rolling back', () => {
  it('goes to the commit before, and the other way at the next time', async () => {
    await registry.add('qmk', address());
    await expect(registry.rollback('qmk')).rejects.toMatchObject({ code: 'tree.no-previous' });
    const second = upstream.commit('two');
    await registry.update('qmk');
    await expect(registry.rollback('qmk')).resolves.toMatchObject({
      commit: first,
      previousCommit: second,
      path: join(trees, 'qmk', first),
    });
    await expect(registry.rollback('qmk')).resolves.toMatchObject({ commit: second });
  });

  it('does not keep an update from coming back', async () => {
    await registry.add('qmk', address());
    const second = upstream.commit('two');
    await registry.update('qmk');
    await registry.rollback('qmk');
    const { tree, changed } = await registry.update('qmk');
    expect([changed, tree.commit, tree.previousCommit]).toEqual([true, second, first]);
  });
});

it('Removing deletes Kiln’s own clone, and nothing else', async () => {
  await registry.add('one', address());
  await registry.add('two', address());
  await registry.remove('one');
  expect(readdirSync(trees)).toEqual(['two']);
  expect(existsSync(join(upstream.folder, 'quantum'))).toBe(true);
});

describe('what a tree holds right now', () => {
  it('is told by its tag, and by the commits since', async () => {
    upstream.git('tag', '0.31.0');
    expect(await readTreeVersion(upstream.folder, git)).toEqual({
      commit: first,
      describe: '0.31.0',
      committedAt: 1_700_000_000_000,
      dirty: false,
    });
    const second = upstream.commit('two');
    expect(await readTreeVersion(upstream.folder, git)).toMatchObject({
      commit: second,
      describe: `0.31.0-1-g${second.slice(0, 6)}`,
    });
  });

  it('is dirty with changes that are not committed, in the words of git describe', async () => {
    writeFileSync(join(upstream.folder, 'untracked'), '');
    expect(await readTreeVersion(upstream.folder, git)).toMatchObject({ dirty: false });
    writeFileSync(join(upstream.folder, 'readme.md'), 'changed');
    const { describe: described, dirty } = await readTreeVersion(upstream.folder, git);
    expect(dirty).toBe(true);
    expect(described).toBe(upstream.git('describe', '--abbrev=6', '--dirty', '--always', '--tags'));
  });

  it('is asked for without a write to the folder', async () => {
    const index = join(upstream.folder, '.git', 'index');
    const before = statSync(index);
    // Another time, the same content: git would like to write that down.
    utimesSync(join(upstream.folder, 'readme.md'), 1, 1);
    expect(await readTreeVersion(upstream.folder, git)).toMatchObject({ dirty: false });
    expect(statSync(index)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it('is unknown without git, and before the first commit', async () => {
    const unknown = { commit: null, describe: 'NA', committedAt: null, dirty: false };
    const empty = makeRepository(join(folder, 'empty'));
    expect(await readTreeVersion(empty.folder, git)).toEqual(unknown);
    // Inside of another repository, whose commits say nothing about it.
    mkdirSync(join(upstream.folder, 'inside'));
    expect(await readTreeVersion(join(upstream.folder, 'inside'), git)).toEqual(unknown);
    const without = createGit(toolFolders().toolchain({ system: [] }));
    expect(await readTreeVersion(upstream.folder, without)).toEqual(unknown);
  });

  it('is the release for the starter tree', () => {
    expect(starterVersion('1.2.3')).toEqual({
      commit: null,
      describe: 'kiln-1.2.3',
      committedAt: null,
      dirty: false,
    });
  });
});

describe('going to one commit of a tree from git', () => {
  it('fetches that commit though newer ones are there, and keeps the one before on the disk', async () => {
    await registry.add('qmk', address());
    const second = upstream.commit('two');
    upstream.commit('three');
    const { tree, changed } = await registry.goTo('qmk', second);
    expect(changed).toBe(true);
    expect(tree).toMatchObject({ commit: second, previousCommit: first });
    expect(contents('qmk')).toEqual(['one', 'two']);
    expect(await registry.goTo('qmk', second)).toMatchObject({ changed: false });
    expect(await registry.at('qmk', first)).toMatchObject({
      commit: first,
      path: join(trees, 'qmk', first),
    });
    expect(await registry.at('qmk', second)).toEqual(tree);
  });

  it('changes nothing when the origin has no such commit', async () => {
    const tree = await registry.add('qmk', address());
    await expect(registry.goTo('qmk', '0'.repeat(40))).rejects.toMatchObject({
      code: 'tree.git-failed',
    });
    expect(await registry.get('qmk')).toEqual(tree);
    expect(await registry.at('qmk', '0'.repeat(40))).toBeNull();
  });

  it('is at no commit whose folder is gone or half', async () => {
    await registry.add('qmk', address());
    await registry.goTo('qmk', upstream.commit('two'));
    rmSync(join(trees, 'qmk', 'complete', first));
    expect(await registry.at('qmk', first)).toBeNull();
  });
});
