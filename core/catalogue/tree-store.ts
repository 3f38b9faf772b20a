/** What the catalogue keeps of a tree as a whole: how far its index is, its facts, its documents. */
import type { Database } from '../db/database.ts';

export type RunState = 'indexing' | 'complete' | 'stopped';

export interface TreeRow {
  readonly path: string;
  /** What identified the files that facts and documents were made from. */
  readonly factsSignature: string | null;
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

const EMPTY_TREE: Omit<TreeRow, 'path'> = {
  factsSignature: null,
  facts: null,
  documentsAt: null,
  indexedAt: null,
  runState: null,
  runLeft: null,
  runRate: null,
  runMessage: null,
  runAt: null,
};

const TREE_COLUMNS = `SELECT path, facts_signature AS factsSignature, facts, documents_at AS documentsAt,
  indexed_at AS indexedAt, run_state AS runState, run_left AS runLeft, run_rate AS runRate,
  run_message AS runMessage, run_at AS runAt`;

export function createTreeStore(database: Database) {
  const getTree = database.prepare<[string], TreeRow>(`${TREE_COLUMNS} FROM trees WHERE tree = ?`);
  const replaceTree = database.prepare<[TreeRow & { readonly tree: string }], never>(
    `INSERT OR REPLACE INTO trees (tree, path, facts_signature, facts, documents_at, indexed_at, run_state,
       run_left, run_rate, run_message, run_at)
     VALUES (@tree, @path, @factsSignature, @facts, @documentsAt, @indexedAt, @runState, @runLeft, @runRate,
       @runMessage, @runAt)`,
  );
  const deleteTree = database.prepare<[string], never>('DELETE FROM trees WHERE tree = ?');
  const getDocument = database
    .prepare<[string, string], Uint8Array>(
      'SELECT content FROM documents WHERE tree = ? AND path = ?',
    )
    .pluck();
  const clearDocuments = database.prepare<[string], never>('DELETE FROM documents WHERE tree = ?');
  const putDocument = database.prepare<[string, string, Uint8Array], never>(
    'INSERT INTO documents (tree, path, content) VALUES (?, ?, ?)',
  );

  const putTree = (tree: string, path: string, row: Partial<Omit<TreeRow, 'path'>>): void => {
    const known = getTree.get(tree);
    const kept = known?.path === path ? known : EMPTY_TREE;
    replaceTree.run({ ...EMPTY_TREE, ...kept, ...row, tree, path });
  };

  const copyFrom = (source: Database, tree: string, path: string): void => {
    const documents = source.prepare<[], { path: string; content: Uint8Array }>(
      'SELECT path, content FROM documents',
    );
    for (const one of documents.iterate()) putDocument.run(tree, one.path, one.content);
    const known = source.prepare<[], TreeRow>(`${TREE_COLUMNS} FROM trees`).get();
    putTree(tree, path, { ...known });
  };

  return {
    /** Part of a larger transaction: documents and what is known of the one tree of another catalogue. */
    copyFrom,
    tree: (tree: string): TreeRow | null => getTree.get(tree) ?? null,
    /** Changes the given columns; the others stay, unless the tree lies elsewhere by now. */
    putTree: database.transaction(putTree).immediate,
    saveDocuments: database.transaction(
      (tree: string, path: string, documents: ReadonlyMap<string, Uint8Array>, at: number) => {
        clearDocuments.run(tree);
        for (const [name, content] of documents) putDocument.run(tree, name, content);
        putTree(tree, path, { documentsAt: at });
      },
    ).immediate,
    document: (tree: string, path: string): Uint8Array | null =>
      getDocument.get(tree, path) ?? null,
    /** Part of a larger transaction. */
    forgetTree(tree: string): void {
      clearDocuments.run(tree);
      deleteTree.run(tree);
    },
  };
}
