/**
 * Kills a build's process at each step of making a build plan, keeping it, building by it and storing what came of it. Then
 * the next builds have to give what clean builds give, and nothing may be left.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createFilesystemStore } from '../../core/storage/filesystem-store.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';
import type { Ended } from '../fixtures/killed-build/one-job.ts';
import { until } from '../fixtures/service/until.ts';
import { defaultKeymapOf, requireTools } from '../fixtures/starter-build/build.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/killed-build');
const BOARD = 'kiln/pad4x4';
const MINUTE = 60_000;
const TWO_HOURS_S = 2 * 60 * 60;

let folder: string;
let dataDir: string;
let toolchainDir: string;
/** Images of clean builds, in a data folder of their own, by keycode. */
const clean = new Map<string, string>();

const plansFolder = () => join(dataDir, 'cache/plans');
const buildsFolder = () => dataPaths(loadSettings({ dataDir }, {})).builds;
const artifactsFolder = () => dataPaths(loadSettings({ dataDir }, {})).artifacts;

/** Compilers that say where they are, when the file `stop` has a shell pattern for their folder and command, and wait. */
function installTools(): void {
  const settings = loadSettings({ dataDir: folder }, {});
  const system = createToolchain(settings, dataPaths(settings));
  mkdirSync(join(toolchainDir, 'bin'), { recursive: true });
  for (const [name, tool] of [
    ['avr-gcc', 'avrGcc'],
    ['avr-objcopy', 'avrObjcopy'],
  ] as const) {
    const script = `#!/bin/sh
if [ -s ${toolchainDir}/bin/stop ]; then
  read -r stop < ${toolchainDir}/bin/stop
  case "$PWD ${name} $*" in
    $stop) : > here.txt; while [ -s ${toolchainDir}/bin/stop ]; do sleep 0.05; done ;;
  esac
fi
exec ${system.need(tool).file} "$@"
`;
    writeFileSync(join(toolchainDir, 'bin', name), script, { mode: 0o755 });
  }
  stopAt('');
}

/** Nothing waits when empty. */
function stopAt(pattern: string): void {
  writeFileSync(join(toolchainDir, 'bin/stop'), pattern === '' ? '' : `${pattern}\n`);
}

interface KillAt {
  readonly folders: readonly string[];
  readonly at?: number;
  readonly half?: boolean;
  readonly list?: string;
}

