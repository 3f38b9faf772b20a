/** The catalogue of one tree: answers from its rows where they are up to date, reads the tree where not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import hjson from 'hjson';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import { checkTreeThere } from '../trees/registry.ts';
import type {
  Catalogue,
  IndexState,
  IndexStatus,
  KeyboardAlias,
  KeyboardInfo,
  KeyboardUsb,
  TreeFacts,
  UsbIndex,
} from './contract.ts';
import { createIndexRun, type IndexRun } from './index-run.ts';
import {
  aliasesByTarget,
  type KeyboardStore,
  type StoredKeyboard,
  type TreeRow,
} from './keyboard-store.ts';
import type { KeyboardReader } from './reader.ts';
import { freshSignature, scanTree } from './scan.ts';
import type { SourceSnapshot } from './sources.ts';

/** A folder that others write to is looked through again after this time; single keyboards are checked each time. */
const SCAN_FRESH_MS = 10_000;

export interface TreeCatalogueOptions {
  readonly tree: FirmwareTree;
  readonly store: KeyboardStore;
  readonly reader: KeyboardReader;
  readonly git: Git;
  readonly log: Logger;
  readonly now?: () => number;
}

export interface ClosableCatalogue extends Catalogue {
  close(): Promise<void>;
}

interface StoredFacts {
  readonly hostLanguages: readonly string[];
  readonly converters: readonly string[];
  readonly modules: readonly string[];
  readonly features: readonly string[];
  readonly keycodes: readonly string[];
}

function factsToJson(facts: TreeFacts): string {
  return JSON.stringify(facts, (_, value: unknown) => (value instanceof Set ? [...value] : value));
}

function factsFromJson(text: string): TreeFacts {
  const raw = JSON.parse(text) as StoredFacts;
  return {
    hostLanguages: new Set(raw.hostLanguages),
    converters: new Set(raw.converters),
    modules: new Set(raw.modules),
    features: new Set(raw.features),
    keycodes: new Set(raw.keycodes),
  };
}

/** Old names, as `data/mappings/keyboard_aliases.hjson` lists them; a tree without the file has none. */
async function readAliases(tree: string): Promise<Readonly<Record<string, KeyboardAlias>>> {
  try {
    const text = await readFile(join(tree, 'data/mappings/keyboard_aliases.hjson'), 'utf8');
    return hjson.parse(text) as Record<string, KeyboardAlias>;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {};
    throw error;
  }
}

/** Follows aliases to their end, as QMK's `keyboard_folder` does; one that leads in a circle leads nowhere. */
function followAliases(name: string, aliases: Readonly<Record<string, KeyboardAlias>>): string {
  let current = name;
  for (let step = 0; step < 16; step += 1) {
    const target = Object.hasOwn(aliases, current) ? aliases[current]?.target : undefined;
    if (target === undefined || target === current) return current;
    current = target;
  }
  return current;
}

/** Stands for a signature where reading failed; no real one has this form. */
const NOT_READ = 'failed';

/** A run that gave no sign of life for so long died with its process. */
const RUN_SILENT_MS = 30_000;

function stateOf(row: TreeRow | null, now: number): IndexState {
  if (row?.runState === 'indexing') {
    return now - (row.runAt ?? 0) < RUN_SILENT_MS ? 'indexing' : 'stopped';
  }
  if (row?.runState === 'stopped') return 'stopped';
  return row?.indexedAt == null ? 'listed' : 'complete';
}

/** `usb.json`, built as `qmk generate-api` does: a keyboard without a product id leaves its vendor's empty entry. */
function usbIndex(rows: readonly { readonly name: string; readonly usb: string }[]): UsbIndex {
  const usb: Record<string, Record<string, Record<string, KeyboardUsb>>> = {};
  for (const { name, usb: text } of rows) {
    const ids = JSON.parse(text) as KeyboardUsb;
    if (ids.vid === undefined) continue;
    const products = usb[ids.vid] ?? {};
    usb[ids.vid] = products;
    if (ids.pid === undefined) continue;
    products[ids.pid] = { ...products[ids.pid], [name]: ids };
  }
  return usb;
}

