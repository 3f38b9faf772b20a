import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCatalogueDatabase } from '../../../../core/catalogue/catalogue-database.ts';
import {
  createKeyboardStore,
  type KeyboardStore,
} from '../../../../core/catalogue/keyboard-store.ts';
import {
  type ClosableCatalogue,
  createTreeCatalogue,
} from '../../../../core/catalogue/tree-catalogue.ts';
import type { Database } from '../../../../core/db/database.ts';
import { KilnError } from '../../../../core/errors.ts';
import { createLogger } from '../../../../core/log.ts';
import type { FirmwareTree } from '../../../../core/trees/contract.ts';
import { FakeReader } from '../../../fixtures/catalogue/fake-reader.ts';
import { until } from '../../../fixtures/service/until.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const log = createLogger({ level: 'silent', name: 'test' });

let root: string;
let now: number;
let database: Database;
let store: KeyboardStore;
let reader: FakeReader;
let catalogue: ClosableCatalogue;
let size = 0;

/** Writes a file that differs from all before it, in its size at least. */
function write(path: string, text = ' '.repeat(++size)): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Everything is looked through again. */
function later(): void {
  now += 60_000;
}

const treeAt = (path: string, kind: FirmwareTree['kind'] = 'folder') =>
  ({ name: 'qmk', kind, path, origin: null }) as FirmwareTree;

function open(tree = treeAt(root)): ClosableCatalogue {
  const opened = createTreeCatalogue({
    tree,
    store,
    reader,
    log,
    now: () => now,
    git: async () => {
      throw new Error('no git here');
    },
  });
  onTestFinished(() => opened.close());
  return opened;
}

beforeEach(() => {
  root = temporaryFolder();
  now = 1_700_000_000_000;
  database = openCatalogueDatabase(':memory:', log);
  onTestFinished(() => void database.close());
  store = createKeyboardStore(database);
  reader = new FakeReader();
  for (const name of ['a', 'b', 'c/rev1']) write(`keyboards/${name}/keyboard.json`);
  write('keyboards/c/rules.mk', 'DEFAULT_FOLDER = c/rev1\n');
  write('data/mappings/keyboard_aliases.hjson', '{"old": {"target": "c"}, "b": {"target": "a"}}');
  catalogue = open();
});

describe('the list of keyboards', () => {
  it('is there, and can be searched, with nothing read', async () => {
    await expect(catalogue.keyboards()).resolves.toEqual(['a', 'b', 'c/rev1']);
    expect(store.search(['qmk'], 'rev', 9).map(({ name }) => name)).toEqual(['c/rev1']);
    await expect(catalogue.status()).resolves.toMatchObject({ state: 'listed', total: 3, done: 0 });
    expect(reader.reads).toEqual([]);
  });

  it('follows the folder after some seconds, and lets nobody wait who asks again within a minute', async () => {
    await catalogue.keyboards();
    write('keyboards/d/keyboard.json');
    now += 9000;
    await expect(catalogue.keyboards()).resolves.not.toContain('d');
    expect(store.totals('qmk').total).toBe(3);
    now += 2000;
    await expect(catalogue.keyboards()).resolves.not.toContain('d');
    await until('the look behind that answer', () => store.totals('qmk').total === 4);
    await expect(catalogue.keyboards()).resolves.toContain('d');
  });

  it('is that of now when nobody asked for a minute', async () => {
    await catalogue.keyboards();
    write('keyboards/d/keyboard.json');
    later();
    await expect(catalogue.keyboards()).resolves.toContain('d');
  });

  it('is given even when it cannot be kept', async () => {
    database.close();
    await expect(catalogue.keyboards()).resolves.toHaveLength(3);
  });

  it('says that the tree is gone when it is', async () => {
    rmSync(root, { recursive: true });
    await expect(catalogue.keyboards()).rejects.toMatchObject({ code: 'tree.missing' });
  });
});

