import { existsSync, lstatSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createQmkHelper,
  HelperRefusal,
  type QmkHelper,
  type QmkHelperOptions,
} from '../../core/catalogue/qmk-helper.ts';
import { createLogger } from '../../core/log.ts';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createToolchain, type Toolchain } from '../../core/toolchain/toolchain.ts';
import { makeTinyTree, pythonToolchain, type TinyTree } from '../fixtures/catalogue/tiny-tree.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

const log = createLogger({ level: 'silent', name: 'test' });

let folder: string;
let tree: TinyTree;
let toolchain: Toolchain;

function makeHelper(changes: Partial<QmkHelperOptions> = {}): QmkHelper {
  const helper = createQmkHelper({
    toolchain,
    treePath: tree.folder,
    treeName: 'tiny',
    cacheFolder: join(folder, 'cache'),
    log,
    background: false,
    ...changes,
  });
  onTestFinished(() => helper.close());
  return helper;
}

interface ReadAnswer {
  readonly info: string;
  readonly readme: string | null;
  readonly keymaps: Readonly<Record<string, string>>;
  readonly checks: readonly unknown[];
}

async function read(helper: QmkHelper, keyboard: string, more = {}): Promise<ReadAnswer> {
  return (await helper.ask({ method: 'read', keyboard, ...more })) as ReadAnswer;
}

async function infoOf(helper: QmkHelper, keyboard: string, more = {}) {
  return JSON.parse((await read(helper, keyboard, more)).info) as Record<string, unknown>;
}

/** Another time, even where the clock is coarse. */
function touch(path: string): void {
  const later = Date.now() / 1000 + 10;
  utimesSync(join(tree.folder, path), later, later);
}