export function createTreeCatalogue(options: TreeCatalogueOptions): ClosableCatalogue {
  const { tree, store, reader, log, now = Date.now } = options;
  const own = tree.kind === 'git' ? options.git : null;
  let scanned: { readonly at: number; readonly snapshot: Promise<SourceSnapshot> } | null = null;
  let aliases: { readonly shared: string; readonly value: ReturnType<typeof readAliases> } | null =
    null;
  let facts: { readonly shared: string; readonly value: Promise<TreeFacts> } | null = null;
  let documents: Promise<void> | null = null;
  const reading = new Map<string, Promise<StoredKeyboard>>();
  let run: IndexRun | null = null;

  const snapshot = (freshMs = SCAN_FRESH_MS): Promise<SourceSnapshot> => {
    checkTreeThere(tree);
    // Kiln's own clones do not change: an update brings another folder, and with it another catalogue.
    if (scanned === null || (own === null && now() - scanned.at > freshMs)) {
      const value = scanTree({ path: tree.path, git: own });
      scanned = { at: now(), snapshot: value };
      value.catch(() => (scanned = null));
    }
    return scanned.snapshot;
  };

  const currentAliases = async () => {
    const { shared } = await snapshot();
    if (aliases?.shared !== shared) aliases = { shared, value: readAliases(tree.path) };
    return aliases.value;
  };

  const resolve = async (keyboard: string): Promise<string | null> => {
    const found = await snapshot();
    return found.resolve(followAliases(keyboard, await currentAliases()));
  };

  const resolveOrThrow = async (keyboard: string): Promise<string> => {
    const resolved = await resolve(keyboard);
    if (resolved !== null) return resolved;
    throw new KilnError(
      'keyboard.unknown',
      `The firmware tree ${tree.name} has no keyboard named ${keyboard}.`,
      { details: { keyboard, tree: tree.name } },
    );
  };

  /** Reads one keyboard and keeps what came of it, a refusal too. @throws what is no fault of the keyboard */
  const readInto = async (name: string, signature: string, urgency: 'now' | 'background') => {
    const entry = { signature, readAt: now() };
    try {
      const read = await reader.read(name, urgency);
      const old = aliasesByTarget(await currentAliases()).get(name) ?? [];
      store.save(tree.name, name, { ...entry, aliases: old }, read);
    } catch (error) {
      if (!(error instanceof KilnError) || error.code !== 'keyboard.metadata-broken') throw error;
      store.saveBroken(tree.name, name, entry, error.message);
    }
  };

  const entryOf = async (keyboard: string): Promise<StoredKeyboard> => {
    const found = await snapshot();
    // A listed name is published as it is, even where builds take it for an old name of another keyboard.
    const listed = found.resolve(keyboard) === keyboard;
    const name = listed ? keyboard : await resolveOrThrow(keyboard);
    const signature =
      own === null ? await freshSignature(tree.path, name, found) : found.signature(name);
    const known = store.keyboard(tree.name, name);
    if (known?.signature === signature) return known;
    const underWay = reading.get(name);
    if (underWay !== undefined) return underWay;
    const read = readInto(name, signature, 'now')
      .then(() => store.keyboard(tree.name, name) as StoredKeyboard)
      .finally(() => reading.delete(name));
    reading.set(name, read);
    return read;
  };

  const infoText = async (keyboard: string): Promise<string> => {
    const { name, info, error } = await entryOf(keyboard);
    if (info !== null) return info;
    throw new KilnError('keyboard.metadata-broken', error ?? `${name} could not be read.`, {
      details: { keyboard: name, tree: tree.name },
    });
  };

  const loadFacts = async (shared: string): Promise<TreeFacts> => {
    const row = store.tree(tree.name);
    if (row?.path === tree.path && row.sharedSignature === shared && row.facts !== null) {
      return factsFromJson(row.facts);
    }
    const read = await reader.facts();
    // Documents belong to the same signature: they are made anew when asked for.
    store.putTree(tree.name, tree.path, {
      sharedSignature: shared,
      facts: factsToJson(read),
      documentsAt: null,
    });
    return read;
  };

  const currentFacts = async (): Promise<TreeFacts> => {
    const { shared } = await snapshot();
    if (facts?.shared !== shared) {
      const value = loadFacts(shared);
      facts = { shared, value };
      value.catch(() => (facts = null));
    }
    return facts.value;
  };

  const makeDocuments = async (): Promise<void> => {
    store.saveDocuments(tree.name, await reader.documents());
    store.putTree(tree.name, tree.path, { documentsAt: now() });
  };

  const ensureDocuments = async (): Promise<void> => {
    // The row's time is void as soon as the shared files change: `loadFacts` sees to that.
    await currentFacts();
    if (store.tree(tree.name)?.documentsAt != null) return;
    documents ??= makeDocuments().finally(() => (documents = null));
    await documents;
  };

  const status = async (): Promise<IndexStatus> => {
    const { total, read, broken, changedAt } = store.totals(tree.name);
    const row = store.tree(tree.name);
    const at = Math.max(changedAt ?? 0, row?.documentsAt ?? 0, row?.indexedAt ?? 0);
    const left = row?.runLeft ?? null;
    const rate = row?.runRate ?? null;
    const state = stateOf(row, now());
    const running = state === 'indexing';
    return {
      state,
      total,
      broken,
      done: running && left !== null ? total - left : read,
      rate: running ? rate : null,
      remainingSeconds: running && left !== null && rate !== null ? left / rate : null,
      message: state === 'stopped' ? (row?.runMessage ?? 'The run ended without a word.') : null,
      revision: `${total}-${read}-${at.toString(36)}`,
      changedAt: at,
    };
  };

  const index = async (): Promise<IndexStatus> => {
    run ??= createIndexRun({
      tree: tree.name,
      parallel: reader.parallel,
      log,
      now,
      prepare: async () => {
        const found = await snapshot(0);
        store.syncNames(tree.name, found.keyboards);
        await reader.beginRun();
        const known = store.signatures(tree.name);
        return found.keyboards
          .map((name) => ({ name, signature: found.signature(name) }))
          .filter(({ name, signature }) => known.get(name) !== signature);
      },
      read: ({ name, signature }) => readInto(name, signature, 'background'),
      // No fault of its files, as far as is known: under this signature it is tried again by whoever asks.
      giveUp: ({ name }, error) =>
        store.saveBroken(
          tree.name,
          name,
          { signature: NOT_READ, readAt: now() },
          toKilnError(error).message,
        ),
      report: ({ state, left, rate, message }) =>
        store.putTree(tree.name, tree.path, {
          runState: state,
          runLeft: left,
          runRate: rate,
          runMessage: message,
          runAt: now(),
        }),
      finish: async () => {
        await ensureDocuments();
        store.putTree(tree.name, tree.path, { indexedAt: now() });
      },
    });
    await run.finished;
    run = null;
    return status();
  };

  return {
    resolve,
    infoText,
    status,
    facts: currentFacts,
    aliases: currentAliases,
    async keyboards() {
      const { keyboards } = await snapshot();
      return keyboards;
    },
    info: async (keyboard) => JSON.parse(await infoText(keyboard)) as KeyboardInfo,
    readme: async (keyboard) => (await entryOf(keyboard)).readme,
    keymap: async (path) => store.keymap(tree.name, path),
    async *all() {
      for (let page = store.infoAfter(tree.name, ''); page.length > 0; ) {
        yield* page;
        page = store.infoAfter(tree.name, page.at(-1)?.name ?? '');
      }
    },
    usb: async () => usbIndex(store.usb(tree.name)),
    async document(path) {
      await ensureDocuments();
      return store.document(tree.name, path);
    },
    broken: async () => store.broken(tree.name),
    index,
    async close() {
      run?.stop();
      await reader.close();
    },
  };
}