describe('a keyboard that somebody asks for', () => {
  it('is read at once, and kept', async () => {
    await expect(catalogue.info('a')).resolves.toMatchObject({ keyboard_name: 'a' });
    await expect(catalogue.readme('a')).resolves.toBe('# a');
    expect(reader.reads).toEqual([['a', 'now']]);
    await expect(open().info('a')).resolves.toMatchObject({ keyboard_name: 'a' });
    expect(reader.reads).toHaveLength(1);
  });

  it('is read once however many ask at the same time', async () => {
    const gate = reader.hold('a');
    const asked = Promise.all([
      catalogue.info('a'),
      catalogue.readme('a'),
      catalogue.infoText('a'),
      catalogue.info('b'),
    ]);
    gate.resolve();
    await asked;
    expect(reader.readsOf('a')).toBe(1);
    expect(reader.readsOf('b')).toBe(1);
  });

  it('is read again once one of its files changed, and not when another’s did', async () => {
    await catalogue.info('a');
    write('keyboards/b/info.json');
    await catalogue.info('a');
    expect(reader.readsOf('a')).toBe(1);
    write('keyboards/a/info.json');
    await catalogue.info('a');
    expect(reader.readsOf('a')).toBe(2);
  });

  it('is read again once a file changed that all depend on', async () => {
    await catalogue.info('a');
    write('data/schemas/keyboard.jsonschema');
    later();
    await catalogue.info('a');
    expect(reader.readsOf('a')).toBe(2);
  });

  it('is read anew when a file changes while it is read', async () => {
    const gate = reader.hold('a');
    const first = catalogue.info('a');
    while (reader.readsOf('a') === 0) await new Promise(setImmediate);
    write('keyboards/a/info.json');
    const second = catalogue.info('a');
    while (reader.readsOf('a') === 1) await new Promise(setImmediate);
    gate.resolve();
    await Promise.all([first, second]);
    expect(reader.readsOf('a')).toBe(2);
  });

  it('is kept with its error when it is broken, and found mended later', async () => {
    reader.breakMetadata('a');
    const broken = { code: 'keyboard.metadata-broken', message: 'is no JSON' };
    await expect(catalogue.info('a')).rejects.toMatchObject(broken);
    await expect(catalogue.info('a')).rejects.toMatchObject(broken);
    await expect(catalogue.readme('a')).resolves.toBeNull();
    expect(reader.readsOf('a')).toBe(1);
    await expect(catalogue.broken()).resolves.toEqual([
      { name: 'a', message: 'is no JSON', readAt: now },
    ]);
    await expect(catalogue.keyboards()).resolves.toContain('a');
    reader.faults.clear();
    write('keyboards/a/keyboard.json');
    await expect(catalogue.info('a')).resolves.toMatchObject({ keyboard_name: 'a' });
    await expect(catalogue.broken()).resolves.toEqual([]);
  });

  it('is tried again the next time when the reader failed, not the keyboard', async () => {
    reader.faults.set('a', new KilnError('toolchain.missing', 'No Python.'));
    await expect(catalogue.info('a')).rejects.toMatchObject({ code: 'toolchain.missing' });
    reader.faults.clear();
    await expect(catalogue.info('a')).resolves.toMatchObject({ keyboard_name: 'a' });
    await expect(catalogue.broken()).resolves.toEqual([]);
  });

  it.each(['nothing', 'c/rev2', '', '..', '../a', 'a/', '/a', 'constructor'])(
    'has to be known: %j is not',
    async (name) => {
      await expect(catalogue.info(name)).rejects.toMatchObject({
        code: 'keyboard.unknown',
        details: { keyboard: name, tree: 'qmk' },
      });
      await expect(catalogue.resolve(name)).resolves.toBeNull();
      expect(reader.reads).toEqual([]);
    },
  );

  it('is known soon after its folder was made', async () => {
    await expect(catalogue.info('d')).rejects.toMatchObject({ code: 'keyboard.unknown' });
    write('keyboards/d/keyboard.json');
    now += 2000;
    await expect(catalogue.info('d')).resolves.toMatchObject({ keyboard_name: 'd' });
  });
});

