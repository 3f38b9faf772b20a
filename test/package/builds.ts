/** The package builds where there is nothing but the package, and the same images as tools installed in the usual way. */
import { hash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { firstRun, movedRun, STARTER_KEYMAP } from './empty-world.ts';
import { need, Skipped, type Step } from './steps.ts';

/** AVR, AVR with link-time optimization, STM32, RP2040. */
const BOARDS = ['dz60', 'crkbd/rev1', 'planck/rev6', 'boardsource/unicorne'];

/** Seconds that a first image of the starter tree may take. */
const AIM = 20;
const BUILD_MS = 5 * 60_000;

interface Reference {
  readonly keymaps: readonly string[];
  readonly digests: readonly string[];
}

/** A key on every place of the first layout. */
async function keymapFor(service: Service, keyboard: string): Promise<object> {
  const answer = await service.request(`/v1/keyboards/${keyboard}`);
  type Info = { layouts: Record<string, { layout: unknown[] }> };
  const { keyboards } = (await answer.json()) as { keyboards: Record<string, Info> };
  const [layout = '', keys] = Object.entries(keyboards[keyboard]?.layouts ?? {}).sort()[0] ?? [];
  const layers = [Array.from({ length: keys?.layout.length ?? 0 }, () => 'KC_A')];
  return { version: 1, keyboard, keymap: 'test', layout, layers, branch: 'qmk' };
}

/** Keymaps of the boards, and what this machine's own compilers make of them with the same tree. */
async function buildReference(
  place: Place,
  tree: string,
  say: (line: string) => void,
): Promise<Reference> {
  const tools = process.env.KILN_TEST_TOOLCHAIN;
  if (tools === undefined) throw new Skipped('KILN_TEST_TOOLCHAIN names no toolchain folder');
  mkdirSync(place.dataDir, { recursive: true });
  // Its programs name the place where it was made.
  symlinkSync(tools, join(place.dataDir, 'toolchain'));
  const kiln = async (...words: string[]) => {
    const ended = await place.run([...words, '--json']);
    if (ended.exitCode !== 0)
      throw new Error(`kiln ${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return ended;
  };
  await kiln('tree', 'add', 'qmk', tree);
  await kiln('tree', 'use', 'qmk');
  const service = await place.serve();
  const keymaps: string[] = [];
  const digests: string[] = [];
  for (const keyboard of BOARDS) {
    const keymap = await keymapFor(service, keyboard);
    keymaps.push(join(place.folder, `${keyboard.replaceAll('/', '-')}.json`));
    writeFileSync(keymaps.at(-1) ?? '', JSON.stringify(keymap));
    const id = await service.submit(keymap);
    const { result, error } = await service.ended(id, BUILD_MS);
    const name = result?.firmwareFilename;
    if (name == null) {
      throw new Error(
        `This machine’s own tools do not build ${keyboard}: ${error?.message ?? 'see its log'}`,
      );
    }
    digests.push(`${name} ${hash('sha256', await service.file(id, 'download'), 'hex')}`);
    say(`this machine’s own tools: ${digests.at(-1)?.slice(0, 60)}`);
  }
  await service.stop();
  return { keymaps, digests };
}

function compare(what: string, made: readonly string[], wanted: readonly string[]): void {
  const differing = wanted.filter((line) => !made.includes(line));
  if (differing.length === 0) return;
  throw new Error(
    `${what}: other images than wanted: ${differing.join(', ')}; made: ${made.join(', ')}`,
  );
}

export const builds: Step = {
  name: 'builds',
  async run({ folder, resources, say }) {
    need('bwrap', 'bubblewrap');
    const starter = join(resources, STARTER_KEYMAP);
    const first = firstRun(resources, [starter]);
    const at = first.built[0]?.at ?? Number.NaN;
    say(
      `service after ${first.readyAt.toFixed(1)} s, with ${first.keyboards} keyboards; starter image after ${at.toFixed(1)} s`,
    );
    if (!(at <= AIM)) throw new Error(`The first image took longer than ${AIM} s.`);
    compare('moved elsewhere', movedRun(folder, [starter]).digests, first.digests);
    say('moved elsewhere: the same image');
  },
};

export const boards: Step = {
  name: 'boards',
  async run({ folder, resources, say }) {
    need('bwrap', 'bubblewrap');
    const tree = process.env.KILN_TEST_QMK_HOME;
    if (tree === undefined) throw new Skipped('KILN_TEST_QMK_HOME names no QMK tree');
    const place = new Place();
    try {
      // An ordinary user has to read the keymaps; the data folder below stays closed.
      chmodSync(place.folder, 0o711);
      const { keymaps, digests } = await buildReference(place, tree, say);
      const first = firstRun(resources, keymaps);
      compare('the package', first.digests, digests);
      say(
        `the package: the same ${digests.length} images, after ${first.built.map(({ at }) => at.toFixed(1)).join(', ')} s`,
      );
      compare('moved elsewhere', movedRun(folder, keymaps).digests, digests);
      say('moved elsewhere: the same images');
    } finally {
      await place.close();
    }
  },
};
