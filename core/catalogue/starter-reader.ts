/** Reads the starter tree's keyboards: its own JSON files, which are in the form that QMK publishes. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, KilnError } from '../errors.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import type { KeyboardInfo } from './contract.ts';
import type { KeyboardReader } from './reader.ts';

interface KeycodeTable {
  readonly version: string;
  readonly keycodes: Readonly<
    Record<string, { readonly key: string; readonly aliases?: readonly string[] }>
  >;
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The nearest `readme.md` from the folder upward, not above `top`. */
async function nearestReadme(folder: string, top: string): Promise<string | null> {
  const text = await readText(join(folder, 'readme.md'));
  return text !== null || folder === top ? text : nearestReadme(dirname(folder), top);
}

/** Keymaps that are JSON alone, as QMK lists them: by name, with their path below `v1/`. */
async function readKeymaps(tree: string, keyboard: string) {
  const folder = `keyboards/${keyboard}/keymaps`;
  const names = (await readdir(join(tree, folder)).catch(() => [])).sort();
  const texts: Record<string, string> = {};
  const listed: Record<string, { url: string; path: string }> = {};
  for (const name of names) {
    const path = `${folder}/${name}/keymap.json`;
    const text = await readText(join(tree, path));
    if (text === null) continue;
    texts[path] = JSON.stringify(parse(keyboard, path, text));
    listed[name] = { url: '', path };
  }
  return { texts, listed };
}

/** @throws KilnError `keyboard.metadata-broken` naming the file when it is no JSON */
function parse(keyboard: string, path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KilnError(
      'keyboard.metadata-broken',
      `The metadata of ${keyboard} cannot be read: ${path}: ${why}`,
      { cause: error, details: { keyboard } },
    );
  }
}

export function createStarterReader(tree: FirmwareTree): KeyboardReader {
  const root = join(tree.path, 'keyboards');

  const readTable = async (): Promise<KeycodeTable> =>
    JSON.parse(await readFile(join(tree.path, 'keycodes.json'), 'utf8')) as KeycodeTable;

  return {
    parallel: 1,
    warmUp: async () => undefined,
    beginRun: async () => undefined,
    async read(keyboard) {
      const folder = join(root, keyboard);
      const text = await readText(join(folder, 'keyboard.json'));
      if (text === null) {
        throw new KilnError('keyboard.unknown', `The starter tree has no keyboard ${keyboard}.`);
      }
      const { texts, listed } = await readKeymaps(tree.path, keyboard);
      // The members that QMK's own tools add to what the file says.
      const info: KeyboardInfo = {
        parse_errors: [],
        parse_warnings: [],
        platform: 'unknown',
        platform_key: 'avr',
        processor_type: 'avr',
        ...(parse(keyboard, 'keyboard.json', text) as Pick<KeyboardInfo, 'layouts'>),
        keymaps: listed,
        keyboard_folder: keyboard,
      };
      return {
        infoText: JSON.stringify(info),
        readme: await nearestReadme(folder, root),
        keymaps: texts,
      };
    },
    async facts() {
      const { keycodes } = await readTable();
      const names = Object.values(keycodes).flatMap(({ key, aliases = [] }) => [key, ...aliases]);
      const none: ReadonlySet<string> = new Set();
      return {
        hostLanguages: none,
        converters: none,
        modules: none,
        // The generator names each setting that it does not take; admission only has to know the word.
        features: none,
        keycodes: new Set(names),
      };
    },
    async documents() {
      const table = await readTable();
      const json = (value: unknown) => Buffer.from(JSON.stringify(value));
      const readme = (await readText(join(tree.path, 'readme.md'))) ?? '';
      return new Map<string, Uint8Array>([
        ['readme.md', Buffer.from(readme)],
        [`v1/constants/keycodes_${table.version}.json`, json(table)],
        ['v1/constants_metadata.json', json({ constants: { keycodes: [table.version] } })],
      ]);
    },
    rest: async () => undefined,
    close: async () => undefined,
  };
}
