/** A firmware tree that changes while it is built, with the real compiler: an image is of one state of the tree. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compilePayloadSchema } from '../../core/compile/job.ts';
import { type Database, openDatabase } from '../../core/db/database.ts';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createFilesystemStore } from '../../core/storage/filesystem-store.ts';
import { createGit } from '../../core/trees/git.ts';
import { createVersionReader } from '../../core/trees/version.ts';
import { buildOfOneState } from '../../worker/build/tree-guard.ts';
import { compile } from '../../worker/compile.ts';
import { compileEnvironment } from '../../worker/handlers.ts';
import { createGate, type Gate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { defaultKeymapOf, requireTools, STARTER } from '../fixtures/starter-build/build.ts';
import { starterTreeAt } from '../fixtures/starter-build/build-pad.ts';

const MINUTE = 60_000;
/** Compiled in the middle: seven sources come before it, and five after it. */
const MIDDLE = 'src/usb.c';

let folder: string;
let tree: string;
let gate: Gate;
let database: Database;

beforeAll(requireTools);

beforeEach(() => {
  // The system's folder for temporary files is another one in the sandbox.
  folder = realpathSync(mkdtempSync(join(process.cwd(), 'node_modules/.kiln-changes-')));
  tree = join(folder, 'tree');
  cpSync(STARTER, tree, { recursive: true });
  gate = createGate(join(folder, 'tools'), { at: MIDDLE });
  database = openDatabase(join(folder, 'kiln.sqlite'));
});
afterEach(() => {
  gate.open();
  database.close();
  rmSync(folder, { recursive: true });
});

function git(...args: string[]): void {
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@localhost',
  };
  execFileSync('git', args, { cwd: tree, env, stdio: 'ignore' });
}

/** A number that sources before the middle and after it take from one header: both have to mean the same. */
function setReportId(id: number): void {
  const file = join(tree, 'src/hid.h');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(HID_REPORT_ID_CONSUMER) \d+/, `$1 ${id}`));
}

let jobs = 0;

function build() {
  const settings = loadSettings(
    { dataDir: join(folder, 'data'), toolchainDir: gate.folder, workers: 1 },
    {},
  );
  const paths = dataPaths(settings);
  mkdirSync(paths.builds, { recursive: true });
  const real = compileEnvironment(settings, database);
  const readVersion = createVersionReader(createGit(real.toolchain));
  const starter = starterTreeAt(tree, 'mine');
  const jobId = String(++jobs).padStart(32, '0');
  const lines: string[] = [];
  const payload = compilePayloadSchema.parse({
    tree: 'mine',
    keyboard: 'kiln/pad4x4',
    keymap: 'default',
    layout: 'LAYOUT_ortho_4x4',
    platform: 'avr',
    keymapJson: JSON.stringify(defaultKeymapOf('kiln/pad4x4')),
  });
  const ended = compile(
    {
      jobId,
      payload,
      timeoutMs: MINUTE,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onLine: (line) => lines.push(line),
    },
    {
      ...real,
      trees: { ...real.trees, get: async () => starter },
      readVersion: () => readVersion(tree),
      parallel: async () => 1,
    },
  );
  // Looked at further down, after the gate: meanwhile nobody holds the rejection.
  ended.catch(() => undefined);
  const store = createFilesystemStore({ root: paths.artifacts });
  return {
    ended,
    lines,
    stored: () => store.list(jobId),
    buildFolders: () => readdirSync(paths.builds),
  };
}

async function digestOf(run: ReturnType<typeof build>): Promise<string | null> {
  return (await run.ended).firmwareSha256;
}

