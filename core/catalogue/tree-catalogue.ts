/** The catalogue of one tree: answers from its rows where they are up to date, reads the tree where not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KilnError, toKilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { Git } from '../trees/git.ts';
import type { Catalogue, IndexStatus, KeyboardInfo } from './contract.ts';
import { createIndexRun, type IndexRun, type Task } from './index-run.ts';
import { indexStatus } from './index-status.ts';
import type { KeyboardStore, StoredKeyboard } from './keyboard-store.ts';
import type { KeyboardReader, Urgency } from './reader.ts';
import { placeOf } from './shipped-catalogue.ts';
import { createTreeFacts } from './tree-facts.ts';
import { createTreeSources } from './tree-sources.ts';
import { usbIndex } from './usb-index.ts';

export interface TreeCatalogueOptions {
  readonly tree: FirmwareTree;
  readonly store: KeyboardStore;
  readonly reader: KeyboardReader;
  readonly git: Git;
  readonly log: Logger;
  readonly now?: () => number;
}

export interface ClosableCatalogue extends Catalogue {
  /**
   * Looks through the tree, so that the first question finds it done, and has the reader ready where keyboards are
   * still to be read.
   */
  warmUp(): Promise<void>;
  /** Ends a run and what is being read, at once. */
  close(): Promise<void>;
  /** Ends a run, and closes once all that was asked is answered. */
  retire(): Promise<void>;
}

/** Stands for a signature where reading failed; no real one has this form. */
const NOT_READ = 'failed';

const KEYMAP_OF_KEYBOARD = /^keyboards\/(.+)\/keymaps\/[^/]+\/keymap\.json$/;

