/** One catalogue a tree, made at the first question, made anew when the tree's sources move. */
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import type { ToolchainOf } from '../toolchain/tree-toolchain.ts';
import type { FirmwareTree, TreeRegistry } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import { openCatalogueDatabase } from './catalogue-database.ts';
import type { Catalogues } from './contract.ts';
import { createKeyboardStore } from './keyboard-store.ts';
import { createQmkReader } from './qmk-reader.ts';
import type { KeyboardReader } from './reader.ts';
import { takeShippedCatalogue } from './shipped-catalogue.ts';
import { createStarterReader } from './starter-reader.ts';
import { type ClosableCatalogue, createTreeCatalogue } from './tree-catalogue.ts';

export interface CataloguesOptions {
  /** The catalogue's own database file. */
  readonly file: string;
  readonly trees: TreeRegistry;
  readonly toolchainOf: ToolchainOf;
  readonly git: Git;
  /** Folder for what may be deleted at any time. */
  readonly cacheFolder: string;
  readonly log: Logger;
}

/** Catalogues that hold processes and a database; `close` ends them. */
export interface ClosableCatalogues extends Catalogues {
  forTree(name: string): Promise<ClosableCatalogue>;
  /**
   * Looks through every tree, the default one first, so that the first questions find it done. What fails is logged;
   * whoever asks will be told.
   */
  warmUp(): Promise<void>;
  /**
   * Brings every tree's catalogue up to date in the background, one tree after another, and forgets trees that are
   * gone. Joins a run that is under way.
   */
  indexAll(): Promise<void>;
  close(): Promise<void>;
}

interface Open {
  /** Where it lies, and what reads it. */
  readonly path: string;
  readonly catalogue: ClosableCatalogue;
}

function pathOf({ path, toolchain }: FirmwareTree): string {
  return JSON.stringify([path, toolchain]);
}

export function createCatalogues(options: CataloguesOptions): ClosableCatalogues {
  const { trees, toolchainOf, git, log } = options;
  const database = openCatalogueDatabase(options.file, log);
  const store = createKeyboardStore(database);
  const open = new Map<string, Open>();
  /** Catalogues of where trees lay before, as long as they have questions to answer. */
  const retiring = new Set<Promise<void>>();
  let closing = false;
  let indexing: Promise<void> | null = null;
  let warming: Promise<void> | null = null;
  let closed: Promise<void> | null = null;

  const readerFor = (tree: FirmwareTree): KeyboardReader =>
    tree.kind === 'starter'
      ? createStarterReader(tree)
      : createQmkReader({
          tree,
          toolchain: toolchainOf(tree),
          cacheFolder: join(options.cacheFolder, 'catalogue'),
          log,
        });

  const retire = (catalogue: ClosableCatalogue): void => {
    const retired = catalogue.retire().finally(() => retiring.delete(retired));
    retiring.add(retired);
  };

  const forTree = async (name: string): Promise<ClosableCatalogue> => {
    const tree = await trees.get(name);
    const known = open.get(name);
    if (known?.path === pathOf(tree)) return known.catalogue;
    await takeShippedCatalogue(tree, { store, git, log });
    // Somebody else may have asked meanwhile.
    const other = open.get(name);
    if (other?.path === pathOf(tree)) return other.catalogue;
    if (other !== undefined) retire(other.catalogue);
    const catalogue = createTreeCatalogue({ tree, store, reader: readerFor(tree), git, log });
    if (closing) await catalogue.close();
    else open.set(name, { path: pathOf(tree), catalogue });
    return catalogue;
  };

  /** Does something with each tree; what one of them refuses does not keep it from the others. */
  const withEach = async (
    work: (catalogue: ClosableCatalogue) => Promise<unknown>,
    what: string,
  ): Promise<void> => {
    for (const { name } of await trees.list()) {
      if (closing) return;
      try {
        await work(await forTree(name));
      } catch (error) {
        log.warn({ err: error, tree: name }, what);
      }
    }
  };

  const forgetGone = async (): Promise<void> => {
    const names = new Set((await trees.list()).map(({ name }) => name));
    for (const [name, { catalogue }] of open) {
      if (names.has(name)) continue;
      open.delete(name);
      retire(catalogue);
    }
    for (const name of store.trees()) {
      if (!names.has(name)) store.removeTree(name);
    }
  };

  const indexTrees = async (): Promise<void> => {
    await forgetGone();
    await withEach((catalogue) => catalogue.index(), 'tree cannot be indexed');
  };

  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all([...open.values()].map(({ catalogue }) => catalogue.close()));
    await Promise.allSettled([indexing, warming, ...retiring]);
    open.clear();
    database.close();
  };

  return {
    forTree,
    warmUp() {
      warming = withEach((catalogue) => catalogue.warmUp(), 'tree cannot be read');
      return warming;
    },
    async search(text, limit) {
      const names = (await trees.list()).map(({ name }) => name);
      return store.search(names, text, limit);
    },
    indexAll() {
      indexing ??= indexTrees().finally(() => (indexing = null));
      return indexing;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
