/** The catalogue of a real QMK tree: asks the tree's own Python, remembers what did not change. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, KilnError } from '../errors.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import { checkTreeThere } from '../trees/registry.ts';
import type { Catalogue, KeyboardInfo, TreeFacts } from './contract.ts';
import { HelperRefusal, type QmkHelper } from './qmk-helper.ts';

/** The list walks the whole keyboards folder (0.8 s of a full tree); it is asked for in bursts. */
const LIST_FRESH_MS = 10_000;

/** Folders whose entries decide the lists in `TreeFacts`. */
const FACT_FOLDERS = [
  'quantum/keymap_extras',
  'platforms/chibios/converters',
  'modules',
  'data/constants/keycodes',
  'data/mappings',
  'builddefs',
];

interface Remembered<Value> {
  readonly stamp: string;
  readonly value: Promise<Value>;
}

/** Names, sizes and times of the files directly in the folders: changes when any of them does. */
async function stampOf(root: string, folders: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    folders.map(async (folder) => {
      const path = join(root, folder);
      const names = await readdir(path).catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
        throw error;
      });
      const stats = await Promise.all(
        names.map(async (name) => {
          const found = await stat(join(path, name)).catch(() => null);
          return found === null || found.isDirectory()
            ? name
            : `${name} ${found.size} ${found.mtimeMs}`;
        }),
      );
      return stats.join('\n');
    }),
  );
  return lines.join('\n\n');
}

/** `a/b/c` → the keyboard folders from the top: `keyboards/a`, `keyboards/a/b`, `keyboards/a/b/c`. */
function folderChain(keyboard: string): string[] {
  const parts = keyboard.split('/');
  return parts.map((_, index) => ['keyboards', ...parts.slice(0, index + 1)].join('/'));
}

interface RawFacts {
  readonly hostLanguages: readonly string[];
  readonly converters: readonly string[];
  readonly modules: readonly string[];
  readonly features: readonly string[];
  readonly keycodes: readonly string[];
}

export function createQmkCatalogue(
  tree: FirmwareTree,
  helper: QmkHelper,
  now: () => number = Date.now,
): Catalogue {
  const infos = new Map<string, Remembered<KeyboardInfo>>();
  let facts: Remembered<TreeFacts> | null = null;
  let list: { readonly at: number; readonly value: Promise<readonly string[]> } | null = null;

  const ask = async (method: string, keyboard?: string): Promise<unknown> => {
    checkTreeThere(tree);
    try {
      return await helper.ask(method, keyboard);
    } catch (error) {
      if (!(error instanceof HelperRefusal)) throw error;
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

  /** A failed answer is not remembered: the cause may be mended without changing a file we look at. */
  const forgetFailures = <Value>(value: Promise<Value>, forget: () => void): Promise<Value> => {
    value.catch(forget);
    return value;
  };

  const resolve = async (keyboard: string): Promise<string | null> =>
    (await ask('resolve', keyboard)) as string | null;

  const resolveOrThrow = async (keyboard: string): Promise<string> => {
    const resolved = await resolve(keyboard);
    if (resolved !== null) return resolved;
    throw new KilnError(
      'keyboard.unknown',
      `The firmware tree ${tree.name} has no keyboard named ${keyboard}.`,
      { details: { keyboard, tree: tree.name } },
    );
  };

  return {
    resolve,
    keyboards() {
      if (list === null || now() - list.at > LIST_FRESH_MS) {
        const value = ask('keyboards') as Promise<readonly string[]>;
        list = { at: now(), value: forgetFailures(value, () => (list = null)) };
      }
      return list.value;
    },
    async info(keyboard) {
      const resolved = await resolveOrThrow(keyboard);
      const stamp = await stampOf(tree.path, folderChain(resolved));
      const known = infos.get(resolved);
      if (known?.stamp === stamp) return known.value;
      const value = ask('info', resolved) as Promise<KeyboardInfo>;
      infos.set(resolved, { stamp, value: forgetFailures(value, () => infos.delete(resolved)) });
      return value;
    },
    async readme(keyboard) {
      return (await ask('readme', await resolveOrThrow(keyboard))) as string | null;
    },
    async facts() {
      checkTreeThere(tree);
      const stamp = await stampOf(tree.path, FACT_FOLDERS);
      if (facts?.stamp === stamp) return facts.value;
      const value = (ask('facts') as Promise<RawFacts>).then((raw) => ({
        hostLanguages: new Set(raw.hostLanguages),
        converters: new Set(raw.converters),
        modules: new Set(raw.modules),
        features: new Set(raw.features),
        keycodes: new Set(raw.keycodes),
      }));
      facts = { stamp, value: forgetFailures(value, () => (facts = null)) };
      return value;
    },
  };
}
