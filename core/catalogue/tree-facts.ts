/** What a tree says as a whole: lists that close what keymaps may name, and documents. Kept until its files change. */
import type { FirmwareTree } from '../trees/contract.ts';
import type { TreeFacts } from './contract.ts';
import type { KeyboardStore } from './keyboard-store.ts';
import type { KeyboardReader } from './reader.ts';

/** `TreeFacts` as JSON holds it. */
export type FactLists = { readonly [Name in keyof TreeFacts]: readonly string[] };

export function factsFromLists(lists: FactLists): TreeFacts {
  return {
    hostLanguages: new Set(lists.hostLanguages),
    converters: new Set(lists.converters),
    modules: new Set(lists.modules),
    features: new Set(lists.features),
    keycodes: new Set(lists.keycodes),
  };
}

function factsToJson(facts: TreeFacts): string {
  return JSON.stringify(facts, (_, value: unknown) => (value instanceof Set ? [...value] : value));
}

export interface TreeFactsOptions {
  readonly tree: FirmwareTree;
  /** See `placeOf`. */
  readonly place: string;
  readonly store: KeyboardStore;
  readonly reader: KeyboardReader;
  /** Changes with the files that facts and documents are made from. */
  readonly signature: () => Promise<string>;
  readonly now: () => number;
}

export function createTreeFacts({ tree, place, store, reader, signature, now }: TreeFactsOptions) {
  let facts: { readonly signature: string; readonly value: Promise<TreeFacts> } | null = null;
  let making: Promise<void> | null = null;

  const load = async (factsSignature: string): Promise<TreeFacts> => {
    const row = store.tree(tree.name);
    if (row?.path === place && row.factsSignature === factsSignature && row.facts !== null) {
      return factsFromLists(JSON.parse(row.facts) as FactLists);
    }
    const read = await reader.facts();
    // Documents belong to the same signature: they are made anew when asked for.
    store.putTree(tree.name, place, {
      factsSignature,
      facts: factsToJson(read),
      documentsAt: null,
    });
    return read;
  };

  const current = async (): Promise<TreeFacts> => {
    const wanted = await signature();
    if (facts?.signature !== wanted) {
      const mine = { signature: wanted, value: load(wanted) };
      facts = mine;
      mine.value.catch(() => {
        if (facts === mine) facts = null;
      });
    }
    return facts.value;
  };

  const makeDocuments = async (): Promise<void> => {
    store.saveDocuments(tree.name, place, await reader.documents(), now());
  };

  return {
    current,
    /** Makes the documents unless they are there. */
    async ensureDocuments(): Promise<void> {
      // The time of the documents is void as soon as their files change: `load` sees to that.
      await current();
      if (store.tree(tree.name)?.documentsAt != null) return;
      making ??= makeDocuments().finally(() => (making = null));
      await making;
    },
  };
}
