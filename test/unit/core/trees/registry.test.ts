import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../../core/db/database.ts';
import type { Git } from '../../../../core/trees/git.ts';
import {
  checkQmkFolder,
  checkTreeThere,
  createTreeRegistry,
  type EditableTreeRegistry,
  STARTER_PATH,
} from '../../../../core/trees/registry.ts';
import { makeQmkFolder } from '../../../fixtures/service/qmk-folder.ts';
import { starterTreeAt } from '../../../fixtures/starter-build/build-pad.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let folder: string;
let calls: string[][];
let registry: EditableTreeRegistry;
let git: Git;
const NOW = 1_700_000_000_000;

beforeEach(() => {
  folder = temporaryFolder();
  calls = [];
  const database = openDatabase(':memory:');
  onTestFinished(() => void database.close());
  git = async () => {
    throw new Error('no git here');
  };
  registry = createTreeRegistry({
    database,
    folder: join(folder, 'trees'),
    git: (args, options) => {
      calls.push([...args]);
      return git(args, options);
    },
    now: () => NOW,
  });
});

function qmkFolder(name: string): string {
  return makeQmkFolder(join(folder, name));
}

async function names(): Promise<string[]> {
  return (await registry.list()).map(({ name, isDefault }) => (isDefault ? `*${name}` : name));
}

describe('the starter tree', () => {
  it('is there from the beginning, is the default, and lies in the checkout', async () => {
    const [starter] = await registry.list();
    expect(starter).toEqual(starterTreeAt(STARTER_PATH));
    expect(existsSync(join(STARTER_PATH, 'keyboards'))).toBe(true);
    await expect(registry.defaultTree()).resolves.toEqual(starter);
    await expect(registry.get('starter')).resolves.toEqual(starter);
  });

  it('cannot be replaced, updated, rolled back or removed', async () => {
    const source = qmkFolder('qmk');
    await expect(registry.add('starter', source)).rejects.toMatchObject({ code: 'tree.exists' });
    const refused = { code: 'tree.protected' };
    await expect(registry.remove('starter')).rejects.toMatchObject(refused);
    await expect(registry.update('starter')).rejects.toMatchObject(refused);
    await expect(registry.rollback('starter')).rejects.toMatchObject(refused);
    expect(await names()).toEqual(['*starter']);
  });
});

describe('a tree that came with the package', () => {
  const shipped = {
    previousCommit: null,
    toolchain: null,
    isDefault: false,
    addedAt: 0,
    commit: 'c0ffee',
  };
  const bundled = {
    ...shipped,
    ...{ name: 'qmk', kind: 'bundled' as const, origin: null, ref: null, path: '/tree/firmware' },
  };
  const database = () => {
    const opened = openDatabase(':memory:');
    onTestFinished(() => void opened.close());
    return opened;
  };
  const open = (on = database()) =>
    createTreeRegistry({ database: on, folder: join(folder, 'trees'), git, bundled });

  it('is the default until somebody chooses another, which is remembered', async () => {
    const on = database();
    registry = open(on);
    expect(await names()).toEqual(['*qmk', 'starter']);
    await registry.use('starter');
    registry = open(on);
    expect(await names()).toEqual(['*starter', 'qmk']);
    await registry.add('mine', qmkFolder('mine'));
    await registry.use('mine');
    expect(await names()).toEqual(['*mine', 'qmk', 'starter']);
    await registry.use('qmk');
    expect(await names()).toEqual(['*qmk', 'mine', 'starter']);
  });

  it('cannot be replaced, updated or removed', async () => {
    registry = open();
    const refused = { code: 'tree.protected' };
    await expect(registry.add('qmk', qmkFolder('qmk'))).rejects.toMatchObject({
      code: 'tree.exists',
    });
    await expect(registry.remove('qmk')).rejects.toMatchObject(refused);
    await expect(registry.update('qmk')).rejects.toMatchObject(refused);
  });

  it('leaves its name to a tree that somebody had added before it came', async () => {
    const on = database();
    const before = createTreeRegistry({ database: on, folder, git });
    await before.add('qmk', qmkFolder('qmk'));
    registry = open(on);
    expect(await names()).toEqual(['*starter', 'qmk']);
    await expect(registry.get('qmk')).resolves.toMatchObject({ kind: 'folder' });
  });
});

