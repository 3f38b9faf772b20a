/** The folder that waits for the next build: quicker, and never another image than without it. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';
import { createPlanStore, type PlanStore } from '../../worker/build/plan/plan-store.ts';
import { createStandby, type Standby } from '../../worker/build/plan/standby.ts';
import type { Sandbox } from '../../worker/sandbox/contract.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools, STARTER } from '../fixtures/starter-build/build.ts';
import { buildPad, padKeymap } from '../fixtures/starter-build/build-pad.ts';

const MINUTE = 60_000;
const NAME = 'worker-1';

let folder: string;
let tree: string;
let builds: string;
let plans: PlanStore;
let standby: Standby;
/** Folders in which programs were started, in their order. */
let started: string[];
let sandbox: Sandbox;

beforeAll(requireTools);
beforeEach(() => {
  // The system's folder for temporary files is another one in the sandbox.
  folder = realpathSync(mkdtempSync(join(process.cwd(), 'node_modules/.kiln-standby-')));
  tree = join(folder, 'starter');
  cpSync(STARTER, tree, { recursive: true });
  builds = dataPaths(loadSettings({ dataDir: join(folder, 'data') }, {})).builds;
  mkdirSync(builds, { recursive: true });
  plans = createPlanStore(join(folder, 'data/cache/plans'), 1024 ** 3);
  standby = createStandby({ builds, name: NAME });
  started = [];
  const real = createSandbox({ sandbox: 'best' });
  sandbox = {
    ...real,
    run(file, args, options, places) {
      started.push(options.cwd);
      return real.run(file, args, options, places);
    },
  };
});
afterEach(async () => {
  await standby.close();
  expect(readdirSync(builds)).toEqual([]);
  rmSync(folder, { recursive: true });
});

interface Wish {
  readonly store?: PlanStore | null;
  readonly by?: Standby;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function build(keycode: string, wish: Wish = {}) {
  const { store = plans, by = standby, ...more } = wish;
  const outcome = await buildPad({
    ...more,
    dataDir: join(folder, 'data'),
    tree,
    keymapJson: padKeymap(keycode),
    plans: store,
    standby: by,
    sandbox,
  });
  return { image: outcome.image?.content.toString() ?? null, ...outcome.way };
}

const clean = async (keycode: string) => (await build(keycode, { store: null })).image;

/** Names of the folders that wait. */
const waiting = () => readdirSync(builds).filter((name) => name.startsWith(`${NAME}.`));

/** A first build, and a folder that waits for the next. */
async function prepare(): Promise<string> {
  expect(await build('KC_A')).toMatchObject({ path: 'full' });
  await standby.ready();
  const [name, ...more] = waiting();
  expect(more).toEqual([]);
  started = [];
  return join(builds, name!);
}

it(
  'A build by plan begins in the folder that waits, once, and gives the image of a clean build',
  async () => {
    const first = await prepare();
    const images = new Set<string | null>();
    for (const keycode of ['KC_B', 'LT(1, KC_C)']) {
      started = [];
      const built = await build(keycode);
      expect(built.path).toBe('plan');
      // Its sandbox was started before.
      expect(started).toEqual([]);
      images.add(built.image);
      expect(built.image).toBe(await clean(keycode));
      await standby.ready();
      await until('the used folder to go', () => waiting().length === 1);
    }
    expect(images.size).toBe(2);
    expect(waiting()).not.toContain(first);
    // Idle again, and nothing was built meanwhile: the same one waits on.
    const before = waiting();
    await standby.ready();
    expect(waiting()).toEqual(before);
    // A failed build leaves the next one as good a folder.
    expect(await build('KC_NOSUCH')).toMatchObject({ image: null });
    await standby.ready();
    expect(await build('KC_B')).toMatchObject({ path: 'plan', image: await clean('KC_B') });
  },
  2 * MINUTE,
);

it.each(['src/hid.h', 'src/debounce.c', 'Makefile'])(
  'A tree whose %s changed since the folder was made ready is built in full',
  async (name) => {
    await prepare();
    appendFileSync(join(tree, name), name === 'Makefile' ? '\n# test\n' : '\n/* test */\n');
    const reason = expect.stringContaining(`${basename(name)} changed`);
    expect(await build('KC_B')).toMatchObject({ path: 'full', reason });
  },
  MINUTE,
);

/** Puts a good copy in the tree's place; what stood there, and is still to be seen where it was before, is broken. */
function replaceTree(): void {
  const copy = join(folder, 'copy');
  cpSync(tree, copy, { recursive: true });
  appendFileSync(join(tree, 'src/keymap.h'), '\n#error the folder that was there before\n');
  renameSync(tree, join(folder, 'away'));
  renameSync(copy, tree);
}

it(
  'A folder that shows another tree than the one that is there by now is not used',
  async () => {
    await prepare();
    replaceTree();
    const image = await clean('KC_B');
    expect(await build('KC_B')).toMatchObject({ path: 'plan', image });
    // And when that happens only once it is in use.
    await standby.ready();
    let times = 0;
    const by: Standby = {
      ...standby,
      async take(key, stored) {
        const ready = await standby.take(key, stored);
        if (ready === null) throw new Error('nothing was ready');
        times += 1;
        rmSync(join(folder, 'away'), { recursive: true });
        replaceTree();
        return ready;
      },
    };
    expect(await build('KC_C', { by })).toMatchObject({ path: 'plan', image: await clean('KC_C') });
    expect(times).toBe(1);
  },
  2 * MINUTE,
);

it(
  'A folder whose plan is gone, or whose sandbox ended, is not used',
  async () => {
    const place = await prepare();
    const [record] = readFileSync(join(place, 'processes.jsonl'), 'utf8').split('\n');
    process.kill((JSON.parse(record!) as { pid: number }).pid, 'SIGKILL');
    await until('its end to be seen', async () => {
      const [key] = readdirSync(join(folder, 'data/cache/plans'));
      const ready = await standby.take(key!, plans.find(key!)!);
      ready?.release();
      return ready === null;
    });
    const image = await clean('KC_B');
    expect(await build('KC_B')).toMatchObject({ path: 'plan', image });
    await standby.ready();
    for (const key of readdirSync(join(folder, 'data/cache/plans'))) await plans.remove(key);
    expect(await build('KC_B')).toMatchObject({ path: 'full', image });
    // Another plan of the same key: the old one's folder is none of its.
    expect(await build('KC_C')).toMatchObject({ path: 'plan', image: await clean('KC_C') });
  },
  2 * MINUTE,
);

it(
  'A build in it can be canceled, and takes no longer than it may',
  async () => {
    await prepare();
    const signal = AbortSignal.abort();
    await expect(build('KC_B', { signal })).rejects.toMatchObject({ code: 'job.canceled' });
    // It was not the next build's fault.
    await build('KC_B');
    await standby.ready();
    await expect(build('KC_C', { timeoutMs: 1 })).rejects.toMatchObject({ code: 'job.timed-out' });
  },
  MINUTE,
);

it(
  'A folder that nobody comes for goes, and so does what a dead process left waiting',
  async () => {
    const short = createStandby({ builds, name: NAME, keptMs: 1 });
    await build('KC_A', { by: short });
    await short.ready();
    await until('the folder to go', () => waiting().length === 0);
    await build('KC_B');
    await standby.ready();
    expect(waiting()).toHaveLength(1);
    await expect(removeLeftovers(builds, [NAME])).resolves.toBe(1);
    expect(readdirSync(builds)).toEqual([]);
    expect(await build('KC_C')).toMatchObject({ path: 'plan', image: await clean('KC_C') });
  },
  MINUTE,
);
