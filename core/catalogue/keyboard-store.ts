/** The rows of the catalogue: what was read of each tree's keyboards, and search over them. */
import type { Database } from '../db/database.ts';
import { toDatabaseError } from '../db/sqlite-errors.ts';
import type {
  BrokenKeyboard,
  KeyboardAlias,
  KeyboardInfo,
  KeyboardSummary,
  KeyboardUsb,
} from './contract.ts';
import type { ReadKeyboard } from './reader.ts';

export interface StoredKeyboard {
  readonly name: string;
  readonly signature: string | null;
  readonly error: string | null;
  readonly info: string | null;
  readonly readme: string | null;
}

export interface TreeRow {
  readonly path: string;
  readonly sharedSignature: string | null;
  /** JSON. */
  readonly facts: string | null;
  readonly documentsAt: number | null;
  readonly indexedAt: number | null;
  readonly runState: RunState | null;
  /** Keyboards still to be read; null until that is known. */
  readonly runLeft: number | null;
  readonly runRate: number | null;
  readonly runMessage: string | null;
  /** When the run last gave a sign of life. */
  readonly runAt: number | null;
}

export type RunState = 'indexing' | 'complete' | 'stopped';

export interface Totals {
  readonly total: number;
  readonly read: number;
  readonly broken: number;
  readonly changedAt: number | null;
}

const EMPTY_TREE: Omit<TreeRow, 'path'> = {
  sharedSignature: null,
  facts: null,
  documentsAt: null,
  indexedAt: null,
  runState: null,
  runLeft: null,
  runRate: null,
  runMessage: null,
  runAt: null,
};

export type KeyboardStore = ReturnType<typeof createKeyboardStore>;

/** A word as FTS5 takes it whatever it holds. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/** `LIKE` with the word's own wildcards taken literally. */
function likePattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

const SUMMARY =
  'k.tree, k.name, k.title, k.maker, k.processor, k.bootloader, k.vid, k.pid, k.error';

/** Trigrams cannot find shorter words. */
const SHORTEST_TRIGRAM = 3;