describe('tools of a person’s own', () => {
  it('are kept for a tree until the usual ones are wanted again, or it goes', async () => {
    const source = qmkFolder('qmk');
    const tools = join(folder, 'avr');
    mkdirSync(join(tools, 'bin'), { recursive: true });
    await registry.add('mine', source);
    expect(await registry.setToolchain('mine', tools)).toMatchObject({ toolchain: tools });
    expect(await registry.setToolchain('starter', tools)).toMatchObject({ toolchain: tools });
    expect(await registry.setToolchain('starter', null)).toMatchObject({ toolchain: null });
    expect((await registry.get('mine')).toolchain).toBe(tools);
    await registry.remove('mine');
    await registry.add('mine', source);
    expect((await registry.get('mine')).toolchain).toBeNull();
  });

  it('are refused where there are none', async () => {
    const refused = { code: 'tree.no-tools' };
    await expect(registry.setToolchain('starter', folder)).rejects.toMatchObject(refused);
    await expect(registry.setToolchain('nobody', folder)).rejects.toMatchObject({
      code: 'tree.unknown',
    });
  });
});

describe('a folder', () => {
  it('is used in place', async () => {
    const source = qmkFolder('qmk');
    const tree = await registry.add('mine', relative(process.cwd(), source));
    expect(tree).toEqual({
      name: 'mine',
      kind: 'folder',
      origin: source,
      ref: null,
      path: source,
      commit: null,
      previousCommit: null,
      toolchain: null,
      isDefault: false,
      addedAt: NOW,
    });
    await expect(registry.get('mine')).resolves.toEqual(tree);
    expect(existsSync(join(folder, 'trees'))).toBe(false);
    expect(calls).toEqual([]);
  });

  it('that is no QMK checkout is refused, naming what it lacks', async () => {
    const source = qmkFolder('qmk');
    rmSync(join(source, 'data/mappings'), { recursive: true });
    await expect(registry.add('mine', source)).rejects.toMatchObject({
      code: 'tree.invalid',
      message: `${source} is not a QMK firmware tree: it has no data/mappings.`,
    });
    expect(await names()).toEqual(['*starter']);
  });

  it('is updated where it lies, not by Kiln', async () => {
    const source = qmkFolder('qmk');
    await registry.add('mine', source);
    const refused = { code: 'tree.invalid', remedy: `Update it where it lies: ${source}.` };
    await expect(registry.update('mine')).rejects.toMatchObject(refused);
    await expect(registry.rollback('mine')).rejects.toMatchObject(refused);
  });

  it('that was removed from the list stays on the disk', async () => {
    const source = qmkFolder('qmk');
    await registry.add('mine', source);
    await registry.remove('mine');
    expect(await names()).toEqual(['*starter']);
    expect(() => checkQmkFolder(source)).not.toThrow();
  });

  it('that is gone is missing, by name and path', async () => {
    const source = qmkFolder('qmk');
    const tree = await registry.add('mine', source);
    expect(() => checkTreeThere(tree)).not.toThrow();
    rmSync(source, { recursive: true });
    expect(() => checkTreeThere(tree)).toThrow(
      expect.objectContaining({
        code: 'tree.missing',
        details: { tree: 'mine', path: source },
      }),
    );
    await expect(registry.get('mine')).resolves.toEqual(tree);
  });
});

