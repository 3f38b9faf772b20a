import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  aliasesByKeyboard,
  followAliases,
  readAliases,
} from '../../../../core/catalogue/aliases.ts';
import type { FirmwareTree } from '../../../../core/trees/contract.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const FILE = 'data/mappings/keyboard_aliases.hjson';

function treeWith(text?: string): FirmwareTree {
  const path = temporaryFolder();
  if (text !== undefined) {
    mkdirSync(dirname(join(path, FILE)), { recursive: true });
    writeFileSync(join(path, FILE), text);
  }
  return { name: 'test', path } as FirmwareTree;
}

const ALIASES = {
  old: { target: 'new' },
  older: { target: 'old' },
  renamed: { layouts: { LAYOUT_kc: 'LAYOUT' } },
  self: { target: 'self' },
  here: { target: 'there' },
  there: { target: 'here' },
};

describe('the old names of a tree', () => {
  it('are read from HJSON with its comments', async () => {
    const text =
      '{\n  // moved\n  old: {\n    target: new\n  }\n  "b": {"layouts": {"A": "B"}}\n}\n';
    await expect(readAliases(treeWith(text))).resolves.toEqual({
      old: { target: 'new' },
      b: { layouts: { A: 'B' } },
    });
  });

  it('are none where the tree has no such file', async () => {
    await expect(readAliases(treeWith())).resolves.toEqual({});
  });

  it('are the tree’s fault, by the file’s name, where they cannot be understood', async () => {
    await expect(readAliases(treeWith('{ "old": '))).rejects.toMatchObject({
      code: 'tree.broken',
      message: expect.stringContaining(FILE),
      details: { tree: 'test' },
    });
  });
});

describe('followAliases', () => {
  it.each([
    ['new', 'new'],
    ['old', 'new'],
    ['older', 'new'],
    ['renamed', 'renamed'],
    ['self', 'self'],
    ['unknown', 'unknown'],
    ['constructor', 'constructor'],
  ])('leads from %s to %s', (name, end) => {
    expect(followAliases(name, ALIASES)).toBe(end);
  });

  it('leads nowhere from names that lead to each other', () => {
    expect(followAliases('here', ALIASES)).toBeNull();
  });
});

describe('aliasesByKeyboard', () => {
  it('gives each keyboard the old names that are built as it, whatever they lead through', () => {
    const resolve = (name: string) => {
      const end = followAliases(name, ALIASES);
      return end === 'new' ? 'new/rev2' : null;
    };
    expect([...aliasesByKeyboard(ALIASES, resolve)]).toEqual([['new/rev2', ['old', 'older']]]);
  });
});
