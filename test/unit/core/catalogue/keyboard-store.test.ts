import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCatalogueDatabase } from '../../../../core/catalogue/catalogue-database.ts';
import {
  createKeyboardStore,
  type KeyboardStore,
} from '../../../../core/catalogue/keyboard-store.ts';
import type { Database } from '../../../../core/db/database.ts';
import { createLogger } from '../../../../core/log.ts';

const log = createLogger({ level: 'silent', name: 'test' });

let database: Database;
let store: KeyboardStore;

beforeEach(() => {
  database = openCatalogueDatabase(':memory:', log);
  onTestFinished(() => void database.close());
  store = createKeyboardStore(database);
});

interface Saved {
  readonly keyboard_name?: string;
  readonly manufacturer?: string;
  readonly maintainer?: string;
  readonly processor?: string;
  readonly bootloader?: string;
  readonly usb?: { readonly vid?: string; readonly pid?: string };
}

const ENTRY = { signature: 'one', readAt: 1000, aliases: [] as string[] };

function save(
  name: string,
  info: Saved = {},
  { tree = 'qmk', ...entry }: Partial<typeof ENTRY> & { tree?: string } = {},
) {
  const infoText = JSON.stringify({ keyboard_folder: name, layouts: {}, ...info });
  store.save(tree, name, { ...ENTRY, ...entry }, { infoText, readme: `# ${name}`, keymaps: {} });
}

const found = (text: string, limit = 50, trees = ['qmk']) =>
  store.search(trees, text, limit).map(({ name }) => name);
const rowsOf = (table: string) =>
  database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;

describe('the names of a tree', () => {
  it('are its list, with nothing known of them', () => {
    store.syncNames('qmk', ['b', 'a']);
    expect([...store.signatures('qmk')]).toEqual([
      ['a', null],
      ['b', null],
    ]);
    expect(store.totals('qmk')).toEqual({ total: 2, read: 0, broken: 0, changedAt: null });
    expect(store.keyboard('qmk', 'a')).toMatchObject({ signature: null, info: null, error: null });
  });

  it('follow the list, and what was read of those that stay stays', () => {
    store.syncNames('qmk', ['a', 'b']);
    save('a');
    store.syncNames('qmk', ['a', 'c']);
    expect([...store.signatures('qmk')]).toEqual([
      ['a', 'one'],
      ['c', null],
    ]);
    expect(found('')).toEqual(['a', 'c']);
  });

  it('are found again under another case only once', () => {
    store.syncNames('qmk', ['a']);
    store.syncNames('qmk', ['A']);
    expect(found('')).toEqual(['A']);
  });

  it('leave no trace in the search when they go', () => {
    store.syncNames('qmk', ['planck', 'preonic']);
    save('planck', { keyboard_name: 'Planck' });
    store.syncNames('qmk', ['preonic']);
    expect(found('planck')).toEqual([]);
    expect(rowsOf('keyboard_search')).toBe(1);
  });

  it('are those of their own tree', () => {
    store.syncNames('qmk', ['a']);
    store.syncNames('vial', ['b']);
    store.syncNames('vial', []);
    expect(found('', 50, ['qmk', 'vial'])).toEqual(['a']);
  });
});