describe.skipIf(process.platform === 'win32')('the helper', () => {
  beforeEach(() => {
    folder = temporaryFolder();
    tree = makeTinyTree(join(folder, 'tree'));
    toolchain = pythonToolchain(join(folder, 'data'));
    tree.keyboard('plain', { keyboard_name: 'Plain ‘ü’ 键' });
    for (const deed of ['print', 'raise', 'give-up', 'die', 'hang', 'where']) {
      tree.keyboard(deed, { deed });
    }
  });

  describe('answers', () => {
    it('with what the tree’s own Python says of a keyboard', async () => {
      tree.write('keyboards/plain/readme.md', '# Plain');
      tree.write('keyboards/plain/keymaps/default/keymap.json', '{ "layers": [] }');
      tree.write('keyboards/plain/keymaps/in-c/keymap.json', '{}');
      tree.write('keyboards/plain/keymaps/in-c/keymap.c', '');
      const answer = await read(makeHelper(), 'plain');
      expect(JSON.parse(answer.info)).toMatchObject({
        keyboard_name: 'Plain ‘ü’ 键',
        keymaps: { default: { path: 'keyboards/plain/keymaps/default/keymap.json' } },
      });
      expect(answer.readme).toBe('# Plain');
      expect(answer.keymaps).toEqual({
        'keyboards/plain/keymaps/default/keymap.json': '{"layers":[]}',
      });
    });

    it('leave validation to the caller unless the tree’s own is asked for', async () => {
      tree.keyboard('wrong', { invalid: true });
      const helper = makeHelper();
      const { checks } = await read(helper, 'wrong');
      expect(checks).toEqual([['tiny.keyboard.v1', expect.anything()]]);
      await expect(read(helper, 'wrong', { strict: true })).rejects.toThrow(
        new HelperRefusal('tiny.keyboard.v1: invalid'),
      );
      expect((await read(helper, 'wrong')).checks).toHaveLength(1);
    });

    it('with the tree’s lists', async () => {
      await expect(makeHelper().ask({ method: 'facts' })).resolves.toEqual({
        hostLanguages: ['german'],
        converters: ['thing'],
        modules: ['someone/clock'],
        features: ['oled', 'rgb_matrix'],
        keycodes: ['KC_basic', 'KC_canadian_french', 'basic_alias', 'canadian_french_alias'],
      });
    });

    it('each to its own question, however many are asked at once', async () => {
      const names = Array.from({ length: 30 }, (_, index) => `board${index}`);
      for (const name of names) tree.keyboard(name, { keyboard_name: name });
      const helper = makeHelper();
      const infos = await Promise.all(names.map((name) => infoOf(helper, name)));
      expect(infos.map(({ keyboard_name }) => keyboard_name)).toEqual(names);
    });

    it('that are longer than a pipe holds come whole', async () => {
      const long = 'x'.repeat(3_000_000);
      tree.keyboard('long', { long });
      expect((await infoOf(makeHelper(), 'long')).long).toBe(long);
    });

    it('are not spoilt by what the tree’s code prints', async () => {
      const helper = makeHelper();
      await expect(infoOf(helper, 'print')).resolves.toEqual({ keymaps: {} });
      await expect(infoOf(helper, 'plain')).resolves.toHaveProperty('keyboard_name');
    });
  });

  describe('runs', () => {
    it('in the tree, with nothing of the user’s environment, and writes nothing there', async () => {
      const snapshot = () =>
        readdirSync(tree.folder, { recursive: true, encoding: 'utf8' })
          .sort()
          .map((name) => `${name} ${lstatSync(join(tree.folder, name)).mtimeMs}`);
      const before = snapshot();
      const info = await infoOf(makeHelper(), 'where');
      expect(info.cwd).toBe(tree.folder);
      expect(info.environment).toEqual(
        expect.arrayContaining(['HOME', 'LANG', 'LC_ALL', 'ORIG_CWD', 'PATH', 'QMK_HOME']),
      );
      expect(info.environment).not.toContain('USER');
      expect(info.environment).not.toContain('VITEST');
      expect(snapshot()).toEqual(before);
      expect(existsSync(join(folder, 'cache', 'pycache'))).toBe(true);
    });

    it('once for many questions, and at lower priority in the background', async () => {
      const helper = makeHelper();
      const first = await infoOf(helper, 'where');
      const second = await infoOf(helper, 'where');
      expect(second.pid).toBe(first.pid);
      const background = await infoOf(makeHelper({ background: true }), 'where');
      expect(background.nice).toBe(Math.min(19, (first.nice as number) + 10));
    });

    it('until it is idle, and again at the next question', async () => {
      const helper = makeHelper({ idleMs: 1 });
      const { pid } = await infoOf(helper, 'where');
      await until('the helper to end', () => !isAlive(pid as number));
      expect((await infoOf(helper, 'where')).pid).not.toBe(pid);
    });

    it('with one clock for its idle time, however many questions were asked at once', async () => {
      const helper = makeHelper();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      await Promise.all(Array.from({ length: 50 }, () => read(helper, 'plain')));
      expect(vi.getTimerCount()).toBe(1);
    });

    it('no longer once it is closed', async () => {
      const helper = makeHelper();
      const { pid } = await infoOf(helper, 'where');
      await helper.close();
      expect(isAlive(pid as number)).toBe(false);
    });
  });

  describe('refuses', () => {
    it('a question over which the tree’s code fails, and answers the next', async () => {
      const helper = makeHelper();
      const { pid } = await infoOf(helper, 'where');
      await expect(read(helper, 'raise')).rejects.toThrow(new HelperRefusal('a wheel fell off'));
      await expect(read(helper, 'give-up')).rejects.toThrow(HelperRefusal);
      await expect(read(helper, 'missing')).rejects.toThrow(HelperRefusal);
      await expect(helper.ask({ method: '__init__' as 'read', keyboard: 'plain' })).rejects.toThrow(
        new HelperRefusal('No such method: __init__'),
      );
      expect((await infoOf(helper, 'where')).pid).toBe(pid);
    });

    it('a tree whose Python cannot be loaded, in Python’s words, each time', async () => {
      tree.write('lib/python/qmk/info.py', 'raise ImportError("no such thing")');
      const helper = makeHelper();
      const broken = {
        code: 'tree.broken',
        message: 'The firmware tree tiny cannot be read: ImportError: no such thing.',
        details: { tree: 'tiny' },
      };
      await expect(read(helper, 'plain')).rejects.toMatchObject(broken);
      await expect(read(helper, 'plain')).rejects.toMatchObject(broken);
    });

    it('to work without the qmk packages, and says how to get them', async () => {
      rmSync(join(toolchain.pythonFolder, 'bin', 'qmk'));
      await expect(read(makeHelper(), 'plain')).rejects.toMatchObject({
        code: 'toolchain.missing',
        details: { tool: 'qmk' },
      });
    });

    it('to work with a Python that does not start', async () => {
      rmSync(join(toolchain.pythonFolder, 'bin', 'python3'));
      writeFileSync(join(toolchain.pythonFolder, 'bin', 'python3'), 'no program', { mode: 0o755 });
      await expect(read(makeHelper(), 'plain')).rejects.toMatchObject({ code: 'tree.broken' });
    });
  });

  describe('starts again', () => {
    it('when a question killed it, which is told why', async () => {
      const helper = makeHelper();
      const killed = {
        code: 'tree.broken',
        message: 'The firmware tree tiny cannot be read: its Python ended: Illegal instruction.',
      };
      await expect(read(helper, 'die')).rejects.toMatchObject(killed);
      await expect(read(helper, 'plain')).resolves.toBeDefined();
    });

    it('when the tree’s Python changed, for every question that waits', async () => {
      const helper = makeHelper();
      const { pid } = await infoOf(helper, 'where');
      tree.write('lib/python/qmk/keyboard.py', 'def find_readme(keyboard):\n    return None\n');
      touch('lib/python/qmk/keyboard.py');
      tree.write('keyboards/plain/readme.md', '# Plain');
      const answers = await Promise.all([
        read(helper, 'plain', { refresh: true }),
        read(helper, 'plain'),
        read(helper, 'where'),
      ]);
      expect(answers.map(({ readme }) => readme)).toEqual([null, null, null]);
      expect(JSON.parse(answers[2].info).pid).not.toBe(pid);
    });

    it('not for ever when the tree’s Python changes all the time', async () => {
      // Each start changes it anew.
      tree.write(
        'lib/python/qmk/util.py',
        `
from pathlib import Path
import tempfile
Path(tempfile.mkdtemp(dir='lib/python/qmk'), 'new.py').write_text('')
`,
      );
      await expect(read(makeHelper(), 'plain', { refresh: true })).rejects.toMatchObject({
        code: 'tree.broken',
      });
    });
  });

  describe('forgets files', () => {
    it('when it is told to, and not before', async () => {
      const helper = makeHelper();
      tree.keyboard('plain', { keyboard_name: 'old' });
      await expect(infoOf(helper, 'plain')).resolves.toMatchObject({ keyboard_name: 'old' });
      tree.keyboard('plain', { keyboard_name: 'new' });
      await expect(infoOf(helper, 'plain')).resolves.toMatchObject({ keyboard_name: 'old' });
      await expect(infoOf(helper, 'plain', { refresh: true })).resolves.toMatchObject({
        keyboard_name: 'new',
      });
    });
  });

  describe('is given up', () => {
    it('over a question that never ends; those behind it are asked again', async () => {
      const helper = makeHelper();
      const { pid } = await infoOf(helper, 'where');
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const hanging = settled(read(helper, 'hang'));
      await vi.advanceTimersByTimeAsync(40_000);
      const behind = settled(infoOf(helper, 'where'));
      await vi.advanceTimersByTimeAsync(20_000);
      expect(hanging.value).toMatchObject({
        code: 'tree.broken',
        message: expect.stringContaining('did not answer within 60 seconds'),
      });
      await untilDone(behind);
      expect(behind.value).toMatchObject({ cwd: tree.folder });
      expect((behind.value as { pid: number }).pid).not.toBe(pid);
      expect(isAlive(pid as number)).toBe(false);
    });

    it('when the tree’s Python hangs while it is loaded', async () => {
      tree.write('lib/python/qmk/info.py', 'import time\ntime.sleep(1000)\n');
      const helper = makeHelper();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const hanging = settled(read(helper, 'plain'));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(hanging.value).toMatchObject({
        code: 'tree.broken',
        message: expect.stringContaining('did not answer'),
      });
      await untilDone(settled(helper.close()));
    });

    it('with what it was asked when it is closed', async () => {
      const helper = makeHelper();
      await infoOf(helper, 'where');
      const hanging = read(helper, 'hang').catch((error: unknown) => error);
      await helper.close();
      expect(await hanging).toMatchObject({ code: expect.stringMatching(/^tree\./) });
    });
  });
});