describe('the list', () => {
  it('has the default tree first, then all by name', async () => {
    const source = qmkFolder('qmk');
    for (const name of ['zebra', 'alpha', 'tiger']) await registry.add(name, source);
    expect(await names()).toEqual(['*starter', 'alpha', 'tiger', 'zebra']);
    await registry.use('tiger');
    expect(await names()).toEqual(['*tiger', 'alpha', 'starter', 'zebra']);
    await expect(registry.defaultTree()).resolves.toMatchObject({ name: 'tiger' });
  });

  it('goes back to the starter tree when that is named, or when the default is removed', async () => {
    const source = qmkFolder('qmk');
    await registry.add('alpha', source);
    await expect(registry.use('alpha')).resolves.toMatchObject({ name: 'alpha', isDefault: true });
    await expect(registry.use('starter')).resolves.toMatchObject({ isDefault: true });
    expect(await names()).toEqual(['*starter', 'alpha']);
    await registry.use('alpha');
    await registry.remove('alpha');
    expect(await names()).toEqual(['*starter']);
  });
});

describe('a name', () => {
  it('that nobody has is unknown to every command', async () => {
    const unknown = { code: 'tree.unknown', message: 'There is no firmware tree named nobody.' };
    await expect(registry.get('nobody')).rejects.toMatchObject(unknown);
    await expect(registry.use('nobody')).rejects.toMatchObject(unknown);
    await expect(registry.update('nobody')).rejects.toMatchObject(unknown);
    await expect(registry.rollback('nobody')).rejects.toMatchObject(unknown);
    await expect(registry.remove('nobody')).rejects.toMatchObject(unknown);
    expect(await names()).toEqual(['*starter']);
  });

  it('that is taken is refused, whatever it is for', async () => {
    const source = qmkFolder('qmk');
    await registry.add('mine', source);
    const refused = { code: 'tree.exists' };
    await expect(registry.add('mine', source)).rejects.toMatchObject(refused);
    await expect(registry.add('mine', 'https://host/qmk.git')).rejects.toMatchObject(refused);
    expect(calls).toEqual([]);
  });

  it.each(['', '-x', '_x', 'Upper', 'a b', 'a/b', '..', 'a.b', 'ä', 'a\n', 'x'.repeat(33)])(
    '%j is refused before anything is touched',
    async (name) => {
      await expect(registry.add(name, qmkFolder('qmk'))).rejects.toMatchObject({
        code: 'tree.invalid',
        remedy: expect.stringContaining('lower-case'),
      });
      expect(existsSync(join(folder, 'trees'))).toBe(false);
    },
  );

  it.each(['a', '0', 'qmk_firmware-0-30', 'x'.repeat(32)])('%j is taken', async (name) => {
    await expect(registry.add(name, qmkFolder('qmk'))).resolves.toMatchObject({ name });
  });
});

describe('a git address', () => {
  it('of which nothing can be had leaves neither a row nor a folder', async () => {
    await expect(registry.add('mine', 'https://host/qmk.git@v1')).rejects.toThrow('no git here');
    expect(await names()).toEqual(['*starter']);
    expect(existsSync(join(folder, 'trees', 'mine'))).toBe(false);
  });

  it('and its ref are never taken for options of git', async () => {
    git = async (args) => {
      if (args.includes('fetch')) throw new Error('stop');
      return '';
    };
    await expect(registry.add('mine', '--upload-pack=x@--exec=y')).rejects.toThrow('stop');
    const fetches = calls.filter((args) => args.includes('fetch'));
    expect(fetches).not.toEqual([]);
    for (const args of fetches) {
      expect(args.indexOf('--')).toBe(args.indexOf('--upload-pack=x') - 1);
    }
  });

  it('starts anew where an earlier try was killed', async () => {
    mkdirSync(join(folder, 'trees', 'mine', 'git', 'half'), { recursive: true });
    git = async () => {
      expect(existsSync(join(folder, 'trees', 'mine', 'git', 'half'))).toBe(false);
      throw new Error('stop');
    };
    await expect(registry.add('mine', 'https://host/qmk.git')).rejects.toThrow('stop');
  });
});
