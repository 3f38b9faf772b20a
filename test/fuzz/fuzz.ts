/**
 * `npm run fuzz -- --minutes N [--only NAME] [--seed S]`: tries random inputs on every parser, in turn, and first what
 * corpus/ keeps. An input that fails is made small and kept there, where `npm test` tries it from then on. Exit code 1
 * when one failed.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { attempt } from './attempt.ts';
import { addToCorpus, readCorpus } from './corpus.ts';
import type { FuzzTarget, OpenTarget } from './target.ts';
import { allTargets } from './targets.ts';

const SLICE_MS = 10_000;

interface Report {
  runs: number;
  failures: number;
}

const firstLine = (error: unknown): string => String(error).split('\n')[0] ?? '';

async function replay(target: FuzzTarget<unknown>, open: OpenTarget<unknown>): Promise<number> {
  let failures = 0;
  for (const { name, why, input } of readCorpus(target.name)) {
    try {
      await attempt(open, input);
    } catch (error) {
      failures += 1;
      console.log(`${target.name}: corpus/${target.name}/${name} (${why}) fails: ${error}`);
    }
  }
  return failures;
}

/** @returns false once it failed: its next failures would be the same one. */
async function slice(
  target: FuzzTarget<unknown>,
  open: OpenTarget<unknown>,
  seed: number,
  milliseconds: number,
  report: Report,
): Promise<boolean> {
  const property = fc.asyncProperty(target.input, (input) => attempt(open, input));
  const result = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
  });
  report.runs += result.numRuns;
  // An interrupted run is none that failed.
  if (!result.failed || result.counterexample === null) return true;
  report.failures += 1;
  const why = firstLine(result.errorInstance);
  const file = addToCorpus(target.name, why, result.counterexample[0]);
  console.log(`${target.name}: seed ${seed}, kept as ${file}\n  ${result.errorInstance}`);
  return false;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const targets = (await allTargets()).filter(
  ({ name }) => values.only === undefined || name === values.only,
);
if (!(minutes > 0) || !Number.isInteger(seed) || targets.length === 0) {
  const names = (await allTargets()).map(({ name }) => name).join(', ');
  console.error(`--minutes takes a number, --seed a whole one, --only one of ${names}.`);
  process.exit(2);
}

console.log(`seed ${seed}, ${minutes} minutes: ${targets.map(({ name }) => name).join(', ')}`);
const deadline = performance.now() + minutes * 60_000;
const running = new Map<FuzzTarget<unknown>, OpenTarget<unknown>>();
const reports = new Map<string, Report>();
for (const target of targets) {
  const open = await target.open();
  running.set(target, open);
  reports.set(target.name, { runs: 0, failures: await replay(target, open) });
}
const sliceMs = Math.min(SLICE_MS, (minutes * 60_000) / targets.length);
const active = new Set(targets);
for (let round = 0; active.size > 0 && performance.now() < deadline; round += 1) {
  for (const target of [...active]) {
    const left = deadline - performance.now();
    if (left <= 0) break;
    const open = running.get(target) as OpenTarget<unknown>;
    const report = reports.get(target.name) as Report;
    const goesOn = await slice(target, open, seed + round, Math.min(sliceMs, left), report);
    if (!goesOn) active.delete(target);
  }
}
for (const open of running.values()) await open.close?.();
for (const [name, { runs, failures }] of reports) {
  console.log(`${name.padEnd(16)} ${String(runs).padStart(9)} inputs, ${failures} failures`);
}
process.exitCode = [...reports.values()].some(({ failures }) => failures > 0) ? 1 : 0;
