/**
 * A clean build of a real keyboard: `kiln compile` against the tree's own `qmk compile` with the same number of
 * parallel commands, on the same tree, in turn. Whole commands, their start included.
 *
 * KILN_TEST_QMK_HOME names the tree; it is copied first, since `qmk compile` writes into it.
 * KILN_BENCH_KEYBOARDS lists keyboards, separated by commas.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { type Measured, measure } from './measure.ts';
import { benchKeymap, KILN, prepareRealTree, type RealTree } from './real-tree.ts';

const DEFAULT_KEYBOARDS = 'dz60,crkbd/rev1,planck/rev6,boardsource/unicorne';
const AIM = 1.1;

function writeKeymap(bench: RealTree, keyboard: string): string {
  const file = join(bench.folder, `${keyboard.replaceAll('/', '_')}.json`);
  writeFileSync(file, JSON.stringify(benchKeymap(bench, keyboard)));
  return file;
}

function stockBuild(bench: RealTree, keymap: string): Measured {
  rmSync(join(bench.tree, '.build'), { recursive: true, force: true });
  return measure(['qmk', 'compile', '-j', String(availableParallelism()), keymap], {
    cwd: bench.tree,
    env: bench.env,
  });
}

function kilnBuild(bench: RealTree, keymap: string): Measured {
  const output = join(bench.folder, 'out/');
  mkdirSync(output, { recursive: true });
  const measured = measure(
    [process.execPath, KILN, 'compile', keymap, '--tree', 'bench', '-o', output],
    { cwd: bench.folder, env: bench.env },
  );
  if (readdirSync(output).length === 0) throw new Error('kiln compile left no image');
  rmSync(output, { recursive: true });
  return measured;
}

export async function* benchmark(options: BenchmarkOptions): AsyncGenerator<Figure> {
  const bench = prepareRealTree(options.say);
  bench.kiln('tree', 'add', 'bench', bench.tree, '--json');
  try {
    for (const keyboard of (process.env.KILN_BENCH_KEYBOARDS ?? DEFAULT_KEYBOARDS).split(',')) {
      const keymap = writeKeymap(bench, keyboard);
      const stock: Measured[] = [];
      const ours: Measured[] = [];
      for (let run = 0; run <= options.runs; run += 1) {
        options.say(
          `${keyboard}: run ${run} of ${options.runs}${run === 0 ? ' (not counted)' : ''}`,
        );
        const pair = [stockBuild(bench, keymap), kilnBuild(bench, keymap)] as const;
        if (run === 0) continue;
        stock.push(pair[0]);
        ours.push(pair[1]);
      }
      for (const clock of ['wall', 'cpu'] as const) {
        const of = (all: readonly Measured[]) =>
          all.map(({ wallSeconds, cpuSeconds }) => (clock === 'wall' ? wallSeconds : cpuSeconds));
        const ratios = of(ours).map((value, index) => value / (of(stock)[index] ?? Number.NaN));
        yield {
          figure: `${keyboard} ${clock}, qmk compile`,
          value: median(of(stock)),
          unit: 's',
          runs: of(stock),
        };
        yield {
          figure: `${keyboard} ${clock}, kiln compile`,
          value: median(of(ours)),
          unit: 's',
          runs: of(ours),
        };
        yield {
          figure: `${keyboard} ${clock}, kiln ÷ qmk`,
          value: median(ratios),
          unit: 'ratio',
          runs: ratios,
          target: AIM,
        };
      }
    }
  } finally {
    bench.remove();
  }
}
