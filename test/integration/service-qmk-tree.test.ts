/**
 * The whole service with a real QMK tree: needs `KILN_TEST_QMK_HOME`, the compilers for AVR and ARM, and once the
 * Python package index. Takes some minutes.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonBin } from '../../core/toolchain/toolchain.ts';
import { Place } from '../fixtures/service/place.ts';
import { useRealTree } from '../fixtures/service/real-tree.ts';
import type { Service } from '../fixtures/service/service.ts';
import { copyTree, type StockQmk } from '../fixtures/service/stock-qmk.ts';
import { unzip } from '../fixtures/service/unzip.ts';

const TREE = process.env.KILN_TEST_QMK_HOME;
const REASON = TREE === undefined ? ' (skipped: KILN_TEST_QMK_HOME names no QMK tree)' : '';
const MINUTE = 60_000;

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** Every file of a tree, git's own too, with what tells a change. */
function listing(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const hash = createHash('sha256');
  for (const name of names) {
    const { mtimeMs, size, mode } = lstatSync(join(folder, name));
    hash.update(`${name} ${mtimeMs} ${size} ${mode}\n`);
  }
  return `${names.length} files ${hash.digest('hex')}`;
}

interface Layouts {
  readonly keyboards: Record<
    string,
    { readonly layouts: Record<string, { readonly layout: readonly unknown[] }> }
  >;
}

/** A keymap with something on every key of the keyboard's first layout. */
async function keymapFor(service: Service, keyboard: string) {
  const answer = (await (await service.request(`/v1/keyboards/${keyboard}`)).json()) as Layouts;
  const [layout, { layout: keys }] = Object.entries(answer.keyboards[keyboard]!.layouts)[0]!;
  const name = (key: number) => `KC_${String.fromCharCode(65 + (key % 26))}`;
  const bottom = keys.map((_, key) => (key === 0 ? 'MO(1)' : name(key)));
  const top = keys.map((_, key) => (key === 1 ? 'QK_BOOT' : 'KC_TRNS'));
  return { keyboard, keymap: 'kiln_test', layout, layers: [bottom, top] };
}

describe.skipIf(TREE === undefined)(`a real QMK tree${REASON}`, () => {
  let place: Place;
  let service: Service;
  let stock: StockQmk;
  let before: string;
  /** Why the qmk command line is not there. */
  let missing: string | null = null;

  beforeAll(async () => {
    place = new Place();
    before = listing(TREE!);
    missing = await useRealTree(place, TREE!);
    if (missing !== null) return;
    stock = copyTree(
      TREE!,
      join(place.folder, 'stock'),
      pythonBin(join(place.dataDir, 'toolchain/python')),
    );
    service = await place.serve();
  }, 5 * MINUTE);

  // The copy is large.
  afterAll(() => place.close(), 5 * MINUTE);

  it.for(['dz60', 'crkbd/rev1', 'planck/rev6', 'boardsource/unicorne'])(
    'gives the same image of %s as qmk compile in a clean copy',
    { timeout: 10 * MINUTE },
    async (keyboard, { skip }) => {
      skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
      const id = await service.submit(await keymapFor(service, keyboard));
      const view = await service.ended(id, 5 * MINUTE);
      // Once, that is: a second one would go by the plan of the first.
      expect(view).toMatchObject({
        state: 'finished',
        result: { returncode: 0, way: { path: 'full' } },
      });
      const image = await service.file(id, 'download');
      const files = await unzip(await service.file(id, 'source'));
      const header = files.get('generated/version.h')!;
      expect(header.toString()).toContain('QMK_BUILDDATE');
      const sent = Buffer.from(await service.file(id, 'keymap')).toString();
      const expected = await stock.compile(sent, header, view.result!.firmwareFilename!);
      expect(sha256(image)).toBe(sha256(expected));
      expect(sha256(image)).toBe(view.result?.firmwareSha256);
    },
  );

  it(
    'gives each half of a split keyboard its own image, as qmk flash -bl uf2-split-… builds it',
    async ({ skip }) => {
      skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
      const keymap = await keymapFor(service, 'stront');
      const images: string[] = [];
      for (const hand of ['left', 'right'] as const) {
        const id = await service.submit({ ...keymap, hand });
        const view = await service.ended(id, 5 * MINUTE);
        expect(view).toMatchObject({
          state: 'finished',
          build: { hand },
          result: { returncode: 0 },
        });
        const files = await unzip(await service.file(id, 'source'));
        const sent = Buffer.from(await service.file(id, 'keymap')).toString();
        const name = view.result!.firmwareFilename!;
        const header = files.get('generated/version.h')!;
        const expected = await stock.compileForHand(sent, header, name, hand);
        expect(sha256(await service.file(id, 'download'))).toBe(sha256(expected));
        images.push(sha256(expected));
      }
      expect(new Set(images).size).toBe(2);
      const [bottom = [], top = []] = keymap.layers;
      const changed = { ...keymap, hand: 'left', layers: [bottom.with(1, 'KC_ENT'), top] };
      const id = await service.submit(changed);
      expect(await service.ended(id, 5 * MINUTE)).toMatchObject({
        result: { way: { path: 'plan' } },
      });
      // Its halves are told apart by a pin.
      const other = await keymapFor(service, 'boardsource/unicorne');
      const unused = await service.submit({ ...other, hand: 'left' });
      expect(await service.ended(unused, 5 * MINUTE)).toMatchObject({
        state: 'failed',
        error: { code: 'build.hand-unused' },
        result: null,
      });
    },
    10 * MINUTE,
  );

  it(
    'is told by file and line where it does not compile, and by its own words where it cannot be read',
    async ({ skip }) => {
      skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
      const { folder } = stock;
      expect(await place.run(['tree', 'add', 'broken', folder])).toMatchObject({ exitCode: 0 });
      const keymap = await keymapFor(service, 'dz60');
      const source = join(folder, 'quantum/quantum.c');
      const good = readFileSync(source, 'utf8');
      appendFileSync(source, '\nint this is not C;\n');
      const id = await service.submit({ ...keymap, branch: 'broken' });
      const view = await service.ended(id, 5 * MINUTE);
      expect(view).toMatchObject({ state: 'finished', result: { firmwareFilename: null } });
      expect(view.result?.returncode).toBeGreaterThan(0);
      expect(view.result?.errors[0]).toMatchObject({
        file: 'quantum/quantum.c',
        line: good.split('\n').length + 1,
      });
      writeFileSync(source, good);

      appendFileSync(join(folder, 'lib/python/qmk/keyboard.py'), '\ndef broken(:\n');
      expect(await place.run(['tree', 'add', 'unreadable', folder])).toMatchObject({ exitCode: 0 });
      const { status, error } = await service.refusal({ ...keymap, branch: 'unreadable' });
      expect({ status, ...error }).toMatchObject({
        status: 500,
        code: 'tree.broken',
        kind: 'environment',
        message: expect.stringContaining('SyntaxError'),
      });
      const next = await service.submit(keymap);
      expect(await service.ended(next, 5 * MINUTE)).toMatchObject({
        state: 'finished',
        result: { returncode: 0 },
      });
    },
    10 * MINUTE,
  );

  it('is as it was afterwards, to the last file', async () => {
    await service?.stop();
    expect(listing(TREE!)).toBe(before);
  });
});