describe('a keyboard', () => {
  it('is kept with what lists need', () => {
    const usb = { vid: '0x03A8', pid: '0xA4F9', device_version: '0.0.1' };
    const info = { keyboard_name: 'Planck', manufacturer: 'OLKB', processor: 'STM32F303', usb };
    save('planck/rev6', { ...info, bootloader: 'stm32-dfu' });
    expect(store.keyboard('qmk', 'planck/rev6')).toMatchObject({
      name: 'planck/rev6',
      signature: 'one',
      error: null,
      readme: '# planck/rev6',
    });
    expect(store.search(['qmk'], 'planck', 1)).toEqual([
      {
        tree: 'qmk',
        name: 'planck/rev6',
        title: 'Planck',
        maker: 'OLKB',
        processor: 'STM32F303',
        bootloader: 'stm32-dfu',
        vid: '0x03A8',
        pid: '0xA4F9',
        error: null,
      },
    ]);
    expect(store.usb('qmk')).toEqual([{ name: 'planck/rev6', usb: JSON.stringify(usb) }]);
  });

  it('that says next to nothing of itself is kept, too', () => {
    save('bare');
    expect(store.search(['qmk'], 'bare', 1)).toMatchObject([{ title: null, vid: null }]);
    expect(store.usb('qmk')).toEqual([]);
  });

  it('forgets what an earlier reading said', () => {
    save('a', { keyboard_name: 'Lovely', manufacturer: 'OLKB' });
    save('a', { keyboard_name: 'Better' }, { signature: 'two', readAt: 2000 });
    expect(found('lovely')).toEqual([]);
    expect(found('better')).toEqual(['a']);
    expect(store.keyboard('qmk', 'a')?.signature).toBe('two');
    expect(store.totals('qmk')).toEqual({ total: 1, read: 1, broken: 0, changedAt: 2000 });
  });

  it('that is broken keeps its place and its error, until it can be read again', () => {
    save('a', { keyboard_name: 'Lovely', usb: { vid: '0x1' } });
    store.saveBroken('qmk', 'a', { signature: 'two', readAt: 5 }, 'no JSON');
    expect(store.keyboard('qmk', 'a')).toMatchObject({
      signature: 'two',
      error: 'no JSON',
      info: null,
    });
    expect(store.broken('qmk')).toEqual([{ name: 'a', message: 'no JSON', readAt: 5 }]);
    expect(store.totals('qmk')).toMatchObject({ total: 1, read: 1, broken: 1 });
    expect(found('lovely')).toEqual([]);
    expect(store.search(['qmk'], 'a', 1)).toMatchObject([{ name: 'a', error: 'no JSON' }]);
    expect(store.usb('qmk')).toEqual([]);
    save('a', { keyboard_name: 'Lovely' });
    expect(store.broken('qmk')).toEqual([]);
    expect(found('lovely')).toEqual(['a']);
  });

  it('has its keymaps beside it', () => {
    const read = (content: string) => ({
      infoText: '{"layouts":{}}',
      readme: null,
      keymaps: { 'keyboards/a/keymaps/x/keymap.json': content },
    });
    store.save('qmk', 'a', ENTRY, read('1'));
    store.save('qmk', 'a/b', ENTRY, read('2'));
    expect(store.keymap('qmk', 'keyboards/a/keymaps/x/keymap.json')).toBe('2');
    expect(store.keymap('vial', 'keyboards/a/keymaps/x/keymap.json')).toBeNull();
  });

  it('comes in pages after a name, broken and unread ones left out', () => {
    const names = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    store.syncNames('qmk', [...names, 'unread']);
    for (const name of names) save(name);
    store.saveBroken('qmk', 'k05', { signature: 'x', readAt: 1 }, 'broken');
    const pages: string[] = [];
    for (let page = store.infoAfter('qmk', ''); page.length > 0; ) {
      expect(page.length).toBeLessThanOrEqual(16);
      pages.push(...page.map(({ name }) => name));
      page = store.infoAfter('qmk', page.at(-1)?.name ?? '');
    }
    expect(pages).toEqual(names.filter((name) => name !== 'k05'));
  });
});

describe('search', () => {
  beforeEach(() => {
    save('planck/rev6', { keyboard_name: 'Planck', manufacturer: 'OLKB' });
    save('planck', { keyboard_name: 'Old Planck' }, { aliases: ['lets_split/old'] });
    save('handwired/planck_copy', { maintainer: 'Jane Doe' });
    save('preonic', { keyboard_name: 'Preonic', manufacturer: 'OLKB', processor: 'STM32F303' });
    save('splitty', { keyboard_name: 'Like a planck' });
    save('dz60', { manufacturer: 'KBDFans', usb: { vid: '0x4B42', pid: '0x6060' } });
    save('odd_name%', { keyboard_name: 'He said "go" (100%) - NOT\\now' });
  });

  it('gives all by name for an empty text', () => {
    expect(found('  ')).toEqual([
      'dz60',
      'handwired/planck_copy',
      'odd_name%',
      'planck',
      'planck/rev6',
      'preonic',
      'splitty',
    ]);
  });

  it('puts the keyboard of that name first, then names that begin with it, then the rest', () => {
    for (const text of ['planck', 'PLANCK']) {
      const names = found(text);
      expect(names.slice(0, 2)).toEqual(['planck', 'planck/rev6']);
      expect(names.slice(2).sort()).toEqual(['handwired/planck_copy', 'splitty']);
    }
  });

  it.each([
    ['olkb', ['planck/rev6', 'preonic']],
    ['jane', ['handwired/planck_copy']],
    ['stm32', ['preonic']],
    ['0x4b42', ['dz60']],
    ['6060', ['dz60']],
    ['lets_split', ['planck']],
    ['lanc', ['planck', 'planck/rev6', 'handwired/planck_copy', 'splitty']],
    ['nothing', []],
  ])('finds %j wherever it stands', (text, names) => {
    expect(found(text).sort()).toEqual([...names].sort());
  });

  it('wants every word, in any order and wherever each is found', () => {
    expect(found('olkb stm32f303')).toEqual(['preonic']);
    expect(found('rev6 planck')).toEqual(['planck/rev6']);
    expect(found('planck nothing')).toEqual([]);
  });

  it.each([
    ['60', ['dz60']],
    ['z6', ['dz60']],
    ['kb', ['dz60', 'planck/rev6', 'preonic']],
    ['F3 olkb', ['preonic']],
    ['g', ['odd_name%']],
  ])('finds words of one and two letters, such as %j', (text, names) => {
    expect(found(text).sort()).toEqual(names);
  });

  it.each([
    ['%', ['odd_name%']],
    ['_', ['handwired/planck_copy', 'odd_name%']],
    ['\\', ['odd_name%']],
    ['0%', ['odd_name%']],
    ['%%%', []],
    ['"go"', ['odd_name%']],
    ['"', ['odd_name%']],
    ['100%)', ['odd_name%']],
    ['NOT\\now', ['odd_name%']],
    ['planck NEAR', []],
    ['NOT planck', []],
    ['planck*', []],
    ['name:planck', []],
    ['^planck', []],
    ['-planck', []],
    ["';DROP", []],
  ])('takes %j literally', (text, names) => {
    expect(found(text).sort()).toEqual(names);
  });

  it('answers whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(Array.isArray(found(text))).toBe(true);
      }),
      { examples: [['\0'], ['a\0b'], ['😀'], ['😀a'], ['""" OR'], ['\ud800abc']] },
    );
  });

  it('gives no more than asked for, the best ones', () => {
    expect(found('planck', 1)).toEqual(['planck']);
    expect(found('', 2)).toEqual(['dz60', 'handwired/planck_copy']);
    expect(found('', 0)).toEqual([]);
  });

  it('looks in the trees that it is told, and in no other', () => {
    save('planck', { keyboard_name: 'Vial' }, { tree: 'vial' });
    const trees = store.search(['qmk', 'vial'], 'planck', 2).map(({ tree, name }) => [tree, name]);
    expect(trees.sort()).toEqual([
      ['qmk', 'planck'],
      ['vial', 'planck'],
    ]);
    expect(found('planck', 50, ['vial'])).toEqual(['planck']);
    expect(found('planck', 50, [])).toEqual([]);
  });
});

