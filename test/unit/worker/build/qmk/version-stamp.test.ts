import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TreeVersion } from '../../../../../core/trees/contract.ts';
import {
  formatBuildDate,
  prepareVersionHeader,
  stampVersionHeader,
  versionMacros,
} from '../../../../../worker/build/qmk/version-stamp.ts';
import { temporaryFolder } from '../../../../fixtures/toolchain/tools.ts';

const VERSION: TreeVersion = {
  commit: '08f788710b0c1f5cf0b8b8b4ad6b5ee1f9c9f9aa',
  describe: '0.30.3-14-g08f788',
  committedAt: Date.UTC(2025, 10, 9, 2, 32, 57),
  dirty: false,
};
const NO_GIT: TreeVersion = { commit: null, describe: 'NA', committedAt: null, dirty: false };

function defines(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const match = /^\s*#\s*define\s+(\w+)\s+"(.*)"\s*$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
    }),
  );
}

/** As a tree of late 2025 writes it without git. */
const WITH_CONTRIB = `// This file was generated
#pragma once

#define QMK_VERSION "NA"
#define QMK_BUILDDATE "2026-11-20-20:00:00"
#define QMK_GIT_HASH  "NA"
#define CHIBIOS_VERSION "NA"
#define CHIBIOS_CONTRIB_VERSION "NA"
`;

const STAMPED = {
  QMK_VERSION: '0.30.3-14-g08f788',
  QMK_BUILDDATE: '2025-11-09-02:32:57',
  QMK_GIT_HASH: '08f788710b',
};

