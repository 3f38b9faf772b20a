/** Reads keyboards of a real QMK tree, through its own Python. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { plainEnvironment } from '../environment.ts';
import { KilnError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { run } from '../subprocess.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import { createOverlay } from '../trees/overlay.ts';
import { checkTreeThere } from '../trees/registry.ts';
import { createQmkHelper, HelperRefusal, type QmkHelper, type Question } from './qmk-helper.ts';
import type { KeyboardReader, ReadKeyboard } from './reader.ts';
import { loadSchemaCheck, type SchemaCheck, schemaStamp } from './schema-check.ts';
import { type FactLists, factsFromLists } from './tree-facts.ts';

export interface QmkReaderOptions {
  readonly tree: FirmwareTree;
  readonly toolchain: Toolchain;
  /** Folder for what may be deleted at any time. */
  readonly cacheFolder: string;
  readonly log: Logger;
}

/** The helper's answer to `read`: see `resources/python/kiln_catalogue.py`. */
interface ReadAnswer {
  readonly info: string;
  readonly readme: string | null;
  readonly keymaps: Readonly<Record<string, string>>;
  readonly checks: readonly (readonly [schema: string, data: unknown])[];
}

/** `-f` keeps keyboards whose name contains a text; no folder's name holds this one. */
const NO_KEYBOARD = '//';

const DOCUMENTS_TIMEOUT_MS = 120_000;

/** Folders that documents are made in. */
const DOCUMENTS_PREFIX = 'documents-';

/** Files that list keyboards: the catalogue makes them from its own entries. */
const KEYBOARD_DOCUMENTS = new Set([
  'v1/keyboards.json',
  'v1/keyboard_list.json',
  'v1/keyboard_metadata.json',
  'v1/usb.json',
]);

async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const documents = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length + 1).replaceAll('\\', '/');
    if (!KEYBOARD_DOCUMENTS.has(path)) documents.set(path, await readFile(file));
  }
  return documents;
}

/** Removes what a run left that was killed; others may be at work beside this one. */
async function removeLeftDocuments(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(DOCUMENTS_PREFIX)) continue;
    const folder = join(cacheFolder, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > 2 * DOCUMENTS_TIMEOUT_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Lets the tree's own `qmk generate-api` write its documents, beside the tree. */
async function generateDocuments(
  { tree, toolchain, cacheFolder }: QmkReaderOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  checkTreeThere(tree);
  await mkdir(cacheFolder, { recursive: true });
  await removeLeftDocuments(cacheFolder);
  const folder = await mkdtemp(join(cacheFolder, DOCUMENTS_PREFIX));
  try {
    await createOverlay(tree.path, folder);
    const result = await run(toolchain.need('qmk').file, ['generate-api', '-f', NO_KEYBOARD], {
      cwd: folder,
      env: {
        ...plainEnvironment(),
        PATH: toolchain.path,
        HOME: folder,
        QMK_HOME: folder,
        PYTHONPYCACHEPREFIX: join(cacheFolder, 'pycache'),
        PYTHONUTF8: '1',
      },
      timeoutMs: DOCUMENTS_TIMEOUT_MS,
      maxOutputBytes: 64 * 1024,
      signal,
    });
    const output = join(folder, '.build/api_data');
    if (result.exitCode !== 0 || !existsSync(output)) {
      const last = result.output.trim().split('\n').at(-1) || result.outcome;
      throw new KilnError(
        'tree.broken',
        `The firmware tree ${tree.name} does not publish its data: ${last}`,
        { details: { tree: tree.name } },
      );
    }
    return await readFolder(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The tree's schemas, loaded anew when they change. */
function createSchemaChecks(treePath: string) {
  let loaded: { readonly stamp: string; readonly check: SchemaCheck } | null = null;
  return (refresh: boolean): SchemaCheck => {
    if (loaded !== null && !refresh) return loaded.check;
    const stamp = schemaStamp(treePath);
    if (loaded?.stamp !== stamp) loaded = { stamp, check: loadSchemaCheck(treePath) };
    return loaded.check;
  };
}

/** One foreground helper, and for background runs one for each core but one. */
export function createQmkReader(options: QmkReaderOptions): KeyboardReader {
  const { tree, log } = options;
  const parallel = Math.max(1, availableParallelism() - 1);
  const helper = (background: boolean): QmkHelper =>
    createQmkHelper({
      toolchain: options.toolchain,
      background,
      treePath: tree.path,
      treeName: tree.name,
      cacheFolder: options.cacheFolder,
      log,
      // A run's helpers hold memory for nothing once it is over.
      ...(background ? { idleMs: 5000 } : {}),
    });
  const foreground = helper(false);
  const background = Array.from({ length: parallel }, () => helper(true));
  const idle = [...background];
  const stale = new Set<QmkHelper>();
  const schemas = createSchemaChecks(tree.path);
  const closing = new AbortController();

  /** @throws KilnError; what is wrong with one keyboard is `keyboard.metadata-broken` */
  const ask = async (who: QmkHelper, question: Question): Promise<unknown> => {
    checkTreeThere(tree);
    try {
      return await who.ask(question);
    } catch (error) {
      if (!(error instanceof HelperRefusal)) throw error;
      const { keyboard } = question;
      if (keyboard === undefined) {
        throw new KilnError(
          'tree.broken',
          `The firmware tree ${tree.name} cannot be read: ${error.message}`,
          { details: { tree: tree.name } },
        );
      }
      throw new KilnError(
        'keyboard.metadata-broken',
        `The metadata of ${keyboard} cannot be read: ${error.message}`,
        { details: { keyboard, tree: tree.name } },
      );
    }
  };

  /** An answer whose data hold; null when the tree's own validation has to decide. */
  const askQuickly = async (who: QmkHelper, question: Question): Promise<ReadAnswer | null> => {
    try {
      const answer = (await ask(who, question)) as ReadAnswer;
      const check = schemas(question.refresh ?? false);
      return answer.checks.every(([schema, data]) => check(schema, data) === true) ? answer : null;
    } catch (error) {
      // Data that were not validated may well have led the tree's code astray.
      if (error instanceof KilnError && error.code === 'keyboard.metadata-broken') return null;
      throw error;
    }
  };

  const readWith = async (
    who: QmkHelper,
    keyboard: string,
    refresh: boolean,
  ): Promise<ReadKeyboard> => {
    const question = { method: 'read', keyboard } as const;
    const { info, readme, keymaps } =
      (await askQuickly(who, { ...question, refresh })) ??
      // It words its own message, too.
      ((await ask(who, { ...question, strict: true })) as ReadAnswer);
    return { infoText: info, readme, keymaps };
  };

  return {
    parallel,
    async warmUp() {
      checkTreeThere(tree);
      await foreground.warmUp();
    },
    async beginRun() {
      for (const who of background) stale.add(who);
    },
    async read(keyboard, urgency) {
      if (urgency === 'now') return readWith(foreground, keyboard, true);
      const who = idle.pop() ?? background[0] ?? foreground;
      try {
        return await readWith(who, keyboard, stale.delete(who));
      } finally {
        idle.push(who);
      }
    },
    facts: async () =>
      factsFromLists((await ask(foreground, { method: 'facts', refresh: true })) as FactLists),
    documents: () => generateDocuments(options, closing.signal),
    async rest() {
      await Promise.all([foreground, ...background].map((who) => who.rest()));
    },
    async close() {
      closing.abort();
      await Promise.all([foreground, ...background].map((who) => who.close()));
    },
  };
}