describe('what is kept of a tree', () => {
  it('is nothing at first', () => {
    expect(store.tree('qmk')).toBeNull();
    expect(store.trees()).toEqual([]);
  });

  it('changes by the members that are given', () => {
    store.putTree('qmk', '/a', { facts: '{}', factsSignature: 'one' });
    store.putTree('qmk', '/a', { indexedAt: 5 });
    expect(store.tree('qmk')).toMatchObject({ facts: '{}', factsSignature: 'one', indexedAt: 5 });
  });

  it('is void once the tree lies elsewhere, but for its keyboards', () => {
    save('a');
    store.putTree('qmk', '/a', {
      facts: '{}',
      factsSignature: 'one',
      indexedAt: 5,
      runState: 'complete',
    });
    store.putTree('qmk', '/b', { runState: 'indexing' });
    expect(store.tree('qmk')).toEqual({
      path: '/b',
      facts: null,
      factsSignature: null,
      documentsAt: null,
      indexedAt: null,
      runState: 'indexing',
      runLeft: null,
      runRate: null,
      runMessage: null,
      runAt: null,
    });
    expect(found('')).toEqual(['a']);
  });

  it('holds its documents, all of them new at a time', () => {
    const text = (value: string) => new TextEncoder().encode(value);
    store.saveDocuments(
      'qmk',
      '/a',
      new Map([
        ['v1/a.json', text('1')],
        ['b', text('2')],
      ]),
      7,
    );
    store.saveDocuments('qmk', '/a', new Map([['v1/a.json', text('3')]]), 8);
    expect(Buffer.from(store.document('qmk', 'v1/a.json') ?? []).toString()).toBe('3');
    expect(store.document('qmk', 'b')).toBeNull();
    expect(store.document('vial', 'v1/a.json')).toBeNull();
    expect(store.tree('qmk')?.documentsAt).toBe(8);
  });

  it('goes whole, and nothing of other trees with it', () => {
    for (const tree of ['qmk', 'vial']) {
      save('planck', {}, { tree });
      const keymaps = { 'keyboards/k/keymaps/x/keymap.json': '{}' };
      store.save(tree, 'k', ENTRY, { infoText: '{"layouts":{}}', readme: null, keymaps });
      store.saveDocuments(tree, `/${tree}`, new Map([['readme.md', new Uint8Array([1])]]), 1);
    }
    expect(store.trees()).toEqual(['qmk', 'vial']);
    store.removeTree('qmk');
    expect(store.trees()).toEqual(['vial']);
    for (const table of ['trees', 'keymaps', 'documents']) expect(rowsOf(table)).toBe(1);
    for (const table of ['keyboards', 'keyboard_search']) expect(rowsOf(table)).toBe(2);
  });
});

describe('a failing database', () => {
  it('is an error that a person can act on', () => {
    database.close();
    expect(() => store.totals('qmk')).toThrow(expect.objectContaining({ name: 'KilnError' }));
  });
});
