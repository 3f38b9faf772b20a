/** The rows of the catalogue: what was read of each tree's keyboards. Several processes write them. */
import type { Database } from '../db/database.ts';
import { toDatabaseError } from '../db/sqlite-errors.ts';
import type { BrokenKeyboard, KeyboardInfo } from './contract.ts';
import { createKeyboardSearch, NO_TEXTS, type SearchTexts } from './keyboard-search.ts';
import type { ReadKeyboard } from './reader.ts';
import { createTreeStore } from './tree-store.ts';

export interface StoredKeyboard {
  readonly name: string;
  readonly signature: string | null;
  readonly error: string | null;
  readonly info: string | null;
  readonly readme: string | null;
}

/** With what a keyboard was read. */
export interface Reading {
  readonly signature: string;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
}

export interface Totals {
  readonly total: number;
  readonly read: number;
  readonly broken: number;
  readonly changedAt: number | null;
}

interface KeyboardColumns extends Reading {
  readonly id: number;
  readonly error: string | null;
  readonly title: string | null;
  readonly maker: string | null;
  readonly processor: string | null;
  readonly bootloader: string | null;
  readonly vid: string | null;
  readonly pid: string | null;
  readonly usb: string | null;
  readonly readme: string | null;
  readonly info: string | null;
}

type SourceKeyboard = Omit<KeyboardColumns, 'id'> & { readonly name: string };

const SOURCE_KEYBOARDS = `SELECT name, signature, error, read_at AS readAt, title, maker, processor, bootloader, vid, pid,
  usb, readme, info FROM keyboards`;

const UNKNOWN = {
  title: null,
  maker: null,
  processor: null,
  bootloader: null,
  vid: null,
  pid: null,
  usb: null,
  readme: null,
  info: null,
};

/** What a keyboard is found by. */
function textsOf(name: string, info: KeyboardInfo, aliases: readonly string[]): SearchTexts {
  const { keyboard_name: title = '', manufacturer, maintainer, processor = '', usb } = info;
  const together = (...texts: readonly (string | undefined)[]) => texts.filter(Boolean).join(' ');
  return {
    name,
    title,
    maker: together(manufacturer, maintainer),
    processor,
    usb: together(usb?.vid, usb?.pid),
    aliases: aliases.join(' '),
  };
}

export type KeyboardStore = ReturnType<typeof createKeyboardStore>;

/** Makes every failing call throw a `KilnError`. */
function guarded<Store extends Readonly<Record<string, unknown>>>(
  database: Database,
  store: Store,
) {
  const wrap = (call: unknown) => {
    if (typeof call !== 'function') return call;
    return (...parameters: unknown[]) => {
      try {
        return call(...parameters);
      } catch (error) {
        throw toDatabaseError(error, database.name);
      }
    };
  };
  return Object.fromEntries(
    Object.entries(store).map(([name, call]) => [name, wrap(call)]),
  ) as unknown as Store;
}

function createKeyboardRows(database: Database) {
  const idOf = database
    .prepare<[string, string], number>('SELECT id FROM keyboards WHERE tree = ? AND name = ?')
    .pluck();
  const insertName = database
    .prepare<[string, string], number>(
      'INSERT INTO keyboards (tree, name) VALUES (?, ?) RETURNING id',
    )
    .pluck();
  return {
    names: database.prepare<[string], { id: number; name: string; signature: string | null }>(
      'SELECT id, name, signature FROM keyboards WHERE tree = ? ORDER BY name',
    ),
    get: database.prepare<[string, string], StoredKeyboard>(
      'SELECT name, signature, error, info, readme FROM keyboards WHERE tree = ? AND name = ?',
    ),
    add: (tree: string, name: string): number => insertName.get(tree, name) as number,
    idOf(tree: string, name: string): number {
      return idOf.get(tree, name) ?? this.add(tree, name);
    },
    put: database.prepare<[KeyboardColumns], never>(
      `UPDATE keyboards SET signature = @signature, error = @error, read_at = @readAt, title = @title,
         maker = @maker, processor = @processor, bootloader = @bootloader, vid = @vid, pid = @pid, usb = @usb,
         readme = @readme, info = @info
       WHERE id = @id`,
    ),
    remove: database.prepare<[number], never>('DELETE FROM keyboards WHERE id = ?'),
  };
}

/** What lists are made of. */
function createKeyboardLists(database: Database) {
  const totals = database.prepare<[string], Totals>(
    `SELECT count(*) AS total, count(signature) AS read, count(error) AS broken, max(read_at) AS changedAt
     FROM keyboards WHERE tree = ?`,
  );
  const broken = database.prepare<[string], BrokenKeyboard>(
    `SELECT name, error AS message, read_at AS readAt FROM keyboards
     WHERE tree = ? AND error IS NOT NULL ORDER BY name`,
  );
  const usb = database.prepare<[string], { name: string; usb: string }>(
    'SELECT name, usb FROM keyboards WHERE tree = ? AND usb IS NOT NULL ORDER BY name',
  );
  const infoAfter = database.prepare<[string, string], { name: string; infoText: string }>(
    `SELECT name, info AS infoText FROM keyboards
     WHERE tree = ? AND name > ? AND info IS NOT NULL ORDER BY name LIMIT 16`,
  );
  const trees = database
    .prepare<[], string>('SELECT tree FROM trees UNION SELECT DISTINCT tree FROM keyboards')
    .pluck();
  return {
    totals: (tree: string): Totals => totals.get(tree) as Totals,
    broken: (tree: string): readonly BrokenKeyboard[] => broken.all(tree),
    /** USB ids as JSON, of keyboards that have some. */
    usb: (tree: string) => usb.all(tree),
    /** A page of keyboards after a name: short enough that a large answer never holds the database. */
    infoAfter: (tree: string, name: string) => infoAfter.all(tree, name),
    /** Names of trees of which something is kept. */
    trees: (): readonly string[] => trees.all(),
  };
}

