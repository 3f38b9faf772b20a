import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createQmkReader } from '../../core/catalogue/qmk-reader.ts';
import type { KeyboardReader } from '../../core/catalogue/reader.ts';
import { createLogger } from '../../core/log.ts';
import type { Toolchain } from '../../core/toolchain/toolchain.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import { makeTinyTree, pythonToolchain, type TinyTree } from '../fixtures/catalogue/tiny-tree.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

let folder: string;
let tree: TinyTree;
let toolchain: Toolchain;
let cacheFolder: string;
let reader: KeyboardReader;

function open(): KeyboardReader {
  const opened = createQmkReader({
    tree: { name: 'tiny', kind: 'folder', path: tree.folder } as FirmwareTree,
    toolchain,
    cacheFolder,
    log: createLogger({ level: 'silent', name: 'test' }),
  });
  onTestFinished(() => opened.close());
  return opened;
}

const infoOf = async (keyboard: string, urgency: 'now' | 'background' = 'now') =>
  JSON.parse((await reader.read(keyboard, urgency)).infoText) as Record<string, unknown>;

const broken = (keyboard: string, words: string) => ({
  code: 'keyboard.metadata-broken',
  message: `The metadata of ${keyboard} cannot be read: ${words}`,
  details: { keyboard, tree: 'tiny' },
});

/** What `qmk` does when documents are made. */
const qmkDoes = (script: string) => writeTool(join(toolchain.pythonFolder, 'bin'), 'qmk', script);

function isAlive(pid: unknown): boolean {
  try {
    return process.kill(pid as number, 0);
  } catch {
    return false;
  }
}

