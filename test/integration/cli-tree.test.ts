/** `kiln tree …` as it is typed; `trees.test.ts` has what happens below. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../core/errors.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { createGitTree } from '../fixtures/service/git-tree.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { makeQmkFolder } from '../fixtures/service/qmk-folder.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { writeTool } from '../fixtures/toolchain/tools.ts';

/** Runs `kiln tree … --json`, which has to end well. */
async function tree<Answer = { tree: FirmwareTree }>(place: Place, ...args: string[]) {
  const ended = await place.run(['tree', ...args, '--json']);
  expect(ended).toMatchObject({ exitCode: 0 });
  return jsonOf<Answer>(ended);
}

/** The same where it must not end well. */
async function treeError(place: Place, ...args: string[]) {
  const ended = await place.run(['tree', ...args, '--json']);
  return { exitCode: ended.exitCode, ...jsonOf<{ error: ErrorReport }>(ended).error };
}

async function namesOf(place: Place): Promise<string[]> {
  const { trees } = await tree<{ trees: FirmwareTree[] }>(place, 'list');
  return trees.map(({ name, isDefault }) => (isDefault ? `*${name}` : name));
}

/** Every path below a folder with what tells a change of it. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { mtimeMs, size, mode } = statSync(join(folder, name));
      return `${name} ${mtimeMs} ${size} ${mode}`;
    })
    .sort();
}

describe('kiln tree with a git repository', () => {
  it('adds, updates, rolls back and removes a clone of its own, submodules and all', async () => {
    const place = testPlace();
    const origin = createGitTree(place.folder);
    const first = origin.git('rev-parse', 'HEAD');

    const added = await tree(place, 'add', 'mine', `file://${origin.folder}`);
    expect(added.tree).toMatchObject({
      name: 'mine',
      kind: 'git',
      origin: `file://${origin.folder}`,
      ref: null,
      commit: first,
      previousCommit: null,
      isDefault: false,
    });
    const path = (commit: string, name: string) =>
      join(place.dataDir, 'trees', 'mine', commit, name);
    expect(added.tree.path).toBe(path(first, '').replace(/\/$/, ''));
    expect(readFileSync(path(first, 'lib/lufa/lufa.h'), 'utf8')).toContain('a library');

    expect(await tree(place, 'update', 'mine')).toMatchObject({ changed: false });
    const second = origin.commit('readme.md', 'the second\n');
    expect(await tree(place, 'update', 'mine')).toMatchObject({
      changed: true,
      tree: { commit: second, previousCommit: first },
    });
    expect(readFileSync(path(second, 'readme.md'), 'utf8')).toBe('the second\n');
    expect(existsSync(path(second, 'lib/lufa/lufa.h'))).toBe(true);

    expect(await tree(place, 'rollback', 'mine')).toMatchObject({
      tree: { commit: first, previousCommit: second },
    });
    expect(readFileSync(path(first, 'readme.md'), 'utf8')).toBe('the first\n');

    const third = origin.commit('readme.md', 'the third\n');
    expect(await tree(place, 'update', 'mine')).toMatchObject({
      tree: { commit: third, previousCommit: first },
    });
    // What neither is in use nor can be gone back to does not fill the disk.
    expect(existsSync(path(second, ''))).toBe(false);

    expect(await tree(place, 'use', 'mine')).toMatchObject({ tree: { isDefault: true } });
    expect(await namesOf(place)).toEqual(['*mine', 'starter']);
    await tree(place, 'remove', 'mine');
    expect(await namesOf(place)).toEqual(['*starter']);
    expect(readdirSync(join(place.dataDir, 'trees'))).toEqual([]);
    expect(origin.git('status', '--porcelain')).toBe('');
  });

  it('names what went wrong with an address that is none, and keeps nothing of it', async () => {
    const place = testPlace();
    const nowhere = `file://${place.folder}/nowhere`;
    expect(await treeError(place, 'add', 'mine', nowhere)).toMatchObject({
      exitCode: 3,
      code: 'tree.git-failed',
      message: expect.stringContaining('nowhere'),
    });
    expect(await namesOf(place)).toEqual(['*starter']);
    expect(readdirSync(join(place.dataDir, 'trees'))).toEqual([]);
  });
});

describe('kiln tree with a folder', () => {
  it('uses it in place and never changes it, not even when the tree is removed', async () => {
    const place = testPlace();
    const folder = makeQmkFolder(join(place.folder, 'own'));
    const before = snapshot(folder);
    const added = await tree(place, 'add', 'own', folder);
    expect(added.tree).toMatchObject({ kind: 'folder', path: folder, origin: folder });
    await tree(place, 'use', 'own');
    expect(await namesOf(place)).toEqual(['*own', 'starter']);
    await place.run(['keyboards', '--tree', 'own']);
    expect(await treeError(place, 'update', 'own')).toMatchObject({
      exitCode: 2,
      code: 'tree.invalid',
      remedy: `Update it where it lies: ${folder}.`,
    });
    await tree(place, 'remove', 'own');
    expect(await namesOf(place)).toEqual(['*starter']);
    expect(snapshot(folder)).toEqual(before);
  });

  it('takes a path as it is typed, relative to where the command runs', async () => {
    const place = testPlace();
    makeQmkFolder(join(place.folder, 'own'));
    const added = await tree(place, 'add', 'own', 'own');
    expect(added.tree.path).toBe(join(place.folder, 'own'));
  });

  it('refuses what is no QMK tree, naming what it lacks', async () => {
    const place = testPlace();
    expect(await treeError(place, 'add', 'own', place.folder)).toMatchObject({
      exitCode: 2,
      code: 'tree.invalid',
      message: expect.stringContaining('keyboards'),
    });
  });
});

describe('kiln tree', () => {
  it('refuses names that are taken or unknown, and keeps the starter tree', async () => {
    const place = testPlace();
    const folder = makeQmkFolder(join(place.folder, 'own'));
    await tree(place, 'add', 'own', folder);
    const refusals = [
      [['add', 'own', folder], 'tree.exists'],
      [['use', 'other'], 'tree.unknown'],
      [['remove', 'starter'], 'tree.protected'],
    ] as const;
    for (const [args, code] of refusals) {
      expect(await treeError(place, ...args)).toMatchObject({ exitCode: 2, code });
    }
    expect(await namesOf(place)).toEqual(['*starter', 'own']);
  });

  it('builds a tree with tools of one’s own, and with the usual ones again', async () => {
    const place = testPlace();
    const tools = join(place.folder, 'avr');
    const real = execFileSync('sh', ['-c', 'command -v avr-gcc'], { encoding: 'utf8' }).trim();
    // Says who it is, and works as the real one does.
    const script = `case "$1" in --version) echo mine; exit ;; esac; exec ${real} "$@"`;
    writeTool(join(tools, 'bin'), 'avr-gcc', script);
    const keymap = join(place.folder, 'keymap.json');
    writeFileSync(keymap, JSON.stringify(keymapOf(1)));
    const compilerOf = async (): Promise<string | undefined> => {
      const ended = await place.run(['compile', keymap, '--tree', 'starter', '--json']);
      expect(ended).toMatchObject({ exitCode: 0 });
      return jsonOf<{ toolchain: Record<string, string> }>(ended).toolchain['avr-gcc'];
    };
    const usual = await compilerOf();
    await tree(place, 'toolchain', 'starter', tools);
    expect(await compilerOf()).toBe('mine');
    await tree(place, 'toolchain', 'starter');
    expect(await compilerOf()).toBe(usual);
    expect(await treeError(place, 'toolchain', 'starter', join(tools, 'bin'))).toMatchObject({
      exitCode: 2,
      code: 'tree.no-tools',
    });
  });

  it('lists the trees for people, the default one marked', async () => {
    const place = testPlace();
    const folder = makeQmkFolder(join(place.folder, 'own'));
    await tree(place, 'add', 'own', folder);
    const { stdout } = await place.run(['tree', 'list']);
    expect(stdout.split('\n')).toEqual([
      '* starter          came with Kiln',
      `  own              ${folder}`,
      '',
    ]);
  });
});