describe('names', () => {
  it('lead through old names and default folders to what is built', async () => {
    await expect(catalogue.resolve('old')).resolves.toBe('c/rev1');
    await expect(catalogue.resolve('c')).resolves.toBe('c/rev1');
    await expect(catalogue.resolve('a')).resolves.toBe('a');
    await expect(catalogue.info('old')).resolves.toMatchObject({ keyboard_name: 'c/rev1' });
  });

  it('that are listed publish themselves, even where builds take them for old ones', async () => {
    await expect(catalogue.resolve('b')).resolves.toBe('a');
    await expect(catalogue.info('b')).resolves.toMatchObject({ keyboard_name: 'b' });
  });

  it('are given as the tree lists them', async () => {
    await expect(catalogue.aliases()).resolves.toEqual({
      old: { target: 'c' },
      b: { target: 'a' },
    });
  });

  it('of old find a keyboard that was read', async () => {
    await catalogue.info('c');
    expect(store.search(['qmk'], 'old', 9).map(({ name }) => name)).toEqual(['c/rev1']);
  });

  it('follow the file that lists the old ones', async () => {
    await catalogue.resolve('old');
    write('data/mappings/keyboard_aliases.hjson', '{"older": {"target": "a"}}');
    later();
    await expect(catalogue.resolve('old')).resolves.toBeNull();
    await expect(catalogue.resolve('older')).resolves.toBe('a');
  });
});

describe('a keymap', () => {
  const path = 'keyboards/a/keymaps/default/keymap.json';
  beforeEach(() => write(path));

  it('comes with its keyboard, read for it if need be', async () => {
    await expect(catalogue.keymap(path)).resolves.toBe('{"read":1}');
    await expect(catalogue.keymap(path)).resolves.toBe('{"read":1}');
    expect(reader.reads).toEqual([['a', 'now']]);
  });

  it('of a folder above comes with the first keyboard below it', async () => {
    write('keyboards/c/keymaps/all/keymap.json');
    await catalogue.keymap('keyboards/c/keymaps/all/keymap.json');
    expect(reader.reads).toEqual([['c/rev1', 'now']]);
  });

  it('is read again once it changed, and gone once it is', async () => {
    await catalogue.keymap(path);
    write(path);
    await expect(catalogue.keymap(path)).resolves.toBe('{"read":2}');
    rmSync(join(root, path));
    await expect(catalogue.keymap(path)).resolves.toBeNull();
  });

  it.each([
    'keyboards/nothing/keymaps/default/keymap.json',
    'keyboards/a/keymaps/other/keymap.json',
    'keyboards/a/keyboard.json',
    '../../etc/passwd',
  ])('there is none at %s', async (other) => {
    await expect(catalogue.keymap(other)).resolves.toBeNull();
  });
});

describe('what a tree says as a whole', () => {
  it('is asked once, and kept', async () => {
    await expect(catalogue.facts()).resolves.toMatchObject({ keycodes: new Set(['KC_A']) });
    await expect(open().facts()).resolves.toMatchObject({ keycodes: new Set(['KC_A']) });
    expect(reader.calls).toEqual(['facts']);
  });

  it.each(['data/constants/keycodes/keycodes_0.0.9.hjson', 'modules/me/clock/qmk_module.json'])(
    'is asked again when %s comes',
    async (path) => {
      await catalogue.document('v1/a.json');
      reader.keycodes = ['KC_B'];
      reader.texts.set('v1/a.json', 'new');
      write(path);
      later();
      await expect(catalogue.facts()).resolves.toMatchObject({ keycodes: new Set(['KC_B']) });
      expect(Buffer.from((await catalogue.document('v1/a.json')) ?? []).toString()).toBe('new');
    },
  );

  it('is not asked again for a keyboard’s change', async () => {
    await catalogue.document('v1/a.json');
    write('keyboards/a/info.json');
    later();
    await catalogue.document('v1/a.json');
    await catalogue.facts();
    expect(reader.calls).toEqual(['facts', 'documents']);
  });

  it('makes its documents once for all who ask', async () => {
    const asked = ['v1/a.json', 'v1/a.json', 'nothing'].map((path) => catalogue.document(path));
    const [first, second, third] = await Promise.all(asked);
    expect(Buffer.from(first ?? []).toString()).toBe('{}');
    expect(second).toEqual(first);
    expect(third).toBeNull();
    expect(reader.calls).toEqual(['facts', 'documents']);
  });

  it('is asked again once the tree lies elsewhere', async () => {
    await catalogue.document('v1/a.json');
    await catalogue.index();
    const old = root;
    root = temporaryFolder();
    write('keyboards/a/keyboard.json');
    const moved = open(treeAt(root));
    await expect(moved.status()).resolves.toMatchObject({ state: 'listed' });
    await moved.document('v1/a.json');
    expect(reader.calls.filter((call) => call === 'documents')).toHaveLength(2);
    root = old;
  });
});