function listing(): string[] {
  return readdirSync(tree.folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${lstatSync(join(tree.folder, name)).mtimeMs}`)
    .sort();
}

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema#',
  $id: 'tiny.keyboard.v1',
  properties: { keyboard_name: { type: 'string' }, keymaps: {} },
};

describe.skipIf(process.platform === 'win32')('the reader of a QMK tree', () => {
  beforeEach(() => {
    folder = temporaryFolder();
    cacheFolder = join(folder, 'cache');
    tree = makeTinyTree(join(folder, 'tree'));
    toolchain = pythonToolchain(join(folder, 'data'));
    tree.write('data/schemas/keyboard.jsonschema', JSON.stringify(SCHEMA));
    tree.keyboard('plain', { keyboard_name: 'Plain' });
    tree.keyboard('where', { deed: 'where' });
    reader = open();
  });

  describe('reads a keyboard', () => {
    it('with all that is published of it', async () => {
      const path = 'keyboards/plain/keymaps/default/keymap.json';
      tree.write('keyboards/plain/readme.md', '# Plain');
      tree.write(path, '{ "layers": [["KC_A"]] }');
      const { infoText, readme, keymaps } = await reader.read('plain', 'now');
      const { keymaps: listed, ...info } = JSON.parse(infoText);
      expect(info).toEqual({ keyboard_name: 'Plain' });
      expect(listed).toEqual({ default: { url: expect.stringContaining(path), path } });
      expect(readme).toBe('# Plain');
      expect(keymaps).toEqual({ [path]: '{"layers":[["KC_A"]]}' });
    });

    it('as its files are at the moment', async () => {
      await infoOf('plain');
      tree.keyboard('plain', { keyboard_name: 'Plainer' });
      await expect(infoOf('plain')).resolves.toMatchObject({ keyboard_name: 'Plainer' });
    });

    it('in the background at lower priority, files as they were when the run began', async () => {
      await reader.beginRun();
      await infoOf('plain', 'background');
      tree.keyboard('plain', { keyboard_name: 'Plainer' });
      await expect(infoOf('plain', 'background')).resolves.toMatchObject({
        keyboard_name: 'Plain',
      });
      const [now, later] = [await infoOf('where'), await infoOf('where', 'background')];
      expect(later.nice).toBe(Math.min(19, (now.nice as number) + 10));
      expect(later.pid).not.toBe(now.pid);
      await reader.beginRun();
      await expect(infoOf('plain', 'background')).resolves.toMatchObject({
        keyboard_name: 'Plainer',
      });
    });

    it('while the background is busy with another one', async () => {
      const gate = join(folder, 'gate');
      tree.keyboard('slow', { deed: 'wait', file: gate });
      const slow = reader.read('slow', 'background');
      await expect(infoOf('plain')).resolves.toMatchObject({ keyboard_name: 'Plain' });
      writeFileSync(gate, '');
      await expect(slow).resolves.toBeDefined();
    });

    it('but for a keymap that is no JSON, of which it warns', async () => {
      tree.write('keyboards/plain/keymaps/good/keymap.json', '{}');
      tree.write('keyboards/plain/keymaps/bad/keymap.json', '{ "layers": ');
      tree.keyboard('plain', { parse_warnings: ['one'] });
      const { infoText, keymaps } = await reader.read('plain', 'now');
      expect(JSON.parse(infoText)).toMatchObject({
        parse_warnings: ['one', expect.stringMatching(/^The keymap bad is left out: Expecting/)],
      });
      expect(Object.keys(JSON.parse(infoText).keymaps)).toEqual(['good']);
      expect(Object.keys(keymaps)).toEqual(['keyboards/plain/keymaps/good/keymap.json']);
    });
  });

  describe('leaves it to the tree', () => {
    it('whether data hold that our own check refuses', async () => {
      tree.keyboard('odd', { keyboard_name: 7 });
      await expect(infoOf('odd')).resolves.toMatchObject({ keyboard_name: 7 });
      tree.keyboard('wrong', { keyboard_name: 7, invalid: true });
      await expect(infoOf('wrong')).rejects.toMatchObject(
        broken('wrong', 'tiny.keyboard.v1: invalid'),
      );
    });

    it('what comes of data that would have led its code astray', async () => {
      tree.write(
        'lib/python/qmk/info.py',
        `
import json
from pathlib import Path

def validate(data, schema):
    if 'matrix' not in data:
        raise ValueError('no matrix')

def info_json(keyboard):
    info = json.loads(Path('keyboards', keyboard, 'info.json').read_text())
    try:
        validate(info, 'tiny.keyboard.v1')
    except ValueError:
        return {'left_out': True, 'keymaps': {}}
    return {'rows': len(info['matrix']), 'keymaps': {}}
`,
      );
      await expect(infoOf('plain')).resolves.toMatchObject({ left_out: true });
      tree.keyboard('plain', { matrix: [1, 2] });
      await expect(infoOf('plain')).resolves.toMatchObject({ rows: 2 });
    });

    it('by the schemas of the moment', async () => {
      tree.keyboard('plain', { keyboard_name: 7, invalid: true });
      const lenient = { ...SCHEMA, properties: {} };
      tree.write('data/schemas/keyboard.jsonschema', JSON.stringify(lenient));
      await expect(infoOf('plain')).resolves.toMatchObject({ keyboard_name: 7 });
      tree.write('data/schemas/keyboard.jsonschema', JSON.stringify(SCHEMA));
      await expect(infoOf('plain')).rejects.toMatchObject({ code: 'keyboard.metadata-broken' });
    });

    it('to check what no schema of the tree describes', async () => {
      rmSync(join(tree.folder, 'data/schemas/keyboard.jsonschema'));
      await expect(infoOf('plain')).resolves.toMatchObject({ keyboard_name: 'Plain' });
      tree.keyboard('wrong', { invalid: true });
      await expect(infoOf('wrong')).rejects.toMatchObject({ code: 'keyboard.metadata-broken' });
    });
  });

  describe('says what is wrong', () => {
    it('with a keyboard, in the words of the tree', async () => {
      tree.keyboard('raise', { deed: 'raise' });
      tree.keyboard('give-up', { deed: 'give-up' });
      await expect(infoOf('raise')).rejects.toMatchObject(broken('raise', 'a wheel fell off'));
      await expect(infoOf('give-up')).rejects.toMatchObject({ code: 'keyboard.metadata-broken' });
      await expect(infoOf('plain')).resolves.toMatchObject({ keyboard_name: 'Plain' });
    });

    it('with a file, by its name', async () => {
      tree.write(
        'lib/python/qmk/json_schema.py',
        'import hjson\n\ndef json_load(file):\n    return hjson.load(file.open())\n',
      );
      tree.write(
        'lib/python/qmk/info.py',
        `
from pathlib import Path
from qmk.json_schema import json_load

def info_json(keyboard):
    return json_load(Path('keyboards', keyboard, 'info.json'))
`,
      );
      tree.write('keyboards/plain/info.json', '{ "keyboard_name": ');
      await expect(infoOf('plain')).rejects.toMatchObject({
        message: expect.stringContaining('read: keyboards/plain/info.json: '),
      });
    });

    it('with numbers that JSON does not have', async () => {
      tree.write('keyboards/plain/info.json', '{ "x": NaN }');
      await expect(infoOf('plain')).rejects.toMatchObject({ code: 'keyboard.metadata-broken' });
    });

    it('with the tree', async () => {
      tree.keyboard('die', { deed: 'die' });
      await expect(infoOf('die')).rejects.toMatchObject({ code: 'tree.broken' });
      await expect(infoOf('die', 'background')).rejects.toMatchObject({ code: 'tree.broken' });
      await expect(infoOf('plain', 'background')).resolves.toBeDefined();
      tree.write('lib/python/qmk/keycodes.py', 'def load_spec(version, language=None): 1 / 0\n');
      await expect(reader.facts()).rejects.toMatchObject({
        code: 'tree.broken',
        message: 'The firmware tree tiny cannot be read: division by zero',
      });
      rmSync(tree.folder, { recursive: true });
      await expect(infoOf('plain')).rejects.toMatchObject({ code: 'tree.missing' });
      await expect(reader.documents()).rejects.toMatchObject({ code: 'tree.missing' });
      await expect((async () => reader.warmUp())()).rejects.toMatchObject({ code: 'tree.missing' });
    });
  });

  it('gives the lists that close what keymaps may name', async () => {
    await expect(reader.facts()).resolves.toEqual({
      hostLanguages: new Set(['german']),
      converters: new Set(['thing']),
      modules: new Set(['someone/clock']),
      features: new Set(['oled', 'rgb_matrix']),
      keycodes: new Set(['KC_basic', 'basic_alias', 'KC_canadian_french', 'canadian_french_alias']),
    });
  });

  describe('has documents made', () => {
    const GENERATE = `
[ "$1" = generate-api ] || exit 1
pwd > "$HOME/../asked"
mkdir -p .build/api_data/v1/constants
echo text > .build/api_data/readme.md
echo '{}' > .build/api_data/v1/constants/keycodes_0.0.1.json
for name in keyboards keyboard_list keyboard_metadata usb; do echo '{}' > .build/api_data/v1/$name.json; done`;

    it('by the tree’s own tools, beside the tree, but for the lists of keyboards', async () => {
      qmkDoes(GENERATE);
      const before = listing();
      const documents = await reader.documents();
      const texts = [...documents].map(([path, content]) => [
        path,
        Buffer.from(content).toString(),
      ]);
      expect(Object.fromEntries(texts)).toEqual({
        'readme.md': 'text\n',
        'v1/constants/keycodes_0.0.1.json': '{}\n',
      });
      expect(listing()).toEqual(before);
      expect(readdirSync(cacheFolder).filter((name) => name.startsWith('documents-'))).toEqual([]);
    });

    it('and removes what a killed run left, not what others are at', async () => {
      qmkDoes(GENERATE);
      const [old, present] = ['old', 'now'].map((name) => join(cacheFolder, `documents-${name}`));
      for (const made of [old, present]) mkdirSync(join(made ?? '', 'v1'), { recursive: true });
      utimesSync(old ?? '', 1, 1);
      await reader.documents();
      expect(existsSync(old ?? '')).toBe(false);
      expect(existsSync(present ?? '')).toBe(true);
    });

    it.each([
      ['fail', 'echo "No such thing" >&2; exit 1', 'No such thing'],
      ['leave nothing', 'exit 0', 'exited'],
    ])('and says so when they %s', async (_, script, words) => {
      qmkDoes(script);
      await expect(reader.documents()).rejects.toMatchObject({
        code: 'tree.broken',
        message: `The firmware tree tiny does not publish its data: ${words}`,
      });
    });

    it('until it is closed', async () => {
      qmkDoes('echo $$ > "$HOME/../pid"; sleep 1000');
      const made = reader.documents().catch((error: unknown) => error);
      await until('qmk to run', () => existsSync(join(cacheFolder, 'pid')));
      await reader.close();
      expect(await made).toMatchObject({ code: 'tree.broken' });
      expect(readdirSync(cacheFolder).filter((name) => name.startsWith('documents-'))).toEqual([]);
    });
  });

  describe('has processes', () => {
    it('only as long as it needs them, and writes nothing into the tree', async () => {
      const before = listing();
      await reader.warmUp();
      const pids = [(await infoOf('where')).pid, (await infoOf('where', 'background')).pid];
      await reader.rest();
      expect(pids.filter(isAlive)).toEqual([]);
      await infoOf('plain');
      await infoOf('plain', 'background');
      await reader.close();
      expect(listing()).toEqual(before);
    });

    it('that do not rest in the middle of an answer', async () => {
      const gate = join(folder, 'gate');
      tree.keyboard('slow', { deed: 'wait', file: gate, keyboard_name: 'Slow' });
      const slow = infoOf('slow');
      await reader.rest();
      writeFileSync(gate, '');
      await expect(slow).resolves.toMatchObject({ keyboard_name: 'Slow' });
    });

    it('no more once it is closed', async () => {
      tree.keyboard('hang', { deed: 'hang' });
      const { pid } = await infoOf('where');
      const asked = infoOf('hang').catch((error: unknown) => error);
      const queued = infoOf('plain').catch((error: unknown) => error);
      await reader.close();
      expect(isAlive(pid)).toBe(false);
      expect(await asked).toMatchObject({ code: expect.stringMatching(/^tree\./) });
      expect(await queued).toMatchObject({ code: 'tree.missing' });
      await expect(infoOf('plain')).rejects.toMatchObject({ code: 'tree.missing' });
    });
  });
});
