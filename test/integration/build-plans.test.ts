/** Builds by plan with the starter tree and the real compiler: never another image than a clean build's. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import { createPlanStore, type PlanStore } from '../../worker/build/plan/plan-store.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { requireTools, STARTER } from '../fixtures/starter-build/build.ts';
import { buildPad, padKeymap } from '../fixtures/starter-build/build-pad.ts';

const MINUTE = 60_000;
const sandbox = createSandbox({ sandbox: 'best' });

let folder: string;
let tree: string;
/** Compilers that are not the system's own, to be replaced. */
let tools: string;
let plans: PlanStore;

beforeAll(requireTools);

beforeEach(() => {
  // The system's folder for temporary files is another one in the sandbox.
  folder = realpathSync(mkdtempSync(join(process.cwd(), 'node_modules/.kiln-plans-')));
  tree = join(folder, 'starter');
  tools = join(folder, 'tools');
  cpSync(STARTER, tree, { recursive: true });
  mkdirSync(join(tools, 'bin'), { recursive: true });
  plans = createPlanStore(join(folder, 'data/cache/plans'), 1024 ** 3);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program before the system's, with more arguments. */
function install(name: string, tool: 'avrGcc' | 'avrObjcopy', ...more: string[]): void {
  const system = createToolchain(
    loadSettings({ dataDir: folder }, {}),
    dataPaths(loadSettings({ dataDir: folder }, {})),
  );
  const { file } = system.need(tool);
  const script = `#!/bin/sh\nexec ${file} "$@" ${more.join(' ')}\n`;
  writeFileSync(join(tools, 'bin', name), script, { mode: 0o755 });
}

const installCompiler = (...more: string[]) => install('avr-gcc', 'avrGcc', ...more);
const installObjcopy = () => install('avr-objcopy', 'avrObjcopy');

interface Built {
  readonly image: string | null;
  readonly path: string;
  readonly reason: string;
  readonly exitCode: number;
  readonly errors: readonly { readonly message: string }[];
  readonly sources: Readonly<Record<string, string>>;
}

async function build(keycode: string, store: PlanStore | null = plans, layer = 0): Promise<Built> {
  const { image, exitCode, errors, sources, way } = await buildPad({
    dataDir: join(folder, 'data'),
    toolchainDir: tools,
    tree,
    keymapJson: padKeymap(keycode, layer),
    plans: store,
    sandbox,
  });
  return { image: image?.content.toString() ?? null, exitCode, errors, sources, ...way };
}

/** Every file of all plans. */
function planFiles(): string[] {
  const place = join(folder, 'data/cache/plans');
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'used')
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a build by plan', () => {
  it(
    'comes after the first full build, and gives the image and the sources of a clean one',
    async () => {
      expect(await build('KC_A')).toMatchObject({ path: 'full', exitCode: 0 });
      for (const [keycode, layer] of [
        ['KC_B', 0],
        ['LT(1, KC_C)', 0],
        ['KC_MUTE', 1],
      ] as const) {
        const byPlan = await build(keycode, plans, layer);
        const clean = await build(keycode, null, layer);
        expect(byPlan).toMatchObject({ path: 'plan', exitCode: 0 });
        expect(clean).toMatchObject({ path: 'full', reason: 'A clean build was asked for.' });
        expect(byPlan.image).toBe(clean.image);
        expect(byPlan.sources).toEqual(clean.sources);
      }
      const images = [await build('KC_A'), await build('KC_B')].map(({ image }) => image);
      expect(new Set(images).size).toBe(2);
    },
    2 * MINUTE,
  );

  it(
    'is found by the next process, too',
    async () => {
      await build('KC_A');
      const later = createPlanStore(join(folder, 'data/cache/plans'), 1024 ** 3);
      expect(await build('KC_B', later)).toMatchObject({ path: 'plan' });
    },
    MINUTE,
  );

  it.each([
    [
      'a header of the tree',
      () => appendFileSync(join(tree, 'src/hid.h'), '\n#define KILN_TEST 1\n'),
    ],
    [
      'a source of the tree',
      () =>
        appendFileSync(
          join(tree, 'src/debounce.c'),
          '\n__attribute__((used)) static const char kiln_test[] = "x";\n',
        ),
    ],
    [
      'the Makefile',
      () => {
        const makefile = join(tree, 'Makefile');
        writeFileSync(
          makefile,
          readFileSync(makefile, 'utf8').replace('-std=gnu11 -Os', '-std=gnu11 -O1'),
        );
      },
    ],
    ['the names in a folder of headers', () => writeFileSync(join(tree, 'src/util.h'), '')],
    ['the compiler', () => installCompiler('-O2')],
    ['which of two programs of a name comes first', () => installObjcopy()],
  ])(
    'is none after a change of %s',
    async (_what, change) => {
      installCompiler();
      await build('KC_A');
      expect(await build('KC_B')).toMatchObject({ path: 'plan' });
      change();
      const after = await build('KC_B');
      expect(after).toMatchObject({ path: 'full', exitCode: 0 });
      expect(after.reason).toMatch(/ changed since the last full build\.$/);
      expect(after.image).toBe((await build('KC_B', null)).image);
      expect(await build('KC_C')).toMatchObject({ path: 'plan' });
    },
    2 * MINUTE,
  );

  it.each([
    [
      'toolchain',
      () => tools,
      (folder: string) => {
        const file = join(folder, 'bin/avr-gcc');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"$@"', '"$@" -O2'));
      },
    ],
    [
      'tree',
      () => tree,
      (folder: string) =>
        appendFileSync(
          join(folder, 'src/debounce.c'),
          '\n__attribute__((used)) static const char kiln_test[] = "x";\n',
        ),
    ],
  ])(
    'comes with a %s behind a link, and is none once the link leads elsewhere',
    async (_what, place, change) => {
      installCompiler();
      const link = place();
      const [first, second] = [`${link}-1`, `${link}-2`];
      renameSync(link, first);
      cpSync(first, second, { recursive: true });
      change(second);
      symlinkSync(first, link);
      await build('KC_A');
      const before = await build('KC_B');
      expect(before).toMatchObject({ path: 'plan' });
      rmSync(link);
      symlinkSync(second, link);
      const after = await build('KC_B');
      expect(after).toMatchObject({ path: 'full', exitCode: 0 });
      expect(after.reason).toMatch(/ changed since the last full build\.$/);
      expect(after.image).toBe((await build('KC_B', null)).image);
      expect(after.image).not.toBe(before.image);
      expect(await build('KC_C')).toMatchObject({ path: 'plan' });
    },
    2 * MINUTE,
  );

  it(
    'is none for another setting of the firmware, which has a plan of its own',
    async () => {
      // Where a machine keeps it from leaving a plan, the reason says how.
      const first = await build('KC_A');
      expect(first.reason).not.toContain('No build plan was kept');
      const [before] = readdirSync(join(folder, 'data/cache/plans'));
      const file = join(tree, 'keyboards/kiln/pad4x4/keyboard.json');
      const keyboard = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      writeFileSync(file, JSON.stringify({ ...keyboard, debounce: 9 }));
      const after = await build('KC_B');
      expect(after).toMatchObject({ path: 'full' });
      expect(after.reason).not.toContain('No build plan was kept');
      expect(after.image).toBe((await build('KC_B', null)).image);
      const keys = readdirSync(join(folder, 'data/cache/plans'));
      expect(keys).toHaveLength(2);
      expect(keys).toContain(before);
    },
    2 * MINUTE,
  );

  it(
    'goes with builds that name their own folder, in options, in objects and in what they generate',
    async () => {
      const makefile = join(tree, 'Makefile');
      const text = readFileSync(makefile, 'utf8');
      // As QMK does with its community modules; where the folder is gone, the code is another one.
      const lines = ['if !__has_include("$(CURDIR)/src/board.h")', 'define memcpy gone', 'endif'];
      // Make has its own idea of number signs.
      const generated = `printf '${lines.map((line) => `\\043${line}\\n`).join('')}'`;
      writeFileSync(
        makefile,
        text
          .replace(
            'CFLAGS := ',
            `X := $(shell mkdir -p obj/$(CURDIR); ${generated} > src/place.h)\n$&-include src/place.h `,
          )
          .replaceAll('-Isrc ', '-I"$(CURDIR)/src" ')
          .replace('obj/generated_%.o)', 'obj/$(CURDIR)/generated_%.o)')
          .replace(
            '$(GENERATED_OBJECTS): obj/generated_%.o:',
            '$(GENERATED_OBJECTS): obj/$(CURDIR)/generated_%.o:',
          ),
      );
      expect(await build('KC_A')).toMatchObject({
        exitCode: 0,
        errors: [],
        reason: expect.not.stringContaining('kept'),
      });
      const { image, path } = await build('KC_B');
      expect(path).toBe('plan');
      expect(image).toBe((await build('KC_B', null)).image);
    },
    2 * MINUTE,
  );

  it.each([
    [
      'changed',
      (file: string) =>
        writeFileSync(
          file,
          readFileSync(file).map((byte, at) => (at === 60 ? byte ^ 1 : byte)),
        ),
    ],
    ['removed', (file: string) => rmSync(file)],
  ])(
    'gives the right image, whichever kept file was %s',
    async (_how, damage) => {
      await build('KC_A');
      const { image } = await build('KC_B', null);
      const all = planFiles().map((file) => file.slice(dirname(dirname(file)).length));
      expect(all.length).toBeGreaterThan(10);
      // Every file costs a full build; a third of them, other ones for each kind of damage, are enough.
      for (let index = _how === 'changed' ? 0 : 1; index < all.length; index += 3) {
        const file = planFiles()[index]!;
        damage(file);
        expect(await build('KC_B'), file).toMatchObject({ image, path: 'full' });
      }
      expect(await build('KC_B')).toMatchObject({ image, path: 'plan' });
    },
    3 * MINUTE,
  );

  it(
    'fails nobody’s build when another worker puts the same plan anew in its place meanwhile',
    async () => {
      await build('KC_A');
      const { image } = await build('KC_B', null);
      const place = join(folder, 'data/cache/plans');
      const [key] = readdirSync(place);
      const copy = join(folder, 'copy');
      const meanwhile: PlanStore = {
        ...plans,
        find(name) {
          const stored = plans.find(name);
          cpSync(join(place, key!), copy, { recursive: true });
          rmSync(join(place, key!), { recursive: true });
          return stored;
        },
        findDamage(stored) {
          if (existsSync(copy)) renameSync(copy, join(place, key!));
          return plans.findDamage(stored);
        },
      };
      expect(await build('KC_B', meanwhile)).toMatchObject({
        image,
        path: 'full',
        reason: expect.stringContaining('taken away while it was used'),
      });
      expect(await build('KC_B')).toMatchObject({ image, path: 'plan' });
    },
    2 * MINUTE,
  );

  it(
    'keeps no plan of a build that failed',
    async () => {
      await build('KC_A');
      const file = join(tree, 'src/keymap.h');
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, `${text}\n#error "no more"\n`);
      const failed = await build('KC_B');
      expect(failed).toMatchObject({ path: 'full', image: null });
      expect(failed.errors[0]?.message).toContain('no more');
      writeFileSync(file, text);
      expect(await build('KC_B')).toMatchObject({ image: (await build('KC_B', null)).image });
    },
    2 * MINUTE,
  );
});