describe('indexing', () => {
  it('reads every keyboard in the background, facts and documents too', async () => {
    await expect(catalogue.index()).resolves.toMatchObject({
      state: 'complete',
      total: 3,
      done: 3,
      broken: 0,
      changedAt: now,
    });
    expect(reader.reads).toEqual([
      ['a', 'background'],
      ['b', 'background'],
      ['c/rev1', 'background'],
    ]);
    expect(reader.calls).toEqual(['beginRun', 'rest', 'facts', 'rest', 'documents']);
  });

  it('reads only what changed since, in another process as well', async () => {
    await catalogue.info('a');
    await catalogue.index();
    expect(reader.readsOf('a')).toBe(1);
    write('keyboards/c/info.json');
    write('keyboards/d/keyboard.json');
    rmSync(join(root, 'keyboards/b'), { recursive: true });
    reader.reads.length = 0;
    await expect(open().index()).resolves.toMatchObject({ state: 'complete', total: 3, done: 3 });
    expect(reader.reads.map(([name]) => name)).toEqual(['c/rev1', 'd']);
    expect(store.search(['qmk'], '', 9).map(({ name }) => name)).toEqual(['a', 'c/rev1', 'd']);
  });

  it('keeps a broken keyboard with its error, and does not read it again until it changes', async () => {
    reader.breakMetadata('b');
    await expect(catalogue.index()).resolves.toMatchObject({
      state: 'complete',
      broken: 1,
      done: 3,
    });
    later();
    await catalogue.index();
    expect(reader.readsOf('b')).toBe(1);
  });

  it('tries a keyboard again that crashed the reader, at the next run', async () => {
    reader.faults.set('b', new KilnError('tree.broken', 'Its Python ended.'));
    await expect(catalogue.index()).resolves.toMatchObject({ state: 'complete', broken: 1 });
    await expect(catalogue.broken()).resolves.toMatchObject([{ message: 'Its Python ended.' }]);
    reader.faults.clear();
    await expect(catalogue.index()).resolves.toMatchObject({ state: 'complete', broken: 0 });
    expect(reader.readsOf('b')).toBe(2);
    expect(reader.readsOf('a')).toBe(1);
  });

  it('is one run for all who ask for it, and another one afterwards', async () => {
    await Promise.all([catalogue.index(), catalogue.index()]);
    expect(reader.calls.filter((call) => call === 'beginRun')).toHaveLength(1);
    await catalogue.index();
    expect(reader.calls.filter((call) => call === 'beginRun')).toHaveLength(2);
    expect(reader.calls.filter((call) => call === 'documents')).toHaveLength(1);
  });

  it('answers questions meanwhile, and does not read again what it read for them', async () => {
    const gate = reader.hold('a');
    const running = catalogue.index();
    while (reader.reads.length === 0) await new Promise(setImmediate);
    await expect(catalogue.status()).resolves.toMatchObject({ state: 'indexing', total: 3 });
    await expect(catalogue.info('c')).resolves.toMatchObject({ keyboard_name: 'c/rev1' });
    gate.resolve();
    await expect(running).resolves.toMatchObject({ state: 'complete' });
    expect(reader.reads).toContainEqual(['c/rev1', 'now']);
  });

  it('gives another revision when something changed, and the same when nothing did', async () => {
    const first = await catalogue.index();
    later();
    const second = await catalogue.index();
    expect(second.revision).toBe(first.revision);
    expect(second.changedAt).toBe(first.changedAt);
    later();
    write('keyboards/a/info.json');
    const third = await catalogue.index();
    expect(third.revision).not.toBe(second.revision);
    expect(third.changedAt).toBe(now);
  });

  it('says why it stopped', async () => {
    reader.faults.set('a', new KilnError('toolchain.missing', 'No Python.'));
    await expect(catalogue.index()).resolves.toMatchObject({
      state: 'stopped',
      message: 'No Python.',
      done: 0,
    });
    reader.faults.clear();
    await expect(catalogue.index()).resolves.toMatchObject({ state: 'complete', message: null });
  });

  it('of a dead process is known to be over', async () => {
    store.putTree('qmk', root, { runState: 'indexing', runLeft: 2, runAt: now });
    await catalogue.keyboards();
    await expect(catalogue.status()).resolves.toMatchObject({ state: 'indexing', done: 1 });
    later();
    await expect(catalogue.status()).resolves.toMatchObject({ state: 'stopped', done: 0 });
  });

  it('gives all that was read, by name, in as many pages as it takes', async () => {
    for (let index = 0; index < 40; index += 1) write(`keyboards/many/k${index}/keyboard.json`);
    reader.breakMetadata('many/k7');
    await catalogue.index();
    const names: string[] = [];
    for await (const { name, infoText } of catalogue.all()) {
      expect(JSON.parse(infoText)).toMatchObject({ keyboard_name: name });
      names.push(name);
    }
    const listed = await catalogue.keyboards();
    expect(names).toEqual(listed.filter((name) => name !== 'many/k7'));
  });

  it('knows the USB ids of what was read', async () => {
    reader.more = { usb: { vid: '0x1', pid: '0x2' } };
    await catalogue.info('a');
    await expect(catalogue.usb()).resolves.toEqual({
      '0x1': { '0x2': { a: { vid: '0x1', pid: '0x2' } } },
    });
  });
});

