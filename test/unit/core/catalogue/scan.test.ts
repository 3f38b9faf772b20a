import { mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSignature, scanTree } from '../../../../core/catalogue/scan.ts';
import type { Git } from '../../../../core/trees/git.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let root: string;

function write(path: string, text = '{}'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** Another time, even where the clock is coarse. */
function touch(path: string): void {
  const later = statSync(join(root, path)).mtimeMs / 1000 + 10;
  utimesSync(join(root, path), later, later);
}

const noGit: Git = () => Promise.reject(new Error('nobody asks git about a folder'));
const scan = () => scanTree({ tree: { path: root, kind: 'folder' }, git: noGit });

beforeEach(() => {
  root = temporaryFolder();
  write('keyboards/a/rev1/keyboard.json');
  write('keyboards/a/info.json');
  write('keyboards/a/rules.mk', 'DEFAULT_FOLDER = a/rev1\n');
  write('keyboards/a/rev1/keymaps/default/keymap.json');
  write('keyboards/z/keyboard.json');
  write('data/mappings/defaults.hjson');
});

describe('scanning a folder', () => {
  it('finds the keyboards', async () => {
    const found = await scan();
    expect(found.keyboards).toEqual(['a/rev1', 'z']);
    expect(found.resolve('a')).toBe('a/rev1');
  });

  it('finds nothing in an empty one', async () => {
    root = temporaryFolder();
    expect((await scan()).keyboards).toEqual([]);
  });

  it('signs the same files the same each time', async () => {
    const [first, second] = [await scan(), await scan()];
    expect(second.signature('a/rev1')).toBe(first.signature('a/rev1'));
    expect(second).toMatchObject({ shared: first.shared, facts: first.facts });
  });

  it.each([
    ['a file of the same size was written again', () => touch('keyboards/a/info.json')],
    ['a file grew', () => write('keyboards/a/info.json', '{  }')],
    ['a file came', () => write('keyboards/a/rev1/config.h')],
    ['a file went', () => rmSync(join(root, 'keyboards/a/info.json'))],
    ['a keymap came', () => write('keyboards/a/rev1/keymaps/via/keymap.json')],
    ['a shared file changed', () => touch('data/mappings/defaults.hjson')],
  ])('notices that %s', async (_, change) => {
    const before = await scan();
    change();
    const after = await scan();
    expect(after.signature('a/rev1')).not.toBe(before.signature('a/rev1'));
  });

  it.each([
    ['another keyboard changed', () => touch('keyboards/z/keyboard.json')],
    ['Python left compiled files', () => write('lib/python/qmk/__pycache__/info.cpython-311.pyc')],
    ['an editor left a copy', () => write('keyboards/a/rev1/config.h~')],
    ['a hidden file came', () => write('keyboards/a/.DS_Store')],
    ['a keymap got a readme', () => write('keyboards/a/rev1/keymaps/default/readme.md')],
    ['a keymap got a folder', () => write('keyboards/a/rev1/keymaps/default/x/keymap.json')],
  ])('does not mind that %s', async (_, change) => {
    const before = await scan();
    change();
    const after = await scan();
    expect(after.signature('a/rev1')).toBe(before.signature('a/rev1'));
  });

  it('does not take a hidden folder’s keyboards', async () => {
    write('keyboards/.git/keyboard.json');
    expect((await scan()).keyboards).toEqual(['a/rev1', 'z']);
  });

  it('notices a module, and reads no keyboard again for it', async () => {
    const before = await scan();
    write('modules/me/clock/qmk_module.json');
    write('modules/me/clock/clock.c');
    const after = await scan();
    expect(after.facts).not.toBe(before.facts);
    expect(after.shared).toBe(before.shared);
    write('modules/me/clock/clock.c', 'int more;');
    expect((await scan()).facts).toBe(after.facts);
  });
});

describe.skipIf(process.platform === 'win32')('symbolic links', () => {
  it('count as what they lead to', async () => {
    write('elsewhere/board/keyboard.json');
    link('keyboards/linked', '../elsewhere');
    link('keyboards/z/info.json', '../a/info.json');
    const before = await scan();
    expect(before.keyboards).toEqual(['a/rev1', 'linked/board', 'z']);
    touch('keyboards/a/info.json');
    touch('elsewhere/board/keyboard.json');
    const after = await scan();
    expect(after.signature('z')).not.toBe(before.signature('z'));
    expect(after.signature('linked/board')).not.toBe(before.signature('linked/board'));
  });

  it('that lead nowhere, or to themselves, do not count', async () => {
    const before = await scan();
    link('keyboards/a/gone.h', 'no-such-file');
    link('keyboards/a/self', 'self');
    link('keyboards/broken', '../no-such-folder');
    const after = await scan();
    expect(after.keyboards).toEqual(before.keyboards);
    expect(after.signature('a/rev1')).toBe(before.signature('a/rev1'));
  });

  it('that lead back to a folder above are not followed for ever', async () => {
    link('keyboards/a/loop', '..');
    link('keyboards/z/here', '.');
    expect((await scan()).keyboards).toEqual(['a/rev1', 'z']);
  });

  it('that lead to each other end', async () => {
    link('keyboards/z/to-a', '../a');
    link('keyboards/a/to-z', '../z');
    expect((await scan()).keyboards).toEqual(['a/rev1', 'a/to-z', 'z', 'z/to-a/rev1']);
  });
});

describe('the signature of a keyboard by itself', () => {
  it('is that of the scan, keymaps of every folder included', async () => {
    write('keyboards/a/keymaps/shared/keymap.json');
    write('keyboards/a/rev1/keymaps/default/keymap.c');
    write('keyboards/a/rev1/sub/thing.c');
    write('keyboards/a/rev1/.hidden');
    const found = await scan();
    for (const name of found.keyboards) {
      expect(await freshSignature(root, name, found)).toBe(found.signature(name));
    }
  });

  it.skipIf(process.platform === 'win32')('is so with links, too', async () => {
    write('elsewhere/mine/keymap.json');
    link('keyboards/a/keymaps', '../../elsewhere');
    link('keyboards/a/rev1/config.h', '../info.json');
    link('keyboards/a/rev1/gone.h', 'no-such-file');
    link('keyboards/a/rev1/folder', '../../z');
    const found = await scan();
    expect(await freshSignature(root, 'a/rev1', found)).toBe(found.signature('a/rev1'));
    touch('elsewhere/mine/keymap.json');
    expect(await freshSignature(root, 'a/rev1', found)).not.toBe(found.signature('a/rev1'));
  });

  it('notices what happened since the scan', async () => {
    const found = await scan();
    touch('keyboards/a/info.json');
    const fresh = await freshSignature(root, 'a/rev1', found);
    expect(fresh).not.toBe(found.signature('a/rev1'));
    expect(fresh).toBe((await scan()).signature('a/rev1'));
  });

  it('is another one for a keyboard that is gone', async () => {
    const found = await scan();
    rmSync(join(root, 'keyboards/z'), { recursive: true });
    expect(await freshSignature(root, 'z', found)).not.toBe(found.signature('z'));
  });
});

describe('scanning a clone', () => {
  const asked: string[][] = [];
  const blob = (path: string, id = 'aaaa', mode = '100644') => `${mode} blob ${id}\t${path}`;
  const gitWith = (...lines: readonly string[]): Git => {
    return async (args) => {
      asked.push([...args]);
      return lines.map((line) => `${line}\0`).join('');
    };
  };
  const clone = (...lines: readonly string[]) =>
    scanTree({ tree: { path: root, kind: 'git' }, git: gitWith(...lines) });

  it('asks git alone, so that times of files mean nothing', async () => {
    const before = await clone(blob('keyboards/z/keyboard.json'));
    touch('keyboards/z/keyboard.json');
    const after = await clone(blob('keyboards/z/keyboard.json'));
    expect(after.keyboards).toEqual(['z']);
    expect(after.signature('z')).toBe(before.signature('z'));
    expect(asked.at(-1)).toEqual(expect.arrayContaining(['ls-tree', 'HEAD', 'keyboards', 'data']));
  });

  it('tells another content by its id, and reads default folders from the files', async () => {
    const files = (id: string) => [
      blob('keyboards/a/rules.mk'),
      blob('keyboards/a/rev1/keyboard.json', id),
      blob('keyboards/gone/rules.mk'),
    ];
    const before = await clone(...files('1111'));
    const after = await clone(...files('2222'));
    expect(before.keyboards).toEqual(['a/rev1', 'gone']);
    expect(after.signature('a/rev1')).not.toBe(before.signature('a/rev1'));
    expect(after.signature('gone')).toBe(before.signature('gone'));
  });

  it('takes names with spaces, and leaves out the same files as in a folder', async () => {
    const plain = await clone(blob('keyboards/z/keyboard.json'), blob('keyboards/z/a b.h'));
    const more = await clone(
      blob('keyboards/z/keyboard.json'),
      blob('keyboards/z/a b.h'),
      blob('keyboards/z/.gitkeep'),
      blob('keyboards/.x/keyboard.json'),
      blob('quantum/quantum.c'),
    );
    expect(more.keyboards).toEqual(plain.keyboards);
    expect(more.signature('z')).toBe(plain.signature('z'));
    expect(more.facts).toBe(plain.facts);
  });

  it.each([
    ['a link', blob('keyboards/linked', 'bbbb', '120000')],
    ['a submodule', '160000 commit cccc\tmodules/me'],
  ])('looks into the folder where git has %s', async (_, line) => {
    const found = await clone(blob('keyboards/z/keyboard.json'), line);
    expect(found.keyboards).toEqual(['a/rev1', 'z']);
  });
});
