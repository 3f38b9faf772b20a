/**
 * A clean build of a real keyboard: `kiln compile` against the tree's own `qmk compile` with the same number of
 * parallel commands, on the same tree, in turn. Whole commands, their start included.
 *
 * KILN_TEST_QMK_HOME names the tree; it is copied first, since `qmk compile` writes into it.
 * KILN_BENCH_KEYBOARDS lists keyboards, separated by commas.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { type Measured, measure } from './measure.ts';

const KILN = join(import.meta.dirname, '../cli/kiln.js');
const DEFAULT_KEYBOARDS = 'dz60,crkbd/rev1,planck/rev6,boardsource/unicorne';
const AIM = 1.1;

interface Bench {
  readonly folder: string;
  readonly tree: string;
  readonly env: Readonly<Record<string, string>>;
}

function kiln(bench: Bench, ...args: string[]): string {
  const result = spawnSync(process.execPath, [KILN, ...args], { env: bench.env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`kiln ${args.join(' ')} failed: ${result.stderr}`);
  return result.stdout;
}

function prepare(home: string, { say }: BenchmarkOptions): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
  const tree = join(folder, 'qmk_firmware');
  say(`Copying ${home}`);
  cpSync(home, tree, { recursive: true, filter: (file) => !file.endsWith('/.build') });
  // Trees that came through a zip file have lost the permissions without which `qmk compile` fails.
  spawnSync('sh', ['-c', 'chmod +x util/*.py util/*.sh'], { cwd: tree });
  const data = join(folder, 'data');
  const bin = join(data, 'toolchain/python/bin');
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    KILN_DATA_DIR: data,
    // One build with all cores, as `kiln compile` without a service does it.
    KILN_WORKERS: '1',
  };
  const bench = { folder, tree, env };
  say('Installing the qmk command line');
  kiln(bench, 'toolchain', 'install', '--json');
  kiln(bench, 'tree', 'add', 'bench', tree, '--json');
  return bench;
}

/** A keymap with a key on every place; what the keys are does not matter for a clean build. */
function writeKeymap(bench: Bench, keyboard: string): string {
  const info = spawnSync('qmk', ['info', '-kb', keyboard, '-f', 'json'], {
    cwd: bench.tree,
    env: bench.env,
    encoding: 'utf8',
  });
  const { layouts } = JSON.parse(info.stdout) as { layouts: Record<string, { layout: unknown[] }> };
  const [layout = '', data] = Object.entries(layouts).sort()[0] ?? [];
  const layers = [Array.from({ length: data?.layout.length ?? 0 }, () => 'KC_A')];
  const file = join(bench.folder, `${keyboard.replaceAll('/', '_')}.json`);
  writeFileSync(file, JSON.stringify({ version: 1, keyboard, keymap: 'bench', layout, layers }));
  return file;
}

function stockBuild(bench: Bench, keymap: string): Measured {
  rmSync(join(bench.tree, '.build'), { recursive: true, force: true });
  return measure(['qmk', 'compile', '-j', String(availableParallelism()), keymap], {
    cwd: bench.tree,
    env: bench.env,
  });
}

function kilnBuild(bench: Bench, keymap: string): Measured {
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
  const home = process.env.KILN_TEST_QMK_HOME;
  if (home === undefined) throw new Error('Name a QMK tree in KILN_TEST_QMK_HOME.');
  const bench = prepare(home, options);
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
    rmSync(bench.folder, { recursive: true, force: true });
  }
}
