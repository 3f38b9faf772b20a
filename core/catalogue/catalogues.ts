/** One catalogue a tree, made at the first question, made anew when the tree's sources move. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { FirmwareTree, TreeRegistry } from '../trees/contract.ts';
import type { Catalogue, Catalogues } from './contract.ts';
import { createQmkCatalogue } from './qmk-catalogue.ts';
import { createQmkHelper, type QmkHelper } from './qmk-helper.ts';
import { createStarterCatalogue } from './starter-catalogue.ts';

export interface CataloguesOptions {
  readonly trees: TreeRegistry;
  readonly toolchain: Toolchain;
  /** Folder for what may be deleted at any time. */
  readonly cacheFolder: string;
  readonly log: Logger;
}

interface Open {
  readonly path: string;
  readonly catalogue: Catalogue;
  readonly helper: QmkHelper | null;
}

/** Catalogues that hold processes; `close` ends them. */
export interface ClosableCatalogues extends Catalogues {
  close(): Promise<void>;
}

export function createCatalogues(options: CataloguesOptions): ClosableCatalogues {
  const open = new Map<string, Open>();

  const openFor = (tree: FirmwareTree): Open => {
    if (tree.kind === 'starter') {
      return { path: tree.path, catalogue: createStarterCatalogue(tree), helper: null };
    }
    const cacheFolder = join(options.cacheFolder, 'catalogue');
    mkdirSync(cacheFolder, { recursive: true });
    const helper = createQmkHelper({
      toolchain: options.toolchain,
      treePath: tree.path,
      treeName: tree.name,
      cacheFolder,
      log: options.log,
    });
    return { path: tree.path, catalogue: createQmkCatalogue(tree, helper), helper };
  };

  return {
    async forTree(name) {
      const tree = await options.trees.get(name);
      const known = open.get(name);
      if (known?.path === tree.path) return known.catalogue;
      void known?.helper?.close();
      const fresh = openFor(tree);
      open.set(name, fresh);
      return fresh.catalogue;
    },
    async close() {
      await Promise.all([...open.values()].map(({ helper }) => helper?.close()));
      open.clear();
    },
  };
}
