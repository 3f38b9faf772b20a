/** Full-text search over keyboards: a row of trigrams for each, under its id. */
import type { Database } from '../db/database.ts';
import type { KeyboardSummary } from './contract.ts';

/** What a keyboard is found by; empty as far as it is not known. */
export interface SearchTexts {
  readonly name: string;
  readonly title: string;
  /** Maker and maintainer. */
  readonly maker: string;
  readonly processor: string;
  readonly usb: string;
  readonly aliases: string;
}

export const NO_TEXTS: Omit<SearchTexts, 'name'> = {
  title: '',
  maker: '',
  processor: '',
  usb: '',
  aliases: '',
};

const SUMMARY =
  'k.tree, k.name, k.title, k.maker, k.processor, k.bootloader, k.vid, k.pid, k.error';

/** Trigrams cannot find shorter words: those are looked for in the columns of lists. */
const SHORTEST_TRIGRAM = 3;
const SHORT_COLUMNS = ['name', 'title', 'maker', 'processor', 'vid', 'pid'];

/** A word as FTS5 takes it whatever it holds. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

/** Text for `LIKE` in which the wildcards stand for themselves. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function wordsOf(text: string): string[] {
  // SQLite would take a NUL for the end of the text.
  return text.split(/[\s\p{Cc}]+/u).filter((word) => word !== '');
}

export function createKeyboardSearch(database: Database) {
  const remove = database.prepare<[number], never>('DELETE FROM keyboard_search WHERE rowid = ?');
  const insert = database.prepare<[SearchTexts & { readonly id: number }], never>(
    `INSERT INTO keyboard_search (rowid, name, title, maker, processor, usb, aliases)
     VALUES (@id, @name, @title, @maker, @processor, @usb, @aliases)`,
  );

  return {
    put(id: number, texts: SearchTexts): void {
      remove.run(id);
      insert.run({ id, ...texts });
    },
    remove(id: number): void {
      remove.run(id);
    },
    /** Every word has to be found; what stands in the name counts most. */
    search(trees: readonly string[], text: string, limit: number): KeyboardSummary[] {
      const words = wordsOf(text);
      const isLong = (word: string) => [...word].length >= SHORTEST_TRIGRAM;
      const long = words.filter(isLong).map(quoted).join(' ');
      const short = words.filter((word) => !isLong(word));
      const oneOf = SHORT_COLUMNS.map((column) => `k.${column} LIKE ? ESCAPE '\\'`).join(' OR ');
      const conditions = [
        ...(long === '' ? [] : ['keyboard_search MATCH ?']),
        `k.tree IN (${trees.map(() => '?').join(', ')})`,
        ...short.map(() => `(${oneOf})`),
      ];
      const from =
        long === '' ? 'keyboards k' : 'keyboard_search s JOIN keyboards k ON k.id = s.rowid';
      const rank = long === '' ? '' : 'bm25(keyboard_search, 10, 8, 3, 2, 4, 2),';
      return database
        .prepare<unknown[], KeyboardSummary>(
          `SELECT ${SUMMARY} FROM ${from} WHERE ${conditions.join(' AND ')}
           ORDER BY k.name = ? COLLATE NOCASE DESC, k.name LIKE ? ESCAPE '\\' DESC, ${rank} k.name, k.tree
           LIMIT ?`,
        )
        .all(
          ...(long === '' ? [] : [long]),
          ...trees,
          ...short.flatMap((word) => SHORT_COLUMNS.map(() => `%${literally(word)}%`)),
          text.trim(),
          `${literally(words[0] ?? '')}%`,
          limit,
        );
    },
  };
}