/** What a promise comes to, to be looked at without waiting for it. */
function settled(promise: Promise<unknown>): { done: boolean; value: unknown } {
  const state = { done: false, value: undefined as unknown };
  const settle = (value: unknown): void => {
    Object.assign(state, { done: true, value });
  };
  promise.then(settle, settle);
  return state;
}

/** Lets timers run as fast as the processes that they are about. */
async function untilDone(state: { readonly done: boolean }): Promise<void> {
  while (!state.done) {
    await vi.advanceTimersByTimeAsync(1);
    await new Promise(setImmediate);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const TREE = process.env.KILN_TEST_QMK_HOME;
const TOOLCHAIN = process.env.KILN_TEST_TOOLCHAIN;
const REASON =
  TREE === undefined || TOOLCHAIN === undefined
    ? ' (skipped: KILN_TEST_QMK_HOME names no QMK tree, or KILN_TEST_TOOLCHAIN no folder of kiln toolchain install)'
    : '';

describe.skipIf(REASON !== '')(`a real QMK tree${REASON}`, () => {
  it('answers for keyboards of both architectures, and with plausible lists', async () => {
    const settings = loadSettings({ dataDir: temporaryFolder() }, {});
    const paths = { ...dataPaths(settings), toolchain: TOOLCHAIN ?? '' };
    const helper = createQmkHelper({
      toolchain: createToolchain(settings, paths),
      treePath: TREE ?? '',
      treeName: 'qmk',
      cacheFolder: join(settings.dataDir, 'cache'),
      log,
      background: false,
    });
    onTestFinished(() => helper.close());
    const dz60 = await infoOf(helper, 'dz60', { strict: true });
    expect(dz60).toMatchObject({ processor: 'atmega32u4', bootloader: 'atmel-dfu' });
    expect(Object.keys(dz60.layouts as object)).toContain('LAYOUT');
    const planck = await infoOf(helper, 'planck/rev6');
    expect(planck).toMatchObject({ processor: 'STM32F303', bootloader: 'stm32-dfu' });
    expect(Object.keys(planck.layouts as object)).toContain('LAYOUT_ortho_4x12');

    const facts = (await helper.ask({ method: 'facts' })) as Record<string, string[]>;
    expect(facts.hostLanguages).toEqual(expect.arrayContaining(['german', 'french', 'japanese']));
    expect(facts.converters).toEqual(expect.arrayContaining(['kb2040', 'proton_c']));
    expect(facts.features).toEqual(expect.arrayContaining(['rgb_matrix', 'oled', 'nkro']));
    const keycodes = ['KC_A', 'KC_NO', 'KC_TRNS', 'QK_BOOT', 'DE_ADIA'];
    expect(facts.keycodes).toEqual(expect.arrayContaining(keycodes));
    expect(facts.keycodes?.length).toBeGreaterThan(1000);
  });
});
