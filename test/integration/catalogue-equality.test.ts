/**
 * What the service answers for a real QMK tree, held to what the tree's own `qmk generate-api` writes: every file of
 * it. Needs `KILN_TEST_QMK_HOME` and once the Python package index. Takes some minutes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexStatus } from '../../core/catalogue/contract.ts';
import { pythonBin } from '../../core/toolchain/toolchain.ts';
import { Place } from '../fixtures/service/place.ts';
import { useRealTree } from '../fixtures/service/real-tree.ts';
import type { Service } from '../fixtures/service/service.ts';
import { copyTree } from '../fixtures/service/stock-qmk.ts';
import { until } from '../fixtures/service/until.ts';

const TREE = process.env.KILN_TEST_QMK_HOME;
const REASON = TREE === undefined ? ' (skipped: KILN_TEST_QMK_HOME names no QMK tree)' : '';
const MINUTE = 60_000;

/** Kinds of published files, the first whose pattern fits; a full tree has files of each. */
const KINDS = {
  'keyboard info': /^v1\/keyboards\/.+\/info\.json$/,
  'keyboard readme': /^v1\/keyboards\/.+\/readme\.md$/,
  keymap: /^v1\/keyboards\/.+\/keymap\.json$/,
  keyboard_list: /^v1\/keyboard_list\.json$/,
  keyboards: /^v1\/keyboards\.json$/,
  usb: /^v1\/usb\.json$/,
  keyboard_aliases: /^v1\/keyboard_aliases\.json$/,
  keyboard_metadata: /^v1\/keyboard_metadata\.json$/,
  constants_metadata: /^v1\/constants_metadata\.json$/,
  constants: /^v1\/constants\//,
  mappings: /^v1\/mappings\//,
  schemas: /^v1\/schemas\//,
  'other files': /^/,
} as const;
type Kind = keyof typeof KINDS;

/** A JSON document without the time at which it was made, which every one of them tells at its top. */
function timeless(text: string): unknown {
  const { last_updated: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return rest;
}

function isSame(path: string, ours: Buffer, stock: Buffer): boolean {
  if (ours.equals(stock)) return true;
  if (!path.endsWith('.json')) return false;
  const [mine, theirs] = [timeless(ours.toString()), timeless(stock.toString())];
  return isDeepStrictEqual(mine, theirs);
}

interface Tally {
  equal: number;
  readonly different: string[];
}

describe.skipIf(TREE === undefined)(`the catalogue of a real QMK tree${REASON}`, () => {
  let place: Place;
  let service: Service;
  /** The files that `qmk generate-api` wrote, and their folder. */
  let published: { readonly folder: string; readonly paths: readonly string[] };
  let missing: string | null = null;

  beforeAll(async () => {
    place = new Place();
    missing = await useRealTree(place, TREE!);
    if (missing !== null) return;
    service = await place.serve();
    const stock = copyTree(
      TREE!,
      join(place.folder, 'stock'),
      pythonBin(join(place.dataDir, 'toolchain/python')),
    );
    const complete = until(
      'every keyboard to be read',
      async () => {
        const answer = await service.request('/kiln/v1/trees/qmk/catalogue');
        const { status } = (await answer.json()) as { status: IndexStatus };
        if (status.state === 'stopped') throw new Error(`indexing stopped: ${status.message}`);
        return status.state === 'complete' ? status : null;
      },
      20 * MINUTE,
    );
    const [folder] = await Promise.all([stock.generateApi(), complete]);
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'));
    published = { folder, paths };
  }, 25 * MINUTE);

  // The copy is large.
  afterAll(() => place.close(), 5 * MINUTE);

  it(
    'answers every file of qmk generate-api with the same content',
    async ({ skip }) => {
      skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
      const tallies = new Map<Kind, Tally>();
      for (const path of published.paths) {
        const kind = (Object.keys(KINDS) as Kind[]).find((name) => KINDS[name].test(path))!;
        const tally = tallies.get(kind) ?? { equal: 0, different: [] };
        tallies.set(kind, tally);
        const answer = await service.request(`/${path}`);
        const ours = Buffer.from(await answer.arrayBuffer());
        const stock = readFileSync(join(published.folder, path));
        if (answer.status === 200 && isSame(path, ours, stock)) tally.equal += 1;
        else tally.different.push(`${path} (${answer.status})`);
      }
      for (const kind of Object.keys(KINDS) as Kind[]) {
        const { equal, different } = tallies.get(kind) ?? { equal: 0, different: [] };
        console.info(`${kind}: ${equal} equal of ${equal + different.length}`);
      }
      expect([...tallies.values()].flatMap(({ different }) => different)).toEqual([]);
      expect([...tallies.keys()]).toEqual(expect.arrayContaining(['keyboard info', 'usb']));
    },
    10 * MINUTE,
  );

  it(
    'has the layouts of every keyboard in the same order, which people see',
    async ({ skip }) => {
      skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
      const differing: string[] = [];
      for (const path of published.paths.filter((path) => KINDS['keyboard info'].test(path))) {
        const orders = [
          await (await service.request(`/${path}`)).text(),
          readFileSync(join(published.folder, path), 'utf8'),
        ].map((text) => {
          const { keyboards } = JSON.parse(text) as {
            keyboards: Record<string, { layouts?: object }>;
          };
          return Object.values(keyboards).map(({ layouts = {} }) => Object.keys(layouts));
        });
        if (!isDeepStrictEqual(orders[0], orders[1])) differing.push(path);
      }
      expect(differing).toEqual([]);
    },
    5 * MINUTE,
  );

  it('lists no keyboard that is not published', async ({ skip }) => {
    skip(missing !== null, `the qmk command line cannot be installed: ${missing}`);
    const paths = new Set(published.paths);
    const list = (await (await service.request('/v1/keyboards')).json()) as string[];
    expect(list.filter((name) => !paths.has(`v1/keyboards/${name}/info.json`))).toEqual([]);
  });
});
