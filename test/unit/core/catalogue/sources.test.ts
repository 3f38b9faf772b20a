import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSnapshot,
  folderChain,
  owningFolder,
  parseDefaultFolder,
  signatureOf,
} from '../../../../core/catalogue/sources.ts';

/** A tree of files whose stamps are their texts. */
const snapshotOf = (files: Readonly<Record<string, string>>) =>
  createSnapshot(
    new Map(Object.entries(files)),
    (folder) => files[`keyboards/${folder}/rules.mk`] ?? null,
  );

const marker = (keyboard: string) => ({ [`keyboards/${keyboard}/keyboard.json`]: '{}' });
const leadsTo = (folder: string, target: string) => ({
  [`keyboards/${folder}/rules.mk`]: `DEFAULT_FOLDER = ${target}`,
});

describe('parseDefaultFolder', () => {
  it.each([
    ['DEFAULT_FOLDER = planck/rev6', 'planck/rev6'],
    ['  DEFAULT_FOLDER=a/b  ', 'a/b'],
    ['DEFAULT_FOLDER = a # the newest', 'a'],
    ['DEFAULT_FOLDER = a\r', 'a'],
    ['DEFAULT_FOLDER = a\nDEFAULT_FOLDER = b', 'b'],
    ['DEFAULT_FOLDER = a\nDEFAULT_FOLDER ?= b', 'a'],
    ['DEFAULT_FOLDER ?= b', 'b'],
    ['MCU = x\n\nDEFAULT_FOLDER = a\nBOOTLOADER = y', 'a'],
    ['DEFAULT_FOLDER =', ''],
  ])('reads %j as %j', (text, folder) => {
    expect(parseDefaultFolder(text)).toBe(folder);
  });

  it.each(['', '# DEFAULT_FOLDER = a', 'MY_DEFAULT_FOLDER = a', 'DEFAULT_FOLDER := a'])(
    'finds none in %j, as QMK does not',
    (text) => {
      expect(parseDefaultFolder(text)).toBeNull();
    },
  );
});

describe('the folders of a keyboard', () => {
  it('are its own and all above', () => {
    expect(folderChain('a/b/c')).toEqual(['a', 'a/b', 'a/b/c']);
    expect(folderChain('a')).toEqual(['a']);
  });

  it.each([
    ['keyboards/a/b/info.json', 'a/b'],
    ['keyboards/a/rules.mk', 'a'],
    ['keyboards/a/keymaps/default/keymap.json', 'a'],
    ['keyboards/a/keymaps/default/keymap.c', 'a'],
  ])('own %s: %s', (path, folder) => {
    expect(owningFolder(path)).toBe(folder);
  });

  it.each([
    'keyboards/a/keymaps/default/rules.mk',
    'keyboards/a/keymaps/default/keymap.h',
    'keyboards/a/keymaps/default/sub/keymap.json',
    'keyboards/a/keymaps/readme.md',
    'keyboards/readme.md',
    'data/mappings/defaults.hjson',
  ])('do not own %s', (path) => {
    expect(owningFolder(path)).toBeNull();
  });
});

describe('the list of keyboards', () => {
  it('has each folder with a marker once, sorted, and no keymap', () => {
    const { keyboards } = snapshotOf({
      ...marker('zoo'),
      ...marker('a/b'),
      'keyboards/a/b/rules.mk': 'MCU = x',
      'keyboards/a/info.json': '{}',
      'keyboards/a/b/keymaps/default/rules.mk': '',
      'keyboards/a/b/keymaps/default/keyboard.json': '',
      'keyboards/c/rules.mk': '',
    });
    expect(keyboards).toEqual(['a/b', 'c', 'zoo']);
  });

  it('names default folders in place of those that lead to them', () => {
    const snapshot = snapshotOf({
      ...leadsTo('a', 'a/b'),
      ...leadsTo('a/b', 'a/b/c'),
      ...marker('a/b/c'),
      ...marker('d'),
    });
    expect(snapshot.keyboards).toEqual(['a/b/c', 'd']);
    expect(snapshot.resolve('a')).toBe('a/b/c');
    expect(snapshot.resolve('a/b')).toBe('a/b/c');
    expect(snapshot.resolve('a/b/c')).toBe('a/b/c');
  });

  it('keeps a folder that is its own default', () => {
    expect(snapshotOf(leadsTo('a', 'a')).keyboards).toEqual(['a']);
  });

  it.each([
    ['lead in a circle', { ...leadsTo('a', 'b'), ...leadsTo('b', 'c'), ...leadsTo('c', 'a') }],
    ['lead to a folder without a keyboard', leadsTo('a', 'a/rev1')],
    ['lead nowhere', leadsTo('a', '')],
  ])('leaves out defaults that %s', (_, files) => {
    const snapshot = snapshotOf({ ...files, ...marker('z') });
    expect(snapshot.keyboards).toEqual(['z']);
    expect(snapshot.resolve('a')).toBeNull();
  });

  it.each(['', 'nothing', 'a', '../z', 'z/', '/z', 'keyboards/z'])(
    'knows no keyboard %j',
    (name) => {
      expect(snapshotOf({ ...marker('z'), ...marker('a/b') }).resolve(name)).toBeNull();
    },
  );

  it('ends for whatever default folders lead to each other', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.dictionary(names, names), (defaults) => {
        const files = Object.entries(defaults).map(([from, to]) => leadsTo(from, to));
        const snapshot = snapshotOf(Object.assign({}, marker('d'), ...files));
        for (const name of snapshot.keyboards) expect(snapshot.resolve(name)).toBe(name);
      }),
    );
  });
});

