/**
 * What the sandbox costs: an empty command, and a build of the starter firmware, with and without it, in turn. At least
 * 20 runs of each.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { plainEnvironment, systemPath } from '../core/environment.ts';
import { generateStarter } from '../worker/build/starter/generate.ts';
import type { Sandbox } from '../worker/sandbox/contract.ts';
import { createSandbox } from '../worker/sandbox/create-sandbox.ts';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';

const STARTER = resolve(import.meta.dirname, '../resources/starter');
const BOARD = 'kiln/sixty';
const LEAST_RUNS = 20;
const AIM_MS = 30;

function readJson<Value>(name: string): Value {
  return JSON.parse(readFileSync(join(STARTER, name), 'utf8')) as Value;
}

function starterSources(): Readonly<Record<string, string>> {
  const generated = generateStarter({
    keyboard: readJson(`keyboards/${BOARD}/keyboard.json`),
    keymap: readJson(`keyboards/${BOARD}/keymaps/default/keymap.json`),
    keycodes: readJson('keycodes.json'),
    version: 'bench',
  });
  if (!generated.ok) throw new Error('the default keymap of the starter tree does not build');
  return generated.files;
}

/** Milliseconds of one command in an empty job folder with the sources. */
async function time(
  sandbox: Sandbox,
  command: (folder: string) => readonly [string, ...string[]],
  sources: Readonly<Record<string, string>>,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-sandbox-'));
  try {
    for (const name of ['src', 'tmp']) mkdirSync(join(folder, name));
    for (const [name, text] of Object.entries(sources)) {
      writeFileSync(join(folder, 'src', name), text);
    }
    const [file, ...args] = command(folder);
    const options = {
      cwd: folder,
      env: { ...plainEnvironment(), PATH: systemPath().join(':') },
      timeoutMs: 60_000,
      maxOutputBytes: 64 * 1024,
    };
    const places = { folder, temporary: join(folder, 'tmp'), readable: [STARTER] };
    const began = performance.now();
    const { exitCode, output } = await sandbox.run(file, args, options, places);
    if (exitCode !== 0) throw new Error(`${file} failed:\n${output}`);
    return performance.now() - began;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function* benchmark({ runs, say }: BenchmarkOptions): AsyncGenerator<Figure> {
  const contained = createSandbox({ sandbox: 'required' });
  const plain = createSandbox({ sandbox: 'off' });
  say((await contained.status()).message);
  const sources = starterSources();
  const commands = {
    true: () => ['true'] as const,
    'starter build': (folder: string) =>
      [
        'make',
        '-j',
        String(availableParallelism()),
        '-f',
        join(STARTER, 'Makefile'),
        ...[`STARTER=${STARTER}`, `BUILD=${folder}`, 'TARGET=image'],
      ] as const,
  };
  for (const [name, command] of Object.entries(commands)) {
    const without: number[] = [];
    const within: number[] = [];
    // The first of each is not counted.
    for (let run = 0; run <= Math.max(runs, LEAST_RUNS); run += 1) {
      const pair = [await time(plain, command, sources), await time(contained, command, sources)];
      if (run === 0) continue;
      without.push(pair[0] ?? Number.NaN);
      within.push(pair[1] ?? Number.NaN);
    }
    const costs = within.map((ms, index) => ms - (without[index] ?? Number.NaN));
    yield { figure: `${name}, no sandbox`, value: median(without), unit: 'ms', runs: without };
    yield { figure: `${name}, sandbox`, value: median(within), unit: 'ms', runs: within };
    yield {
      figure: `${name}, cost of the sandbox`,
      value: median(costs),
      unit: 'ms',
      runs: costs,
      target: AIM_MS,
    };
  }
}