describe('closing', () => {
  it('ends a run in the middle of a keyboard, which is read the next time', async () => {
    reader.hold('b');
    const running = catalogue.index();
    while (reader.readsOf('b') === 0) await new Promise(setImmediate);
    await catalogue.close();
    await expect(running).resolves.toMatchObject({ state: 'stopped', done: 1, broken: 0 });
    reader = new FakeReader();
    await expect(open().index()).resolves.toMatchObject({ state: 'complete' });
    expect(reader.reads.map(([name]) => name)).toEqual(['b', 'c/rev1']);
  });

  it('begins no other run', async () => {
    await catalogue.close();
    await expect(catalogue.index()).resolves.toMatchObject({ state: 'listed' });
    expect(reader.calls).toEqual([]);
  });

  it('at once fails who waits for a keyboard', async () => {
    reader.hold('a');
    const asked = catalogue.info('a').catch((error: unknown) => error);
    while (reader.reads.length === 0) await new Promise(setImmediate);
    await catalogue.close();
    expect(await asked).toMatchObject({ code: 'tree.broken' });
  });

  it('for a tree that moved answers first what was asked', async () => {
    const gate = reader.hold('a');
    const asked = catalogue.info('a');
    while (reader.reads.length === 0) await new Promise(setImmediate);
    const retired = catalogue.retire();
    gate.resolve();
    await expect(asked).resolves.toMatchObject({ keyboard_name: 'a' });
    await retired;
    expect(reader.closed).toBe(true);
  });
});

describe('warming up', () => {
  it('looks through the tree and gets the reader ready as long as keyboards are to be read', async () => {
    await catalogue.warmUp();
    expect(reader.calls).toEqual(['warmUp']);
    expect(store.totals('qmk').total).toBe(3);
  });

  it('leaves the reader alone once all are read', async () => {
    await catalogue.index();
    reader.calls.length = 0;
    await open().warmUp();
    expect(reader.calls).toEqual([]);
  });
});
