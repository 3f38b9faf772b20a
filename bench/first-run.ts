/**
 * From the first start of an unpacked package to its first images, in a world that has nothing but the package: no
 * compiler, no Python, no make, an empty PATH and no network. `KILN_PACKAGE` names the folder that holds
 * `resources/` (`npm run package -- --dir`, with KILN_TOOLCHAIN). Afterwards the package is moved and has to make the same.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FirstRun, firstRun, movedRun, STARTER_KEYMAP } from '../test/package/empty-world.ts';
import type { Benchmark, BenchmarkOptions } from './figure.ts';
import { median } from './figure.ts';

/** Seconds, of the issue that asked for it. */
const AIM = 20;

export const benchmark: Benchmark = async function* ({ runs, say }: BenchmarkOptions) {
  const folder = process.env.KILN_PACKAGE;
  if (folder === undefined || !existsSync(join(folder, 'resources/toolchain'))) {
    throw new Error('KILN_PACKAGE has to name an unpacked package with a toolchain inside.');
  }
  const resources = join(folder, 'resources');
  const keymap = join(resources, STARTER_KEYMAP);
  const done: FirstRun[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}`);
    done.push(firstRun(resources, [keymap]));
  }
  const ready = done.map(({ readyAt }) => readyAt);
  const image = done.map(({ built }) => built[0]?.at ?? Number.NaN);
  yield { figure: 'first start to service', value: median(ready), unit: 's', runs: ready };
  yield {
    figure: 'first start to first image',
    value: median(image),
    unit: 's',
    runs: image,
    target: AIM,
  };
  say('moved elsewhere');
  const moved = movedRun(folder, [keymap]);
  if (moved.digests.join() !== done[0]?.digests.join()) {
    throw new Error('The package makes another image after it was moved.');
  }
  yield {
    figure: 'the same, after the package was moved',
    value: moved.built[0]?.at ?? Number.NaN,
    unit: 's',
    target: AIM,
  };
};
