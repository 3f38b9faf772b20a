/**
 * Hostile keymaps, given straight to the build of a real QMK tree as if admission had let them through. Needs
 * `KILN_TEST_QMK_HOME`, bubblewrap, the AVR compiler, and once the Python package index.
 */
import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, loadSettings } from '../../core/settings.ts';
import { createToolchain } from '../../core/toolchain/toolchain.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import { createBuildFolder } from '../../worker/build/build-folder.ts';
import { createBuildLog } from '../../worker/build/build-log.ts';
import { createPlanStore } from '../../worker/build/plan/plan-store.ts';
import { buildQmk } from '../../worker/build/qmk/build-qmk.ts';
import { createSandbox } from '../../worker/sandbox/create-sandbox.ts';
import { Place } from '../fixtures/service/place.ts';

const TREE = process.env.KILN_TEST_QMK_HOME;
const sandbox = createSandbox({ sandbox: 'required' });
const status = await sandbox.status();
const REASON =
  TREE === undefined ? ' (skipped: KILN_TEST_QMK_HOME names no QMK tree)' : ` (${status.level})`;
const MINUTE = 60_000;
const KEYS = 61;

function listing(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const hash = createHash('sha256');
  for (const name of names) {
    const { mtimeMs, size, mode } = lstatSync(join(folder, name));
    hash.update(`${name} ${mtimeMs} ${size} ${mode}\n`);
  }
  return `${names.length} files ${hash.digest('hex')}`;
}

describe.skipIf(TREE === undefined || status.level !== 'full')(
  `a hostile keymap in a real QMK tree${REASON}`,
  () => {
    let place: Place;
    let before: string;
    let missing = '';
    let secretFile: string;
    const secret = `secret-${randomUUID()}`;

    beforeAll(async () => {
      place = new Place();
      secretFile = join(place.folder, 'secret.txt');
      writeFileSync(secretFile, `${secret}\n`);
      before = listing(TREE!);
      const installed = await place.run(['toolchain', 'install', '--json']);
      if (installed.exitCode !== 0) missing = installed.stdout;
    }, 5 * MINUTE);

    afterAll(() => place.close(), MINUTE);

    async function build(members: Record<string, unknown>) {
      const settings = loadSettings({ dataDir: place.dataDir }, {});
      const paths = dataPaths(settings);
      mkdirSync(paths.builds, { recursive: true });
      const job = createBuildFolder(paths.builds, randomUUID());
      const log = createBuildLog({ file: job.logFile, replacements: [], onLine: () => undefined });
      const keymap = {
        version: 1,
        keyboard: 'dz60',
        keymap: 'hostile',
        layout: 'LAYOUT_60_ansi',
        layers: [Array.from({ length: KEYS }, () => 'KC_A')],
        ...members,
      };
      const tree: FirmwareTree = {
        name: 'qmk',
        kind: 'folder',
        origin: null,
        ref: null,
        path: TREE!,
        commit: null,
        previousCommit: null,
        isDefault: true,
        addedAt: 0,
      };
      try {
        const ended = await buildQmk({
          payload: {
            tree: 'qmk',
            keyboard: 'dz60',
            keymap: String(keymap.keymap),
            layout: keymap.layout,
            platform: 'avr',
            keymapJson: JSON.stringify(keymap),
          },
          tree,
          version: { commit: null, describe: 'NA', committedAt: null, dirty: false },
          folder: job.work,
          cacheFolder: join(place.dataDir, 'cache'),
          plans: createPlanStore(join(place.dataDir, 'cache/plans'), 1024 * 1024 * 1024),
          dataFolder: place.dataDir,
          toolchain: createToolchain(settings, paths),
          sandbox,
          parallel: 2,
          timeoutMs: 3 * MINUTE,
          signal: new AbortController().signal,
          log,
          onProgress: () => undefined,
          onProcess: job.recordProcess,
        }).catch((error: Error) => ({ exitCode: 1, image: null, sources: {}, error }));
        const told = [
          await log.lines(),
          JSON.stringify(ended.sources),
          String(ended.image?.content),
        ];
        return { exitCode: ended.exitCode, told: told.flat().join('\n') };
      } finally {
        log.close();
        await job.remove();
      }
    }

    it.for([
      ['T1', () => ({ keymap: `$(shell cat ${secretFile} >&2; id > ${place.folder}/pwned)` })],
      ['T2', () => ({ keymap: `x;cat ${secretFile};id>${place.folder}/pwned;` })],
      ['T3', () => ({ config: { platform_key: `$(info $(file <${secretFile}))` } })],
      ['T4', () => ({ keymap: `x/../../../../../../../..${place.folder}/pwned` })],
      ['T5', () => ({ layers: [[`KC_A)};\n#include "${secretFile}"\n//`]] })],
      ['T7', () => ({ layers: [[`KC_A)};\n__asm__(".incbin \\"${secretFile}\\"");\n//`]] })],
      ['T9', () => ({ host_language: `us.h"\n#include "${secretFile}"\n//` })],
    ] as const)(
      '%s: tells nothing of other files and leaves no trace',
      { timeout: 4 * MINUTE },
      async ([, members], { skip }) => {
        skip(missing !== '', `the qmk command line cannot be installed: ${missing}`);
        const { told } = await build(members());
        expect(told).not.toContain(secret);
        expect(readdirSync(place.folder).sort()).toEqual(['data', 'secret.txt']);
        expect(readdirSync(join(place.dataDir, 'builds'))).toEqual([]);
        expect(readFileSync(secretFile, 'utf8')).toBe(`${secret}\n`);
        await place.untilNothingRuns();
      },
    );

    it('leaves the tree as it was, to the last file', () => {
      expect(listing(TREE!)).toBe(before);
    });
  },
);