describe('a firmware tree that changes under a build', () => {
  it('at a header gives the image of the new state, built once more, with the reason in the log', async () => {
    const run = build();
    await until('a compiler at work', gate.reached);
    setReportId(5);
    gate.open();
    const { firmwareSha256 } = await run.ended;
    const again = run.lines.findIndex((line) => line.includes('once more'));
    expect(run.lines[again]).toBe(
      'The firmware tree mine changed while it was built: src/hid.h. Kiln builds it once more.',
    );
    expect(run.lines.slice(again)).toContain(`Compiling: ${MIDDLE}`);
    expect(run.buildFolders()).toEqual([]);

    const clean = await digestOf(build());
    expect(firmwareSha256).toBe(clean);
    setReportId(1);
    expect(await digestOf(build())).not.toBe(clean);
  }, 120_000);

  it('at the Makefile, at its keyboard and at its keycodes is built once more, too', async () => {
    for (const file of ['Makefile', 'keyboards/kiln/pad4x4/keyboard.json', 'keycodes.json']) {
      gate.close();
      const run = build();
      await until('a compiler at work', gate.reached);
      appendFileSync(join(tree, file), '\n');
      gate.open();
      expect(await run.ended).toMatchObject({ returncode: 0 });
      expect(run.lines.join('\n')).toContain(`while it was built: ${file}.`);
      // A plan of it would let the next one pass the gate.
      appendFileSync(join(tree, 'src/hid.h'), '\n');
    }
  }, 120_000);

  it('by another commit gives the image and the version of that commit', async () => {
    git('init', '--quiet', '--initial-branch', 'main');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    git('checkout', '--quiet', '-b', 'next');
    setReportId(5);
    git('commit', '--quiet', '--all', '--message', 'two');
    git('checkout', '--quiet', 'main');

    const run = build();
    await until('a compiler at work', gate.reached);
    git('checkout', '--quiet', 'next');
    gate.open();
    const result = await run.ended;
    expect(run.lines.join('\n')).toMatch(/while it was built: it is at \w+ now, and was at \w+\./);
    const clean = await build().ended;
    expect(result.tree).toEqual(clean.tree);
    expect(result.tree).toMatchObject({ dirty: false, commit: expect.stringMatching(/^\w{40}$/) });
    expect(result.firmwareSha256).toBe(clean.firmwareSha256);
  }, 120_000);

  it('at a header that goes away gives no compile error of half a tree', async () => {
    const file = join(tree, 'src/usb_descriptors.h');
    const text = readFileSync(file);
    const run = build();
    await until('a compiler at work', gate.reached);
    rmSync(file);
    gate.open();
    await until('the second try', () => run.lines.some((line) => line.includes('once more')));
    writeFileSync(file, text);
    await run.ended.catch(() => undefined);
    expect(run.lines.join('\n')).toMatch(/while it was built: src\b.*once more/);
  }, 120_000);

  it('under both tries fails with the reason and what to do, and leaves no image', async () => {
    const run = build();
    await until('a compiler at work', gate.reached);
    setReportId(5);
    gate.open();
    await until('the second try', () => {
      const again = run.lines.some((line) => line.includes('once more'));
      if (again) gate.close();
      return again;
    });
    await until('a compiler at work again', gate.reached);
    setReportId(6);
    gate.open();
    const error = await run.ended.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'tree.changed',
      kind: 'environment',
      message: 'The firmware tree mine changed while it was built: src/hid.h.',
      remedy: 'Build again once nothing edits, pulls or switches the tree any more.',
    });
    expect(await run.stored()).toEqual([]);
    expect(run.buildFolders()).toEqual([]);
  }, 120_000);

  it('in files that the build does not read is of no matter', async () => {
    const run = build();
    await until('a compiler at work', gate.reached);
    appendFileSync(join(tree, 'keyboards/kiln/sixty/keyboard.json'), '\n');
    writeFileSync(join(tree, 'left-by-a-build.hex'), '');
    gate.open();
    expect(await run.ended).toMatchObject({ returncode: 0 });
    expect(run.lines.join('\n')).not.toContain('once more');
  }, 120_000);

  it('is not suspected for a folder of headers that it names and never had, as real trees do', async () => {
    const makefile = join(tree, 'Makefile');
    const text = readFileSync(makefile, 'utf8');
    writeFileSync(
      makefile,
      text.replace('CFLAGS := ', '$&-I"$(STARTER)/src/none" -I"$(STARTER)/src/none/of/it" '),
    );
    gate.open();
    const run = build();
    expect(await run.ended).toMatchObject({ returncode: 0, way: { path: 'full' } });
    expect(run.lines.join('\n')).not.toContain('once more');
  }, 120_000);
});

describe('the second try', () => {
  it('has only what is left of the time, and other errors get none', async () => {
    const limits: number[] = [];
    const failing = buildOfOneState({ timeoutMs: 1000, onLine: () => undefined }, async (limit) => {
      limits.push(limit);
      throw new Error('something else');
    });
    await expect(failing).rejects.toThrow('something else');
    expect(limits).toEqual([1000]);
  });
});
