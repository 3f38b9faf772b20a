/** The same keymap once more, with the starter tree and the real compiler: what was built before, or built anew. */
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
import { buildKeymap, compile } from '../../worker/compile.ts';
import { compileEnvironment } from '../../worker/handlers.ts';
import { requireTools, STARTER } from '../fixtures/starter-build/build.ts';
import { padKeymap, starterTreeAt } from '../fixtures/starter-build/build-pad.ts';

const MINUTE = 60_000;

let folder: string;
let tree: string;
let tools: string;
let database: Database;
let release: string;

beforeAll(requireTools);

beforeEach(() => {
  // The system's folder for temporary files is another one in the sandbox.
  folder = realpathSync(mkdtempSync(join(process.cwd(), 'node_modules/.kiln-stored-')));
  tree = join(folder, 'tree');
  tools = join(folder, 'tools');
  release = 'kiln-test';
  cpSync(STARTER, tree, { recursive: true });
  mkdirSync(join(tools, 'bin'), { recursive: true });
  database = openDatabase(join(folder, 'kiln.sqlite'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const settings = () =>
  loadSettings({ dataDir: join(folder, 'data'), toolchainDir: tools, workers: 1 }, {});

function environment() {
  const paths = dataPaths(settings());
  mkdirSync(paths.builds, { recursive: true });
  const place = starterTreeAt(tree, 'mine');
  const real = compileEnvironment(settings(), database);
  return {
    ...real,
    trees: { ...real.trees, get: async () => place },
    readVersion: async () => ({ commit: null, describe: release, committedAt: null, dirty: false }),
  };
}

function payloadOf(keycode: string) {
  return compilePayloadSchema.parse({
    tree: 'mine',
    keyboard: 'kiln/pad4x4',
    keymap: 'default',
    layout: 'LAYOUT_ortho_4x4',
    platform: 'avr',
    keymapJson: padKeymap(keycode),
  });
}

const limits = {
  timeoutMs: MINUTE,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onLine: () => undefined,
};

let jobs = 0;

async function build(keycode: string) {
  const jobId = String(++jobs).padStart(32, '0');
  const made = environment();
  const result = await compile({ ...limits, jobId, payload: payloadOf(keycode) }, made);
  const name = result.firmwareFilename;
  const image = name === null ? null : Buffer.from(await made.store.read(jobId, name)).toString();
  return { jobId, path: result.way?.path, image, result };
}

async function cleanImage(keycode: string): Promise<string> {
  const run = { ...limits, id: `clean${++jobs}`, payload: payloadOf(keycode), usePlans: false };
  const { outcome } = await buildKeymap(run, environment());
  return outcome.image?.content.toString() ?? '';
}

const artifactsOf = (jobId: string) => join(dataPaths(settings()).artifacts, jobId);

function installCompiler(...more: string[]): void {
  const { file } = environment().toolchain.need('avrGcc');
  const real = file.startsWith(tools) ? '/usr/bin/avr-gcc' : file;
  const script = `#!/bin/sh\nexec ${real} "$@" ${more.join(' ')}\n`;
  writeFileSync(join(tools, 'bin/avr-gcc'), script, { mode: 0o755 });
}

describe('the same keymap once more', () => {
  it(
    'is answered from the earlier build, with artifacts of its own that outlive it',
    async () => {
      const first = await build('KC_B');
      const second = await build('KC_B');
      expect(first.path).toBe('full');
      expect(second.path).toBe('stored');
      expect(second.image).toBe(first.image);
      const { way: _way, durationMs: _duration, ...rest } = second.result;
      expect(first.result).toMatchObject(rest);
      const names = readdirSync(artifactsOf(first.jobId)).sort();
      expect(readdirSync(artifactsOf(second.jobId)).sort()).toEqual(names);
      for (const name of names) {
        const [own, before] = [second, first].map(({ jobId }) =>
          readFileSync(join(artifactsOf(jobId), name)),
        );
        expect(own).toEqual(before);
      }
      expect(readdirSync(dataPaths(settings()).builds)).toEqual([]);

      await environment().store.delete(first.jobId);
      expect(await build('KC_B')).toMatchObject({ path: 'stored', image: first.image });
    },
    MINUTE,
  );

  it(
    'is told from another keymap, and from another version of the tree',
    async () => {
      await build('KC_B');
      expect(await build('KC_C')).toMatchObject({ path: 'plan', image: await cleanImage('KC_C') });
      expect((await build('KC_C')).path).toBe('stored');
      expect((await build('KC_B')).path).toBe('stored');
      release = 'kiln-later';
      expect((await build('KC_B')).path).not.toBe('stored');
    },
    2 * MINUTE,
  );

  it.each([
    [
      'a header of the tree changed',
      () => appendFileSync(join(tree, 'src/hid.h'), '\n#define KILN_TEST 1\n'),
    ],
    [
      'a source of the tree changed',
      () =>
        appendFileSync(
          join(tree, 'src/debounce.c'),
          '\n__attribute__((used)) static const char kiln_test[] = "x";\n',
        ),
    ],
    [
      'a new header could take the place of another',
      () => writeFileSync(join(tree, 'src/util.h'), ''),
    ],
    ['the compiler changed', () => installCompiler('-O2')],
    [
      'the stored image was damaged in its place',
      (jobId: string, image: string) => {
        const file = join(artifactsOf(jobId), image);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(/^:10/, ':11'));
        expect(readFileSync(file, 'utf8')).not.toBe(text);
      },
    ],
    [
      'the source bundle was damaged',
      (jobId: string) => appendFileSync(join(artifactsOf(jobId), 'source.zip'), 'x'),
    ],
    [
      'the earlier build’s artifacts are gone',
      (jobId: string) => rmSync(artifactsOf(jobId), { recursive: true }),
    ],
    [
      'the plan is gone',
      () => rmSync(join(dataPaths(settings()).cache, 'plans'), { recursive: true }),
    ],
    [
      'what was written down about it is damaged',
      () => {
        const plans = join(dataPaths(settings()).cache, 'plans');
        const notes = readdirSync(plans, { recursive: true, withFileTypes: true }).filter(
          (entry) => entry.isFile() && entry.parentPath.endsWith('notes'),
        );
        expect(notes).toHaveLength(1);
        for (const { parentPath, name } of notes) {
          const file = join(parentPath, name);
          writeFileSync(
            file,
            readFileSync(file, 'utf8').replace('"returncode":0', '"returncode":1'),
          );
        }
      },
    ],
  ])(
    'is built anew after %s, and right',
    async (_what, spoil) => {
      installCompiler();
      const first = await build('KC_B');
      spoil(first.jobId, first.result.firmwareFilename ?? '');
      const after = await build('KC_B');
      expect(after.path).not.toBe('stored');
      expect(after.result.returncode).toBe(0);
      expect(after.image).toBe(await cleanImage('KC_B'));
      expect(await build('KC_B')).toMatchObject({ path: 'stored', image: after.image });
    },
    2 * MINUTE,
  );

  it(
    'leaves nothing of the earlier build when the tree does not compile any more',
    async () => {
      const first = await build('KC_B');
      appendFileSync(join(tree, 'src/hid.h'), '\n#error not today\n');
      const after = await build('KC_B');
      expect(after.result).toMatchObject({ returncode: 2, firmwareFilename: null });
      const image = first.result.firmwareFilename ?? '';
      expect(readdirSync(artifactsOf(first.jobId))).toContain(image);
      const left = readdirSync(artifactsOf(after.jobId));
      expect(left).not.toContain(image);
      const log = readFileSync(join(artifactsOf(after.jobId), 'build.log'), 'utf8');
      expect(log).toContain('not today');
    },
    MINUTE,
  );
});