function startJob(keycode: string, data: string, killAt?: KillAt) {
  const keymap = structuredClone(defaultKeymapOf(BOARD)) as unknown as { layers: string[][] };
  keymap.layers[0]![1] = keycode;
  const jobId = randomBytes(16).toString('hex');
  const payload = {
    tree: 'starter',
    keyboard: BOARD,
    keymap: 'default',
    layout: 'LAYOUT_ortho_4x4',
    platform: 'avr',
    keymapJson: JSON.stringify(keymap),
  };
  const job = JSON.stringify({ dataDir: data, toolchainDir, jobId, payload });
  const preload = killAt === undefined ? [] : ['--import', join(FIXTURES, 'kill-at.mjs')];
  const child = spawn(process.execPath, [...preload, join(FIXTURES, 'one-job.ts'), job], {
    env: { ...process.env, ...(killAt === undefined ? {} : { KILL_AT: JSON.stringify(killAt) }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const closed = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  return {
    jobId,
    kill: () => child.kill('SIGKILL'),
    closed,
    /** Null when it was killed. */
    async ended(): Promise<(Ended & { readonly content: string }) | null> {
      if ((await closed) === 'SIGKILL') return null;
      if (printed === '') throw new Error(`the job failed: ${complaints}`);
      const ended = JSON.parse(printed) as Ended;
      const store = createFilesystemStore({
        root: dataPaths(loadSettings({ dataDir: data }, {})).artifacts,
      });
      const content = await store.read(jobId, ended.image ?? '');
      return { ...ended, content: Buffer.from(content).toString() };
    },
  };
}

async function build(keycode: string, data = dataDir) {
  const ended = await startJob(keycode, data).ended();
  if (ended === null) throw new Error('the build was killed');
  return ended;
}

/** What the service does when a worker is gone, and at its start. */
async function cleanUp(): Promise<void> {
  await removeLeftovers(buildsFolder());
  await createFilesystemStore({
    root: artifactsFolder(),
    now: () => Date.now() + TWO_HOURS_S * 1000,
  }).cleanUp();
}

/** Folders and files of plans and artifacts that no complete plan or artifact is. */
function leftOvers(): string[] {
  const hidden = [plansFolder(), artifactsFolder()].flatMap((place) =>
    existsSync(place)
      ? readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) =>
          name.split('/').some((part) => part.startsWith('.')),
        )
      : [],
  );
  return [...hidden, ...readdirSync(buildsFolder())];
}

function plansThere(): string[] {
  const names = existsSync(plansFolder()) ? readdirSync(plansFolder()) : [];
  return names.filter((name) => !name.startsWith('.'));
}

/** As if a crash was some hours ago. */
function age(): void {
  const past = Date.now() / 1000 - TWO_HOURS_S;
  const names = existsSync(plansFolder())
    ? readdirSync(plansFolder(), { recursive: true, encoding: 'utf8' })
    : [];
  for (const name of names) {
    if (basename(name).startsWith('.')) utimesSync(join(plansFolder(), name), past, past);
  }
}

/** The keymap of the killed build and another one, both as clean builds have them. */
async function expectSound(keycode: string): Promise<void> {
  const again = await build(keycode);
  expect(again.content).toBe(clean.get(keycode));
  const next = await build('KC_Z');
  expect(next.content).toBe(clean.get('KC_Z'));
  expect(next.path).toMatch(/^(?:plan|stored)$/);
}

async function dropPlans(): Promise<void> {
  rmSync(plansFolder(), { recursive: true, force: true });
}

beforeAll(requireTools);

beforeAll(async () => {
  // The system's folder for temporary files is another one in the sandbox.
  folder = realpathSync(mkdtempSync(join(process.cwd(), 'node_modules/.kiln-plan-kills-')));
  dataDir = join(folder, 'data');
  toolchainDir = join(folder, 'tools');
  installTools();
  for (const keycode of ['KC_B', 'KC_C', 'KC_Z']) {
    // Without any plan: a folder for each.
    const ended = await build(keycode, join(folder, `clean-${keycode}`));
    expect(ended.path).toBe('full');
    clean.set(keycode, ended.content);
  }
  expect(new Set(clean.values()).size).toBe(3);
}, 2 * MINUTE);

beforeEach(() => stopAt(''));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMANDS = [
  ['compiles', 'avr-gcc *-c*keymap.c*'],
  ['links', 'avr-gcc *-o *.elf*'],
  ['converts', 'avr-objcopy *'],
] as const;

async function killWhileItWaits(keycode: string, pattern: string): Promise<void> {
  stopAt(pattern);
  const job = startJob(keycode, dataDir);
  const isHere = () =>
    readdirSync(buildsFolder(), { recursive: true, encoding: 'utf8' }).some((name) =>
      name.endsWith('here.txt'),
    );
  let isOver = false;
  void job.closed.then(() => (isOver = true));
  await until('the command that is waited at', () => {
    if (isOver) throw new Error('the build ended without running that command');
    return existsSync(buildsFolder()) && isHere();
  });
  job.kill();
  await job.closed;
  stopAt('');
}

describe('killed while the compiler', () => {
  it.each([
    ...COMMANDS.map(([what, command]) => [`${what} in the first build`, `*/work ${command}`]),
    ['is asked what it reads', '*/work avr-gcc -print-prog-name=*'],
    ...COMMANDS.map(([what, command]) => [`${what} in the proof of a plan`, `*/proof ${command}`]),
  ])(
    '%s, a build leaves no plan and no process',
    async (_what, pattern) => {
      await dropPlans();
      await killWhileItWaits('KC_B', pattern);
      await cleanUp();
      expect(plansThere()).toEqual([]);
      age();
      await expectSound('KC_B');
      expect(leftOvers()).toEqual([]);
    },
    MINUTE,
  );

  it.each(COMMANDS)(
    '%s what a plan says, a build leaves the plan as it was',
    async (_what, command) => {
      await dropPlans();
      await build('KC_C');
      await killWhileItWaits('KC_B', `*/by-plan ${command}`);
      await cleanUp();
      expect(leftOvers()).toEqual([]);
      expect(await build('KC_B')).toMatchObject({ path: 'plan', content: clean.get('KC_B') });
      await expectSound('KC_B');
    },
    MINUTE,
  );
});

describe('killed at each change of a file', () => {
  /** Changes that a build makes in those folders. */
  async function changesOf(keycode: string, folders: readonly string[]): Promise<string[]> {
    const list = join(folder, 'changes.txt');
    await startJob(keycode, dataDir, { folders, list }).ended();
    const changes = readFileSync(list, 'utf8').trimEnd().split('\n');
    rmSync(list);
    return changes;
  }

  it(
    'while a plan is kept, a build leaves a whole plan or none',
    async () => {
      await dropPlans();
      const folders = [plansFolder()];
      const changes = await changesOf('KC_B', folders);
      // Of the kept files, all alike, three are enough.
      const isKept = (change: string) => change.includes('/files/');
      const steps = changes.flatMap((change, index) =>
        isKept(change) && index % Math.ceil(changes.filter(isKept).length / 3) !== 0
          ? []
          : [index + 1],
      );
      expect(steps.length).toBeGreaterThan(5);
      for (const [turn, at] of steps.entries()) {
        await dropPlans();
        const half = turn % 2 === 0;
        const killed = await startJob('KC_B', dataDir, { folders, at, half }).ended();
        expect(killed, changes[at - 1]).toBeNull();
        await cleanUp();
        age();
        await expectSound('KC_B');
        expect(leftOvers(), changes[at - 1]).toEqual([]);
      }
    },
    3 * MINUTE,
  );

  it(
    'while another plan takes the place of one, a build leaves a whole plan or none',
    async () => {
      const compiler = join(toolchainDir, 'bin/avr-gcc');
      const folders = [plansFolder()];
      /** Of a plan that does not hold any more, since a program is another one. */
      const withOldPlan = async (): Promise<void> => {
        await dropPlans();
        await build('KC_C');
        writeFileSync(compiler, `${readFileSync(compiler, 'utf8')}# another one\n`);
      };
      await withOldPlan();
      const changes = await changesOf('KC_B', folders);
      const moves = changes.flatMap((change, index) =>
        /^(?:rename|rm) /.test(change) ? [index + 1] : [],
      );
      expect(moves.length).toBeGreaterThan(2);
      for (const at of moves) {
        await withOldPlan();
        const killed = await startJob('KC_B', dataDir, { folders, at }).ended();
        expect(killed, changes[at - 1]).toBeNull();
        await cleanUp();
        age();
        await expectSound('KC_B');
        expect(leftOvers(), changes[at - 1]).toEqual([]);
      }
    },
    3 * MINUTE,
  );

  it(
    'while what was built is stored and noted, a build leaves nothing that a later one is answered with',
    async () => {
      await dropPlans();
      await build('KC_C');
      const folders = [artifactsFolder(), plansFolder()];
      const changes = await changesOf('KC_B', folders);
      for (const index of changes.keys()) {
        for (const key of plansThere()) {
          rmSync(join(plansFolder(), key, 'notes'), { recursive: true, force: true });
        }
        const killed = await startJob('KC_B', dataDir, { folders, at: index + 1 }).ended();
        expect(killed, changes[index]).toBeNull();
        await cleanUp();
        age();
        await expectSound('KC_B');
        expect(leftOvers(), changes[index]).toEqual([]);
      }
    },
    3 * MINUTE,
  );
});
