/** Reads keyboards of a real QMK tree, through its own Python. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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
import type { TreeFacts } from './contract.ts';
import { createQmkHelper, HelperRefusal, type QmkHelper, type Question } from './qmk-helper.ts';
import type { KeyboardReader, ReadKeyboard, Urgency } from './reader.ts';
import { loadSchemaCheck, type SchemaCheck } from './schema-check.ts';

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
  readonly checks: readonly (readonly [schema: string, data: string])[];
}

interface RawFacts {
  readonly hostLanguages: readonly string[];
  readonly converters: readonly string[];
  readonly modules: readonly string[];
  readonly features: readonly string[];
  readonly keycodes: readonly string[];
}

/** `-f` keeps keyboards whose name contains a text; no folder's name holds this one. */
const NO_KEYBOARD = '//';

const DOCUMENTS_TIMEOUT_MS = 120_000;

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

/** One foreground helper, and for background runs one for each core but one. */
export function createQmkReader(options: QmkReaderOptions): KeyboardReader {
  const { tree, toolchain, log } = options;
  const parallel = Math.max(1, availableParallelism() - 1);
  const helper = (background: boolean): QmkHelper =>
    createQmkHelper({
      toolchain,
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
  let check: Promise<SchemaCheck> | null = null;

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
        );
      }
      throw new KilnError(
        'keyboard.metadata-broken',
        `The metadata of ${keyboard} cannot be read: ${error.message}`,
        { details: { keyboard, tree: tree.name } },
      );
    }
  };

  /** What the tree's own validation was not asked: every file by itself, and what came out of them. */
  const holds = async (answer: ReadAnswer): Promise<boolean> => {
    check ??= loadSchemaCheck(tree.path);
    const schemaCheck = await check;
    return answer.checks.every(([schema, data]) => schemaCheck(schema, JSON.parse(data)) === true);
  };

  const readWith = async (
    who: QmkHelper,
    keyboard: string,
    refresh: boolean,
  ): Promise<ReadKeyboard> => {
    const question = { method: 'read', keyboard, refresh } as const;
    let answer = (await ask(who, question)) as ReadAnswer;
    if (!(await holds(answer))) {
      // The tree's own validator has the last word, and words its own message.
      answer = (await ask(who, { ...question, strict: true })) as ReadAnswer;
    }
    return { infoText: answer.info, readme: answer.readme, keymaps: answer.keymaps };
  };

  return {
    parallel,
    async beginRun() {
      check = null;
      for (const who of background) stale.add(who);
    },
    async read(keyboard: string, urgency: Urgency) {
      if (urgency === 'now') return readWith(foreground, keyboard, true);
      const who = idle.pop() ?? background[0] ?? foreground;
      try {
        return await readWith(who, keyboard, stale.delete(who));
      } finally {
        idle.push(who);
      }
    },
    async facts(): Promise<TreeFacts> {
      const raw = (await ask(foreground, { method: 'facts', refresh: true })) as RawFacts;
      return {
        hostLanguages: new Set(raw.hostLanguages),
        converters: new Set(raw.converters),
        modules: new Set(raw.modules),
        features: new Set(raw.features),
        keycodes: new Set(raw.keycodes),
      };
    },
    async documents() {
      checkTreeThere(tree);
      await mkdir(options.cacheFolder, { recursive: true });
      const folder = await mkdtemp(join(options.cacheFolder, 'documents-'));
      try {
        await createOverlay(tree.path, folder);
        const result = await run(toolchain.need('qmk').file, ['generate-api', '-f', NO_KEYBOARD], {
          cwd: folder,
          env: {
            ...plainEnvironment(),
            PATH: toolchain.path,
            HOME: folder,
            QMK_HOME: folder,
            PYTHONPYCACHEPREFIX: join(options.cacheFolder, 'pycache'),
            PYTHONUTF8: '1',
          },
          timeoutMs: DOCUMENTS_TIMEOUT_MS,
          maxOutputBytes: 64 * 1024,
        });
        if (result.exitCode !== 0) {
          const last = result.output.trim().split('\n').at(-1) ?? result.outcome;
          throw new KilnError(
            'tree.broken',
            `The firmware tree ${tree.name} does not publish its data: ${last}`,
          );
        }
        return await readFolder(join(folder, '.build/api_data'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async close() {
      await Promise.all([foreground, ...background].map((who) => who.close()));
    },
  };
}
