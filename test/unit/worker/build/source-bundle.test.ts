import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FirmwareTree } from '../../../../core/trees/contract.ts';
import { type BundleInput, makeSourceBundle } from '../../../../worker/build/source-bundle.ts';
import { unzip } from '../../../fixtures/service/unzip.ts';

const TREE: FirmwareTree = {
  name: 'qmk',
  kind: 'git',
  origin: 'https://host/qmk.git',
  ref: null,
  path: '/home/someone/kiln/trees/qmk/abc',
  commit: 'abc',
  previousCommit: null,
  toolchain: null,
  isDefault: true,
  addedAt: 0,
};

function input(changes: Partial<BundleInput> = {}): BundleInput {
  return {
    payload: {
      tree: 'qmk',
      keyboard: 'planck/rev6',
      keymap: 'mine',
      layout: 'LAYOUT',
      platform: 'chibios',
      keymapJson: '{"layers":[["KC_A"]]}',
    },
    tree: TREE,
    version: { commit: 'abc', describe: '0.30.0', committedAt: 5, dirty: false },
    command: ['qmk', 'compile', 'keymap.json'],
    toolchain: { 'arm-none-eabi-gcc': 'gcc 12' },
    sources: { 'keymap.c': 'int keymap;', 'config.h': '#pragma once' },
    image: { name: 'planck_rev6_mine.bin', sha256: 'ff' },
    ...changes,
  };
}

async function read(changes: Partial<BundleInput> = {}) {
  const files = await unzip(await makeSourceBundle(input(changes)));
  const text = (name: string) => files.get(name)?.toString() ?? '';
  return { names: [...files.keys()], text, facts: JSON.parse(text('build.json')) };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a source bundle', () => {
  it('holds the keymap, what it was built with, and the generated sources', async () => {
    const { names, text, facts } = await read();
    expect(names).toEqual([
      'README.txt',
      'build.json',
      'keymap.json',
      'generated/config.h',
      'generated/keymap.c',
    ]);
    expect(text('keymap.json')).toBe('{"layers":[["KC_A"]]}\n');
    expect(text('generated/keymap.c')).toBe('int keymap;');
    expect(facts).toEqual({
      keyboard: 'planck/rev6',
      keymap: 'mine',
      layout: 'LAYOUT',
      tree: { name: 'qmk', kind: 'git', origin: 'https://host/qmk.git' },
      version: { commit: 'abc', describe: '0.30.0', committedAt: 5, dirty: false },
      command: ['qmk', 'compile', 'keymap.json'],
      toolchain: { 'arm-none-eabi-gcc': 'gcc 12' },
      image: { name: 'planck_rev6_mine.bin', sha256: 'ff' },
    });
  });

  it('says in words how to build it again', async () => {
    const { text } = await read();
    const readme = text('README.txt');
    expect(readme).toContain('Firmware for planck/rev6, keymap mine');
    expect(readme).toContain('tree: https://host/qmk.git, commit abc\n');
    expect(readme).toContain('arm-none-eabi-gcc: gcc 12');
    expect(readme).toContain('kiln compile keymap.json --tree');
    expect(readme).toContain('qmk compile keymap.json\n');
    expect(readme).toContain('planck_rev6_mine.bin with SHA-256 ff');
  });

  it('of a build that failed names no image', async () => {
    const { text, facts } = await read({ image: null, sources: {} });
    expect(facts.image).toBeNull();
    expect(text('README.txt')).not.toContain('SHA-256');
  });

  it('tells changes that are not committed', async () => {
    const version = { commit: 'abc', describe: 'x-dirty', committedAt: 5, dirty: true };
    const { text } = await read({ version });
    expect(text('README.txt')).toContain('commit abc, with changes that are not committed');
  });

  it('has no path of the machine, whatever the tree', async () => {
    for (const kind of ['folder', 'git', 'starter'] as const) {
      const tree = { ...TREE, kind, origin: kind === 'git' ? TREE.origin : TREE.path };
      const { text } = await read({ tree });
      expect(text('README.txt') + text('build.json')).not.toContain('/home/someone');
    }
  });

  it.each([
    ['https://someone:geheim@host/qmk.git', 'https://host/qmk.git'],
    ['https://geheim@host/qmk.git', 'https://host/qmk.git'],
    ['git@host:qmk.git', 'git@host:qmk.git'],
  ])('has no password of the address %s', async (origin, shown) => {
    const { text, facts } = await read({ tree: { ...TREE, origin } });
    expect(facts.tree.origin).toBe(shown);
    expect(text('README.txt')).toContain(`tree: ${shown}, `);
    expect(text('README.txt') + text('build.json')).not.toContain('geheim');
  });

  it('is the same, byte for byte, at any time and in any time zone', async () => {
    const first = await makeSourceBundle(input());
    const sources = { 'config.h': '#pragma once', 'keymap.c': 'int keymap;' };
    for (const zone of ['Asia/Tokyo', 'America/Los_Angeles']) {
      vi.stubEnv('TZ', zone);
      expect((await makeSourceBundle(input({ sources }))).equals(first)).toBe(true);
    }
  });
});
