/**
 * `npm run bench -- <name> [--json] [--runs N] [--minutes N] [--seconds N] [--seed S] [--board NAME]… [--output FILE]
 * [--folder FOLDER]`: runs one benchmark. With `--json` it prints one JSON line a figure, else a table. Benchmarks compare
 * within one run: the machine's speed drifts from run to run.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Figure } from './figure.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  admission: () => import('./admission.ts'),
  api: () => import('./api.ts'),
  build: () => import('./build.ts'),
  catalogue: () => import('./catalogue.ts'),
  'cold-build': () => import('./cold-build.ts'),
  'first-run': () => import('./first-run.ts'),
  sandbox: () => import('./sandbox.ts'),
  scale: () => import('./scale.ts'),
  'ten-clients': () => import('./ten-clients.ts'),
  ui: () => import('./ui.ts'),
  soak: () => import('./soak.ts'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    minutes: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    output: { type: 'string' },
    board: { type: 'string', multiple: true },
    folder: { type: 'string' },
  },
});

function print(name: string, { figure, value, unit, runs, target }: Figure): void {
  if (values.json) {
    console.log(JSON.stringify({ bench: name, figure, value, unit, runs, target }));
    return;
  }
  const aim =
    target === undefined ? '' : `  (aim ≤ ${target}: ${value <= target ? 'held' : 'missed'})`;
  const spread =
    runs === undefined ? '' : `  ${Math.min(...runs).toFixed(2)}–${Math.max(...runs).toFixed(2)}`;
  console.log(
    `${figure.padEnd(48)} ${value.toFixed(3).padStart(10)} ${unit.padEnd(6)}${spread}${aim}`,
  );
}

const name = positionals[0] ?? '';
const load = BENCHMARKS[name];
if (load === undefined) {
  console.error(
    `There is no benchmark “${name}”; there are: ${Object.keys(BENCHMARKS).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const { benchmark } = await load();
  const say = (text: string): void => console.error(text);
  const { minutes, seconds, seed, output, board, folder } = values;
  try {
    const options = {
      runs: Number(values.runs),
      say,
      ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
      ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
      ...(seed === undefined ? {} : { seed: Number(seed) }),
      ...(output === undefined ? {} : { output }),
      ...(board === undefined ? {} : { boards: board }),
      ...(folder === undefined ? {} : { folder: resolve(folder) }),
    };
    for await (const figure of benchmark(options)) print(name, figure);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
