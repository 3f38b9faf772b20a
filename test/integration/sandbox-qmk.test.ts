/**
 * The second line of defence in a real QMK tree, with the first one switched off: every hostile keymap goes straight to
 * the worker's whole compile step, as if admission had let it through. Needs `KILN_TEST_QMK_HOME`, bubblewrap, the AVR
 * compiler, and `KILN_TEST_TOOLCHAIN` or once the Python package index. Takes ten minutes.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { buildQmk } from '../../worker/build/qmk/build-qmk.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { type HostileKeymap, hostileKeymaps } from '../fixtures/hostile/keymaps.ts';
import { buildStraight, type StraightEnd } from '../fixtures/hostile/straight-build.ts';
import { Place } from '../fixtures/service/place.ts';

const TREE = process.env.KILN_TEST_QMK_HOME;
const TOOLCHAIN = process.env.KILN_TEST_TOOLCHAIN;
const sandbox = createSandbox({ sandbox: 'required' });
const status = await sandbox.status();
const REASON =
  TREE === undefined ? ' (skipped: KILN_TEST_QMK_HOME names no QMK tree)' : ` (${status.level})`;
const MINUTE = 60_000;
/** Of one build, whatever it does: more than the slowest honest one takes. */
const BUILD_MS = 3 * MINUTE;
const KEYS = 61;
const SOUND = {
  version: 1,
  keyboard: 'dz60',
  keymap: 'hostile',
  layout: 'LAYOUT_60_ansi',
  layers: [Array.from({ length: KEYS }, () => 'KC_A')],
};

function listing(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const hash = createHash('sha256');
  for (const name of names) {
    const { mtimeMs, size, mode } = lstatSync(join(folder, name));
    hash.update(`${name} ${mtimeMs} ${size} ${mode}\n`);
  }
  return `${names.length} files ${hash.digest('hex')}`;
}

/** A single layer of fewer keys is filled up: what comes before would else only be counted. */
function hostileKeymap({ members }: HostileKeymap): typeof SOUND {
  const keymap = { ...SOUND, ...members };
  const [layer = [], ...others] = keymap.layers;
  const filling = Array.from({ length: Math.max(0, KEYS - layer.length) }, () => 'KC_NO');
  return others.length > 0 ? keymap : { ...keymap, layers: [[...layer, ...filling]] };
}

describe.skipIf(TREE === undefined || status.level !== 'full')(
  `a hostile keymap in a real QMK tree${REASON}`,
  () => {
    let place: Place;
    let before: string;
    let missing = '';
    let target: { secretFile: string; marker: string };
    const secret = `secret-${randomUUID()}`;
    const markerName = `pwned-${randomUUID()}`;

    beforeAll(async () => {
      place = new Place();
      target = {
        secretFile: join(place.folder, 'secret.txt'),
        marker: join(place.folder, markerName),
      };
      writeFileSync(target.secretFile, `${secret}\n`);
      mkdirSync(place.dataDir);
      writeFileSync(join(place.dataDir, 'token'), secret);
      before = listing(TREE!);
      if (TOOLCHAIN === undefined) {
        const installed = await place.run(['toolchain', 'install', '--json']);
        if (installed.exitCode !== 0) missing = installed.stdout;
      } else {
        const { toolchain } = dataPaths(loadSettings({ dataDir: place.dataDir }, {}));
        symlinkSync(realpathSync(TOOLCHAIN), toolchain);
      }
    }, 5 * MINUTE);

    afterAll(() => place.close(), MINUTE);

    const build = (keymap: typeof SOUND): Promise<StraightEnd> =>
      buildStraight(keymap, {
        dataDir: place.dataDir,
        tree: { path: TREE!, kind: 'folder' },
        build: buildQmk,
        sandbox,
        timeoutMs: BUILD_MS,
      });

    async function expectNoTrace({ told }: StraightEnd): Promise<void> {
      expect(told).not.toContain(secret);
      expect(told).not.toContain('root:x:');
      expect(readdirSync(place.folder).sort()).toEqual(['data', 'secret.txt']);
      expect(readdirSync(tmpdir()).filter((name) => name.includes(markerName))).toEqual([]);
      expect(readdirSync(join(place.dataDir, 'builds'))).toEqual([]);
      expect(readFileSync(target.secretFile, 'utf8')).toBe(`${secret}\n`);
      expect(readFileSync(join(place.dataDir, 'token'), 'utf8')).toBe(secret);
      await place.untilNothingRuns();
    }

    it('would be built, were it a sound one', { timeout: BUILD_MS + MINUTE }, async ({ skip }) => {
      skip(missing !== '', `the qmk command line cannot be installed: ${missing}`);
      const ended = await build(SOUND);
      expect(ended.result).toMatchObject({
        returncode: 0,
        firmwareFilename: 'dz60_hostile.hex',
      });
      await expectNoTrace(ended);
    });

    const named = hostileKeymaps({ secretFile: '<secret>', marker: '<marker>' });
    it.for(named.map(({ threat, what }) => ({ threat, what })))(
      '$threat, $what: tells nothing of other files and leaves no trace',
      { timeout: BUILD_MS + MINUTE },
      async ({ what }, { skip }) => {
        skip(missing !== '', `the qmk command line cannot be installed: ${missing}`);
        const hostile = hostileKeymaps(target).find((one) => one.what === what)!;
        const startedAt = performance.now();
        const ended = await build(hostileKeymap(hostile));
        expect(performance.now() - startedAt).toBeLessThan(BUILD_MS + 10_000);
        expect(ended.shown.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
        expect(ended.shown.length).toBeLessThan(10 * 1024 * 1024);
        await expectNoTrace(ended);
      },
    );

    it('leaves the tree as it was, to the last file', () => {
      expect(listing(TREE!)).toBe(before);
    });
  },
);
