import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOverlay } from '../../../../core/trees/overlay.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

let tree: string;
let overlay: string;

beforeEach(() => {
  const folder = realpathSync(temporaryFolder());
  tree = join(folder, 'tree');
  overlay = join(folder, 'overlay');
  mkdirSync(tree);
  mkdirSync(overlay);
});

function write(path: string, text = '', mode = 0o644): string {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** Every path of the tree with what would change if somebody wrote there. */
function snapshot(): string[] {
  return readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, mtimeMs, size } = lstatSync(join(tree, name));
      return `${name} ${mode} ${mtimeMs} ${size}`;
    });
}

describe('a folder of links', () => {
  it('shows each top-level entry of the tree, hidden ones too', async () => {
    write('Makefile', 'all:');
    write('quantum/keymap.c', 'code');
    write('.clang-format');
    await createOverlay(tree, overlay);
    expect(readdirSync(overlay).sort()).toEqual(['.clang-format', 'Makefile', 'quantum', 'users']);
    expect(realpathSync(join(overlay, 'quantum'))).toBe(join(tree, 'quantum'));
    expect(readFileSync(join(overlay, 'Makefile'), 'utf8')).toBe('all:');
  });

  it('has an empty users folder of its own, and neither git nor outputs of other builds', async () => {
    write('users/someone/rules.mk', 'evil');
    write('.git/HEAD');
    write('.build/board.elf');
    for (const kind of ['hex', 'bin', 'uf2', 'elf', 'eep', 'HEX']) write(`board_mine.${kind}`);
    symlinkSync('board_mine.hex', join(tree, 'linked.hex'));
    await createOverlay(tree, overlay);
    expect(readdirSync(overlay)).toEqual(['users']);
    expect(lstatSync(join(overlay, 'users')).isSymbolicLink()).toBe(false);
    expect(readdirSync(join(overlay, 'users'))).toEqual([]);
  });

  it('shows a folder that is only named like an output', async () => {
    write('tools.bin/script');
    await createOverlay(tree, overlay);
    expect(existsSync(join(overlay, 'tools.bin/script'))).toBe(true);
  });

  it('takes what a build writes, and the tree stays as it was', async () => {
    write('Makefile');
    write('util/uf2conv.py', '#!/usr/bin/env python3\n', 0o644);
    write('users/someone/a.c');
    const before = snapshot();
    await createOverlay(tree, overlay);
    mkdirSync(join(overlay, '.build'));
    writeFileSync(join(overlay, '.build', 'a.o'), '');
    writeFileSync(join(overlay, 'board_mine.hex'), '');
    writeFileSync(join(overlay, 'users', 'a.c'), '');
    expect(snapshot()).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('scripts of util', () => {
  const isExecutable = (name: string): boolean =>
    (statSync(join(overlay, 'util', name)).mode & 0o111) !== 0;

  it('can be run, though the tree came without that permission', async () => {
    const script = write('util/uf2conv.py', '#!/usr/bin/env python3\nprint(1)\n', 0o644);
    await createOverlay(tree, overlay);
    expect(isExecutable('uf2conv.py')).toBe(true);
    expect(readFileSync(join(overlay, 'util/uf2conv.py'))).toEqual(readFileSync(script));
    expect(statSync(script).mode & 0o111).toBe(0);
  });

  it('are linked when they can be run as they are, like all that is no script', async () => {
    write('util/ready.sh', '#!/bin/sh\n', 0o755);
    write('util/readme.md', '# no script\n');
    write('util/one-byte', '#');
    write('util/empty');
    write('util/folder/deep.sh', '#!/bin/sh\n', 0o644);
    symlinkSync('ready.sh', join(tree, 'util/link.sh'));
    await createOverlay(tree, overlay);
    for (const name of ['ready.sh', 'readme.md', 'one-byte', 'empty', 'folder', 'link.sh']) {
      expect(lstatSync(join(overlay, 'util', name)).isSymbolicLink()).toBe(true);
    }
    expect(isExecutable('link.sh')).toBe(true);
  });
});