export function createKeyboardStore(database: Database) {
  const prepare = <Parameters extends unknown[], Row>(sql: string) =>
    database.prepare<Parameters, Row>(sql);
  const guarded =
    <Arguments extends unknown[], Result>(call: (...parameters: Arguments) => Result) =>
    (...parameters: Arguments): Result => {
      try {
        return call(...parameters);
      } catch (error) {
        throw toDatabaseError(error, database.name);
      }
    };

  const getTree = prepare<[string], TreeRow>(
    `SELECT path, shared_signature AS sharedSignature, facts, documents_at AS documentsAt,
       indexed_at AS indexedAt, run_state AS runState, run_left AS runLeft, run_rate AS runRate,
       run_message AS runMessage, run_at AS runAt
     FROM trees WHERE tree = ?`,
  );
  const putTree = prepare<[Record<string, unknown>], never>(
    `INSERT OR REPLACE INTO trees (tree, path, shared_signature, facts, documents_at, indexed_at, run_state,
       run_left, run_rate, run_message, run_at)
     VALUES (@tree, @path, @sharedSignature, @facts, @documentsAt, @indexedAt, @runState, @runLeft, @runRate,
       @runMessage, @runAt)`,
  );
  const names = prepare<[string], { id: number; name: string; signature: string | null }>(
    'SELECT id, name, signature FROM keyboards WHERE tree = ? ORDER BY name',
  );
  const insertName = prepare<[string, string], { id: number }>(
    'INSERT INTO keyboards (tree, name) VALUES (?, ?) RETURNING id',
  );
  const deleteRow = prepare<[number], never>('DELETE FROM keyboards WHERE id = ?');
  const deleteSearch = prepare<[number], never>('DELETE FROM keyboard_search WHERE rowid = ?');
  const insertSearch = prepare<unknown[], never>(
    'INSERT INTO keyboard_search (rowid, name, title, maker, processor, usb, aliases) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const idOf = prepare<[string, string], { id: number }>(
    'SELECT id FROM keyboards WHERE tree = ? AND name = ?',
  );
  const getKeyboard = prepare<[string, string], StoredKeyboard>(
    'SELECT name, signature, error, info, readme FROM keyboards WHERE tree = ? AND name = ?',
  );
  const putKeyboard = prepare<[Record<string, unknown>], never>(
    `UPDATE keyboards SET signature = @signature, error = @error, read_at = @readAt, title = @title,
       maker = @maker, processor = @processor, bootloader = @bootloader, vid = @vid, pid = @pid, usb = @usb,
       readme = @readme, info = @info
     WHERE id = @id`,
  );
  const putKeymap = prepare<[string, string, string], never>(
    'INSERT OR REPLACE INTO keymaps (tree, path, content) VALUES (?, ?, ?)',
  );
  const getKeymap = prepare<[string, string], { content: string }>(
    'SELECT content FROM keymaps WHERE tree = ? AND path = ?',
  );
  const getDocument = prepare<[string, string], { content: Uint8Array }>(
    'SELECT content FROM documents WHERE tree = ? AND path = ?',
  );
  const clearDocuments = prepare<[string], never>('DELETE FROM documents WHERE tree = ?');
  const putDocument = prepare<[string, string, Uint8Array], never>(
    'INSERT INTO documents (tree, path, content) VALUES (?, ?, ?)',
  );
  const totals = prepare<[string], Totals>(
    `SELECT count(*) AS total, count(signature) AS read, count(error) AS broken, max(read_at) AS changedAt
     FROM keyboards WHERE tree = ?`,
  );
  const brokenOnes = prepare<[string], BrokenKeyboard>(
    `SELECT name, error AS message, read_at AS readAt FROM keyboards
     WHERE tree = ? AND error IS NOT NULL ORDER BY name`,
  );
  const usbOf = prepare<[string], { name: string; usb: string }>(
    'SELECT name, usb FROM keyboards WHERE tree = ? AND usb IS NOT NULL ORDER BY name',
  );
  const nextInfo = prepare<[string, string], { name: string; infoText: string }>(
    `SELECT name, info AS infoText FROM keyboards
     WHERE tree = ? AND name > ? AND info IS NOT NULL ORDER BY name LIMIT 16`,
  );

  const replaceSearch = (id: number, columns: readonly string[]): void => {
    deleteSearch.run(id);
    insertSearch.run(id, ...columns);
  };

  /** Changes the given columns; the others stay, unless the tree lies elsewhere by now. */
  const putTreeRow = database.transaction(
    (tree: string, path: string, row: Partial<Omit<TreeRow, 'path'>>): void => {
      const known = getTree.get(tree);
      const kept = known?.path === path ? known : EMPTY_TREE;
      putTree.run({ ...EMPTY_TREE, ...kept, ...row, tree, path });
    },
  );

  /** Names that appeared get an empty entry, names that vanished lose theirs. */
  const syncNames = database.transaction((tree: string, wanted: readonly string[]): void => {
    const rows = new Map(names.all(tree).map((row) => [row.name, row.id]));
    for (const name of wanted) {
      if (rows.delete(name)) continue;
      const id = insertName.get(tree, name)?.id ?? 0;
      insertSearch.run(id, name, '', '', '', '', '');
    }
    for (const id of rows.values()) {
      deleteRow.run(id);
      deleteSearch.run(id);
    }
  });

  const save = database.transaction(
    (
      tree: string,
      name: string,
      entry: { signature: string; readAt: number; aliases: readonly string[] },
      read: ReadKeyboard,
    ): void => {
      const id = (idOf.get(tree, name) ?? insertName.get(tree, name))?.id ?? 0;
      const info = JSON.parse(read.infoText) as KeyboardInfo;
      const usb: KeyboardUsb = info.usb ?? {};
      putKeyboard.run({
        id,
        signature: entry.signature,
        error: null,
        readAt: entry.readAt,
        title: info.keyboard_name ?? null,
        maker: info.manufacturer ?? null,
        processor: info.processor ?? null,
        bootloader: info.bootloader ?? null,
        vid: usb.vid ?? null,
        pid: usb.pid ?? null,
        usb: info.usb === undefined ? null : JSON.stringify(info.usb),
        readme: read.readme,
        info: read.infoText,
      });
      for (const [path, content] of Object.entries(read.keymaps))
        putKeymap.run(tree, path, content);
      const people = [info.manufacturer, info.maintainer].filter(Boolean).join(' ');
      const ids = [usb.vid, usb.pid].filter(Boolean).join(' ');
      replaceSearch(id, [
        name,
        info.keyboard_name ?? '',
        people,
        info.processor ?? '',
        ids,
        entry.aliases.join(' '),
      ]);
    },
  );

  const saveBroken = database.transaction(
    (
      tree: string,
      name: string,
      entry: { signature: string; readAt: number },
      error: string,
    ): void => {
      const id = (idOf.get(tree, name) ?? insertName.get(tree, name))?.id ?? 0;
      const empty = { title: null, maker: null, processor: null, bootloader: null };
      const none = { vid: null, pid: null, usb: null, readme: null, info: null };
      putKeyboard.run({ id, ...entry, error, ...empty, ...none });
      replaceSearch(id, [name, '', '', '', '', '']);
    },
  );

  const saveDocuments = database.transaction(
    (tree: string, documents: ReadonlyMap<string, Uint8Array>): void => {
      clearDocuments.run(tree);
      for (const [path, content] of documents) putDocument.run(tree, path, content);
    },
  );

  const removeTree = database.transaction((tree: string): void => {
    syncNames(tree, []);
    clearDocuments.run(tree);
    database.prepare('DELETE FROM keymaps WHERE tree = ?').run(tree);
    database.prepare('DELETE FROM trees WHERE tree = ?').run(tree);
  });

  /** Every word has to be found; what stands in the name counts most. */
  const search = (trees: readonly string[], text: string, limit: number): KeyboardSummary[] => {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const long = words.filter((word) => word.length >= SHORTEST_TRIGRAM);
    const short = words.filter((word) => word.length < SHORTEST_TRIGRAM);
    const conditions = [
      `k.tree IN (${trees.map(() => '?').join(', ')})`,
      ...short.map(() => `(k.name LIKE ? ESCAPE '\\' OR k.title LIKE ? ESCAPE '\\')`),
    ];
    const parameters: unknown[] = [
      ...trees,
      ...short.flatMap((word) => Array(2).fill(likePattern(word))),
    ];
    const first = words[0] ?? '';
    const order = `k.name = ? DESC, k.name LIKE ? ESCAPE '\\' DESC`;
    const orderParameters = [text.trim().toLowerCase(), likePattern(first).slice(1)];
    if (long.length === 0) {
      return prepare<unknown[], KeyboardSummary>(
        `SELECT ${SUMMARY} FROM keyboards k WHERE ${conditions.join(' AND ')}
         ORDER BY ${order}, k.name LIMIT ?`,
      ).all(...parameters, ...orderParameters, limit);
    }
    return prepare<unknown[], KeyboardSummary>(
      `SELECT ${SUMMARY} FROM keyboard_search s JOIN keyboards k ON k.id = s.rowid
       WHERE keyboard_search MATCH ? AND ${conditions.join(' AND ')}
       ORDER BY ${order}, bm25(keyboard_search, 10, 8, 3, 2, 4, 2), k.name LIMIT ?`,
    ).all(long.map(quoted).join(' '), ...parameters, ...orderParameters, limit);
  };

  return {
    tree: guarded((tree: string): TreeRow | null => getTree.get(tree) ?? null),
    putTree: guarded(putTreeRow),
    removeTree: guarded(removeTree),
    syncNames: guarded(syncNames),
    signatures: guarded(
      (tree: string): ReadonlyMap<string, string | null> =>
        new Map(names.all(tree).map(({ name, signature }) => [name, signature])),
    ),
    keyboard: guarded(
      (tree: string, name: string): StoredKeyboard | null => getKeyboard.get(tree, name) ?? null,
    ),
    save: guarded(save),
    saveBroken: guarded(saveBroken),
    keymap: guarded(
      (tree: string, path: string): string | null => getKeymap.get(tree, path)?.content ?? null,
    ),
    saveDocuments: guarded(saveDocuments),
    document: guarded(
      (tree: string, path: string): Uint8Array | null =>
        getDocument.get(tree, path)?.content ?? null,
    ),
    totals: guarded((tree: string): Totals => totals.get(tree) as Totals),
    broken: guarded((tree: string): readonly BrokenKeyboard[] => brokenOnes.all(tree)),
    usb: guarded((tree: string) => usbOf.all(tree)),
    /** A page of keyboards after a name: short enough that a large answer never holds the database. */
    infoAfter: guarded((tree: string, name: string) => nextInfo.all(tree, name)),
    search: guarded(search),
  };
}

/** Old names by the name that they lead to. */
export function aliasesByTarget(
  aliases: Readonly<Record<string, KeyboardAlias>>,
): ReadonlyMap<string, readonly string[]> {
  const byTarget = new Map<string, string[]>();
  for (const [name, { target }] of Object.entries(aliases)) {
    if (target === undefined) continue;
    const known = byTarget.get(target);
    if (known === undefined) byTarget.set(target, [name]);
    else known.push(name);
  }
  return byTarget;
}