export function createKeyboardStore(database: Database) {
  const rows = createKeyboardRows(database);
  const { put: putSearch, remove: removeSearch, search } = createKeyboardSearch(database);
  const { forgetTree, ...trees } = createTreeStore(database);
  const putKeymap = database.prepare<[string, string, string], never>(
    'INSERT OR REPLACE INTO keymaps (tree, path, content) VALUES (?, ?, ?)',
  );
  const getKeymap = database
    .prepare<[string, string], string>('SELECT content FROM keymaps WHERE tree = ? AND path = ?')
    .pluck();
  const clearKeymaps = database.prepare<[string], never>('DELETE FROM keymaps WHERE tree = ?');

  const syncRows = database.transaction((tree: string, wanted: readonly string[]): void => {
    const gone = new Map(rows.names.all(tree).map(({ id, name }) => [name, id]));
    for (const name of wanted) {
      if (!gone.delete(name)) putSearch(rows.add(tree, name), { name, ...NO_TEXTS });
    }
    for (const id of gone.values()) {
      rows.remove.run(id);
      removeSearch(id);
    }
  });

  const save = (
    tree: string,
    name: string,
    { aliases, ...reading }: Reading & { readonly aliases: readonly string[] },
    { infoText, readme, keymaps }: ReadKeyboard,
  ): void => {
    const id = rows.idOf(tree, name);
    const info = JSON.parse(infoText) as KeyboardInfo;
    const { keyboard_name: title = null, manufacturer: maker = null, usb } = info;
    const { processor = null, bootloader = null } = info;
    const { vid = null, pid = null } = usb ?? {};
    rows.put.run({
      ...{ id, ...reading, error: null, title, maker, processor, bootloader, vid, pid, readme },
      usb: usb === undefined ? null : JSON.stringify(usb),
      info: infoText,
    });
    for (const [path, content] of Object.entries(keymaps)) putKeymap.run(tree, path, content);
    putSearch(id, textsOf(name, info, aliases));
  };

  const saveBroken = (tree: string, name: string, reading: Reading, error: string): void => {
    const id = rows.idOf(tree, name);
    rows.put.run({ ...UNKNOWN, id, ...reading, error });
    putSearch(id, { name, ...NO_TEXTS });
  };

  const removeTree = (tree: string): void => {
    syncRows(tree, []);
    clearKeymaps.run(tree);
    forgetTree(tree);
  };

  const takeOver = (
    tree: string,
    path: string,
    source: Database,
    aliases: ReadonlyMap<string, readonly string[]>,
  ): void => {
    // Another process may have done it meanwhile.
    if (trees.tree(tree)?.path === path) return;
    removeTree(tree);
    for (const row of source.prepare<[], SourceKeyboard>(SOURCE_KEYBOARDS).iterate()) {
      const { name, ...columns } = row;
      const id = rows.add(tree, name);
      rows.put.run({ ...columns, id });
      const info = row.info === null ? null : (JSON.parse(row.info) as KeyboardInfo);
      const none = { name, ...NO_TEXTS };
      putSearch(id, info === null ? none : textsOf(name, info, aliases.get(name) ?? []));
    }
    const keymaps = source.prepare<[], { path: string; content: string }>(
      'SELECT path, content FROM keymaps',
    );
    for (const keymap of keymaps.iterate()) putKeymap.run(tree, keymap.path, keymap.content);
    trees.copyFrom(source, tree, path);
  };

  return guarded(database, {
    ...trees,
    ...createKeyboardLists(database),
    search,
    /** Names that appeared get an empty entry, names that vanished lose theirs. */
    syncNames(tree: string, wanted: readonly string[]): void {
      const known = new Set(rows.names.all(tree).map(({ name }) => name));
      // Most times there is nothing to do, and no reason to wait for who writes.
      const same = known.size === wanted.length && wanted.every((name) => known.has(name));
      if (!same) syncRows.immediate(tree, wanted);
    },
    signatures: (tree: string): ReadonlyMap<string, string | null> =>
      new Map(rows.names.all(tree).map(({ name, signature }) => [name, signature])),
    keyboard: (tree: string, name: string): StoredKeyboard | null =>
      rows.get.get(tree, name) ?? null,
    // At once: a transaction that begins by reading is refused when another process writes meanwhile.
    save: database.transaction(save).immediate,
    saveBroken: database.transaction(saveBroken).immediate,
    keymap: (tree: string, path: string): string | null => getKeymap.get(tree, path) ?? null,
    removeTree: database.transaction(removeTree).immediate,
    /**
     * Puts what another catalogue holds in the place of what is kept of a tree.
     * @param source holds that one tree alone.
     * @param aliases old names by keyboard.
     */
    takeOver: database.transaction(takeOver).immediate,
  });
}