describe('the signature of a keyboard', () => {
  const files = {
    ...marker('a/b/c'),
    'keyboards/a/info.json': '1',
    'keyboards/a/b/config.h': '1',
    'keyboards/a/b/c/keymaps/default/keymap.json': '1',
    'keyboards/a/b/c/keymaps/default/keymap.h': '1',
    'keyboards/a/other/info.json': '1',
    'data/mappings/defaults.hjson': '1',
    'quantum/rules.mk': '1',
  };
  const signature = (changes: Readonly<Record<string, string>>, without?: string) => {
    const all: Record<string, string> = { ...files, ...changes };
    if (without !== undefined) delete all[without];
    return snapshotOf(all).signature('a/b/c');
  };
  const before = signature({});

  it('does not depend on the order of the files', () => {
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(snapshotOf(reversed).signature('a/b/c')).toBe(before);
  });

  it.each([
    'keyboards/a/info.json',
    'keyboards/a/b/config.h',
    'keyboards/a/b/c/keyboard.json',
    'keyboards/a/b/c/keymaps/default/keymap.json',
    'data/mappings/defaults.hjson',
  ])('changes with %s, and when that goes', (path) => {
    expect(signature({ [path]: '2' })).not.toBe(before);
    expect(signature({}, path)).not.toBe(before);
  });

  it.each([
    'keyboards/a/rules.mk',
    'keyboards/a/b/b.h',
    'keyboards/a/b/c/c.c',
    'keyboards/a/b/c/keymaps/via/keymap.json',
    'keyboards/a/b/c/keymaps/default/keymap.c',
    'keyboards/a/keymaps/all/keymap.json',
    'keyboards/readme.md',
    'data/schemas/keyboard.jsonschema',
    'lib/python/qmk/info.py',
    'layouts/default/60_ansi/layout.json',
  ])('changes when %s appears', (path) => {
    expect(signature({ [path]: '1' })).not.toBe(before);
  });

  it.each([
    'keyboards/a/b/c/keymaps/default/keymap.h',
    'keyboards/a/b/c/keymaps/default/rules.mk',
    'keyboards/a/b/c/keymaps/default/readme.md',
    'keyboards/a/other/info.json',
    'keyboards/a/b/d/keyboard.json',
    'keyboards/a/b/c/lib/thing.c',
    'keyboards/ab/info.json',
    'quantum/rules.mk',
    'modules/me/clock/qmk_module.json',
  ])('stays when %s changes', (path) => {
    expect(signature({ [path]: '2' })).toBe(before);
  });

  it('tells a file that moved from one folder of the chain to another', () => {
    const moved = { 'keyboards/a/b/info.json': '1' };
    expect(signature(moved, 'keyboards/a/info.json')).not.toBe(before);
  });

  it('is the same from the stamps of its own files and what identifies the shared ones', () => {
    const own = Object.entries(files).filter(([path]) => path.startsWith('keyboards/a/b/c/'));
    const chain = [
      ['keyboards/a/info.json', '1'],
      ['keyboards/a/b/config.h', '1'],
    ] as const;
    const { shared } = snapshotOf(files);
    expect(signatureOf('a/b/c', new Map([...own, ...chain]), shared)).toBe(before);
    expect(signatureOf('a/b/c', new Map([...own, ...chain]), 'other')).not.toBe(before);
  });
});

describe('the signature of the facts', () => {
  const facts = (files: Readonly<Record<string, string>>) => snapshotOf(files).facts;

  it.each([
    'modules/me/clock/qmk_module.json',
    'quantum/keymap_extras/keymap_german.h',
    'platforms/chibios/converters/promicro_to_thing/pre_converter.mk',
    'builddefs/common_features.mk',
    'data/constants/keycodes/keycodes_0.0.1.hjson',
    'keycodes.json',
  ])('changes with %s', (path) => {
    expect(facts({ [path]: '2' })).not.toBe(facts({ [path]: '1' }));
    expect(facts({ [path]: '1' })).not.toBe(facts({}));
  });

  it('stays when only a keyboard changes', () => {
    expect(facts({ ...marker('a') })).toBe(facts({}));
  });
});