export function createTreeCatalogue(options: TreeCatalogueOptions): ClosableCatalogue {
  const { tree, store, reader, git, log, now = Date.now } = options;
  const reading = new Map<string, Promise<StoredKeyboard>>();
  const place = placeOf(tree);
  let run: IndexRun | null = null;
  let closing = false;

  const sources = createTreeSources({
    tree,
    git,
    now,
    // Lists and search know them from now on, with nothing read.
    onScan: ({ keyboards }) => {
      if (closing) return;
      try {
        store.syncNames(tree.name, keyboards);
      } catch (error) {
        // The next look makes up for it; whoever asked for the list gets it all the same.
        log.warn({ err: error, tree: tree.name }, 'the list of keyboards could not be kept');
      }
    },
  });
  const facts = createTreeFacts({
    tree,
    place,
    store,
    reader,
    now,
    signature: async () => (await sources.snapshot()).facts,
  });

  /** Reads one keyboard and keeps what came of it, a refusal too. @throws what is no fault of the keyboard */
  const readInto = async ({ name, signature }: Task, urgency: Urgency): Promise<void> => {
    const entry = { signature, readAt: now() };
    try {
      const read = await reader.read(name, urgency);
      store.save(tree.name, name, { ...entry, aliases: await sources.oldNames(name) }, read);
    } catch (error) {
      if (!(error instanceof KilnError) || error.code !== 'keyboard.metadata-broken') throw error;
      store.saveBroken(tree.name, name, entry, error.message);
    }
  };

  const entryOf = async (keyboard: string): Promise<StoredKeyboard> => {
    const task = await sources.locate(keyboard);
    const { name, signature } = task;
    const known = store.keyboard(tree.name, name);
    if (known?.signature === signature) return known;
    const key = `${name} ${signature}`;
    const underWay = reading.get(key);
    if (underWay !== undefined) return underWay;
    const read = readInto(task, 'now')
      .then(() => store.keyboard(tree.name, name) as StoredKeyboard)
      .finally(() => reading.delete(key));
    reading.set(key, read);
    return read;
  };

  const infoText = async (keyboard: string): Promise<string> => {
    const { name, info, error } = await entryOf(keyboard);
    if (info !== null) return info;
    throw new KilnError('keyboard.metadata-broken', error ?? `${name} could not be read.`, {
      details: { keyboard: name, tree: tree.name },
    });
  };

  /** A keyboard that lists the keymaps of this folder: its own, or the first of those below. */
  const ownerOf = async (folder: string): Promise<string | undefined> => {
    const { keyboards } = await sources.snapshot();
    return keyboards.find((name) => name === folder || name.startsWith(`${folder}/`));
  };

  const keymap = async (path: string): Promise<string | null> => {
    const folder = KEYMAP_OF_KEYBOARD.exec(path)?.[1];
    if (folder !== undefined) {
      const owner = await ownerOf(folder);
      if (owner === undefined) return null;
      // Reads it anew if it has changed.
      await entryOf(owner);
    }
    const content = store.keymap(tree.name, path);
    // Rows of keymaps stay when these are removed.
    return content !== null && existsSync(join(tree.path, path)) ? content : null;
  };

  /** What is kept of the tree where it lies now. */
  const row = () => {
    const kept = store.tree(tree.name);
    return kept?.path === place ? kept : null;
  };
  const status = async (): Promise<IndexStatus> =>
    indexStatus(store.totals(tree.name), row(), now());

  const prepareRun = async (): Promise<readonly Task[]> => {
    const found = await sources.scan();
    // Again, should it have failed before: what cannot be written has to end a run.
    store.syncNames(tree.name, found.keyboards);
    await reader.beginRun();
    const known = store.signatures(tree.name);
    return found.keyboards
      .map((name) => ({ name, signature: found.signature(name) }))
      .filter(({ name, signature }) => known.get(name) !== signature);
  };

  const finishRun = async (): Promise<void> => {
    // One after the other: each takes as much memory as reading keyboards did.
    await reader.rest();
    await facts.current();
    await reader.rest();
    await facts.ensureDocuments();
    store.putTree(tree.name, place, { indexedAt: now() });
  };

  const beginRun = (): IndexRun => {
    const mine = createIndexRun({
      tree: tree.name,
      parallel: reader.parallel,
      log,
      now,
      prepare: prepareRun,
      read: (task) => readInto(task, 'background'),
      // No fault of its files, as far as is known: it is tried again by the next run, and by whoever asks.
      giveUp: ({ name }, error) => {
        const entry = { signature: NOT_READ, readAt: now() };
        store.saveBroken(tree.name, name, entry, toKilnError(error).message);
      },
      finish: finishRun,
      report: ({ state, left, rate, message }) =>
        store.putTree(tree.name, place, {
          runState: state,
          runLeft: left,
          runRate: rate,
          runMessage: message,
          runAt: now(),
        }),
    });
    void mine.finished.then(() => (run = null));
    return mine;
  };

  const close = async (): Promise<void> => {
    closing = true;
    const ending = run;
    ending?.stop();
    await reader.close();
    await ending?.finished;
    await Promise.allSettled(reading.values());
  };

  return {
    infoText,
    keymap,
    status,
    close,
    resolve: sources.resolve,
    aliases: sources.aliases,
    facts: facts.current,
    async keyboards() {
      const { keyboards } = await sources.snapshot();
      return keyboards;
    },
    info: async (keyboard) => JSON.parse(await infoText(keyboard)) as KeyboardInfo,
    readme: async (keyboard) => (await entryOf(keyboard)).readme,
    async *all() {
      for (let page = store.infoAfter(tree.name, ''); page.length > 0; ) {
        yield* page;
        page = store.infoAfter(tree.name, page.at(-1)?.name ?? '');
      }
    },
    usb: async () => usbIndex(store.usb(tree.name)),
    async document(path) {
      await facts.ensureDocuments();
      return store.document(tree.name, path);
    },
    broken: async () => store.broken(tree.name),
    async index() {
      if (!closing) run ??= beginRun();
      await run?.finished;
      return status();
    },
    async warmUp() {
      const complete = row()?.indexedAt != null;
      await Promise.all([sources.snapshot(), ...(complete ? [] : [reader.warmUp()])]);
    },
    async retire() {
      closing = true;
      run?.stop();
      await Promise.allSettled(reading.values());
      await close();
    },
  };
}
