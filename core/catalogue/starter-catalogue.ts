/** The catalogue of the starter tree: its own JSON files, read once; they change only with a release. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errnoOf, KilnError } from '../errors.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import { checkTreeThere } from '../trees/registry.ts';
import type { Catalogue, KeyboardInfo, TreeFacts } from './contract.ts';

interface KeycodeTable {
  readonly keycodes: Readonly<
    Record<string, { readonly key: string; readonly aliases?: readonly string[] }>
  >;
}

async function readJson<Value>(file: string): Promise<Value> {
  return JSON.parse(await readFile(file, 'utf8')) as Value;
}

async function findKeyboards(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name === 'keyboard.json')
    .map((entry) => relative(root, entry.parentPath).split(sep).join('/'))
    .sort();
}

/** The nearest `readme.md` from the folder upward, not above `top`. */
async function nearestReadme(folder: string, top: string): Promise<string | null> {
  try {
    return await readFile(join(folder, 'readme.md'), 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  return folder === top ? null : nearestReadme(dirname(folder), top);
}

export function createStarterCatalogue(tree: FirmwareTree): Catalogue {
  const root = join(tree.path, 'keyboards');
  let list: Promise<readonly string[]> | null = null;

  const keyboards = (): Promise<readonly string[]> => {
    checkTreeThere(tree);
    list ??= findKeyboards(root);
    return list;
  };

  const resolve = async (keyboard: string): Promise<string | null> =>
    (await keyboards()).includes(keyboard) ? keyboard : null;

  const folderOf = async (keyboard: string): Promise<string> => {
    const resolved = await resolve(keyboard);
    if (resolved !== null) return join(root, resolved);
    throw new KilnError(
      'keyboard.unknown',
      `The firmware tree ${tree.name} has no keyboard named ${keyboard}.`,
      { details: { keyboard, tree: tree.name } },
    );
  };

  return {
    keyboards,
    resolve,
    async info(keyboard) {
      const data = await readJson<Pick<KeyboardInfo, 'layouts'>>(
        join(await folderOf(keyboard), 'keyboard.json'),
      );
      // The members that QMK's own tools add to what the file says.
      return {
        keymaps: {},
        parse_errors: [],
        parse_warnings: [],
        ...data,
        keyboard_folder: keyboard,
      };
    },
    readme: async (keyboard) => nearestReadme(await folderOf(keyboard), root),
    async facts(): Promise<TreeFacts> {
      const table = await readJson<KeycodeTable>(join(tree.path, 'keycodes.json'));
      const names = Object.values(table.keycodes).flatMap((entry) => [
        entry.key,
        ...(entry.aliases ?? []),
      ]);
      const none: ReadonlySet<string> = new Set();
      return {
        hostLanguages: none,
        converters: none,
        modules: none,
        features: none,
        keycodes: new Set(names),
      };
    },
  };
}