describe('a generated version.h', () => {
  it('gets the tree’s commit in place of the clock; the rest stays as it is', () => {
    const text = stampVersionHeader(WITH_CONTRIB, VERSION);
    expect(defines(text)).toEqual({
      ...STAMPED,
      CHIBIOS_VERSION: 'NA',
      CHIBIOS_CONTRIB_VERSION: 'NA',
    });
    expect(text.split('\n')).toHaveLength(WITH_CONTRIB.split('\n').length);
    expect(text).toContain('#pragma once');
  });

  it.each([
    ['without ChibiOS-Contrib', WITH_CONTRIB.replace(/#define CHIBIOS_CONTRIB.*\n/, '')],
    ['without a hash', WITH_CONTRIB.replace(/#define QMK_GIT_HASH.*\n/, '')],
    ['of a tree that came through Windows', WITH_CONTRIB.replaceAll('\n', '\r\n')],
    ['with tabs and indented defines', WITH_CONTRIB.replaceAll('#define ', ' # define\t')],
    ['of one line only', '#define QMK_VERSION "NA"'],
  ])('is stamped %s', (_, text) => {
    const after = defines(stampVersionHeader(text, VERSION));
    for (const name of Object.keys(defines(text))) {
      expect(after[name]).toBe({ ...defines(text), ...STAMPED }[name]);
    }
    expect(after).toHaveProperty('QMK_VERSION', STAMPED.QMK_VERSION);
  });

  it('loses no macro that is named like something of every object', () => {
    const text = '#define toString "x"\n#define constructor "y"\n';
    expect(stampVersionHeader(text, VERSION)).toBe(text);
  });

  it('tells changes that are not committed as QMK does', () => {
    const dirty = { ...VERSION, describe: '0.30.3-dirty', dirty: true };
    expect(versionMacros(dirty)).toMatchObject({
      QMK_VERSION: '0.30.3-dirty',
      QMK_GIT_HASH: '08f788710b*',
    });
  });

  it('is the same at every time without git', () => {
    expect(versionMacros(NO_GIT)).toEqual({
      QMK_VERSION: 'NA',
      QMK_BUILDDATE: '1970-01-01-00:00:00',
      QMK_GIT_HASH: 'NA',
    });
  });
});

describe('the name of a tag', () => {
  it.each(['0.30.3', 'v1.2-3-gabc123', 'kiln-0.1.0', 'feature/some_thing+x', 'a@b=c,d~e'])(
    '%s stays as it is',
    (name) => {
      expect(versionMacros({ ...VERSION, describe: name }).QMK_VERSION).toBe(name);
    },
  );

  it.each([
    'v1"; void evil(void); "',
    'a"b',
    'a\\b',
    'a\nb',
    '$(evil)',
    '`evil`',
    '%s%n',
    '??/',
    'ä',
    '',
  ])('can end neither the text nor the line: %j', (name) => {
    const text = stampVersionHeader(WITH_CONTRIB, { ...VERSION, describe: name });
    expect(text.split('\n')).toHaveLength(WITH_CONTRIB.split('\n').length);
    expect(defines(text).QMK_VERSION).toMatch(/^[\w.+/@=,~-]*$/);
    expect(Object.keys(defines(text))).toEqual(Object.keys(defines(WITH_CONTRIB)));
  });

  it('makes a header of the same shape, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const text = stampVersionHeader(WITH_CONTRIB, { ...VERSION, describe: name });
        expect(text.match(/"/g)).toHaveLength(10);
        expect(text.split('\n')).toHaveLength(WITH_CONTRIB.split('\n').length);
      }),
    );
  });
});

it('The date of a build is the commit’s, in UTC, in QMK’s form', () => {
  expect(formatBuildDate(Date.UTC(2025, 10, 9, 2, 32, 57))).toBe('2025-11-09-02:32:57');
  expect(formatBuildDate(Date.UTC(2025, 0, 1) + 999)).toBe('2025-01-01-00:00:00');
  expect(formatBuildDate(null)).toBe('1970-01-01-00:00:00');
});

describe('the header of a tree', () => {
  let folder: string;
  let runs: string[][];
  const generator = () => join(folder, 'tree/lib/python/qmk/cli/generate/version_h.py');

  beforeEach(async () => {
    folder = temporaryFolder();
    runs = [];
    await mkdir(join(folder, 'tree/lib/python/qmk/cli/generate'), { recursive: true });
    await mkdir(join(folder, 'overlay'));
    writeFileSync(generator(), 'generator');
  });

  /** Stands for the tree's own generator. */
  const prepare = (version: TreeVersion = VERSION, tree = join(folder, 'tree')) =>
    prepareVersionHeader({
      tree,
      version,
      cacheFolder: join(folder, 'cache'),
      overlay: join(folder, 'overlay'),
      runQmk: async (args) => {
        runs.push([...args]);
        writeFileSync(args.at(-1) ?? '', WITH_CONTRIB);
      },
    });

  it('is written by the tree’s own generator, in the build’s folder, and stamped', async () => {
    const file = await prepare();
    expect(runs).toEqual([
      [
        'generate-version-h',
        '--skip-git',
        '--quiet',
        '--output',
        join(folder, 'overlay', '.kiln-version.h'),
      ],
    ]);
    expect(defines(readFileSync(file, 'utf8'))).toMatchObject(STAMPED);
    expect(file.startsWith(join(folder, 'cache'))).toBe(true);
  });

  it('is made once', async () => {
    const file = await prepare();
    const { mtimeMs, ino } = statSync(file);
    await expect(prepare()).resolves.toBe(file);
    expect(runs).toHaveLength(1);
    expect(statSync(file)).toMatchObject({ mtimeMs, ino });
  });

  it('is another one for another commit, another generator and another tree', async () => {
    const files = [await prepare()];
    files.push(await prepare({ ...VERSION, dirty: true, describe: 'x-dirty' }));
    files.push(await prepare({ ...VERSION, committedAt: 0 }));
    utimesSync(generator(), 1, 1);
    files.push(await prepare());
    files.push(await prepare(VERSION, join(folder, 'another-tree')));
    expect(new Set(files).size).toBe(files.length);
    expect(runs).toHaveLength(files.length);
  });

  it('is not there when the generator fails', async () => {
    const failing = prepareVersionHeader({
      tree: join(folder, 'tree'),
      version: VERSION,
      cacheFolder: join(folder, 'cache'),
      overlay: join(folder, 'overlay'),
      runQmk: async () => {
        throw new Error('broken');
      },
    });
    await expect(failing).rejects.toThrow('broken');
    expect(existsSync(join(folder, 'cache'))).toBe(false);
    await prepare();
    expect(runs).toHaveLength(1);
  });
});
