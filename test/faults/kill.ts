/**
 * `npm run test:faults -- [--kills N] [--seed S] [--only worker|service|both] [--parallel P]`: kills a service's
 * processes at random moments under a mixed load and checks what is left. Exit code 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { requireTools } from '../fixtures/starter-build/build.ts';
import { killStorm, type StormSummary, VICTIMS, type Victim } from './kill-storm.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    only: { type: 'string' },
    /** Storms at the same time, each on a service and a data folder of its own. */
    parallel: { type: 'string', default: '2' },
  },
});
const [kills, seed, parallel] = [values.kills, values.seed, values.parallel].map(Number) as [
  number,
  number,
  number,
];
const only = VICTIMS.find((victim) => victim === values.only);
const isWrong = (value: number, least: number) => !Number.isInteger(value) || value < least;
if (
  isWrong(kills, 1) ||
  isWrong(seed, 0) ||
  isWrong(parallel, 1) ||
  (values.only !== undefined && only === undefined)
) {
  console.error(
    `--kills, --seed and --parallel take whole numbers, --only one of ${VICTIMS.join(', ')}.`,
  );
  process.exit(2);
}

function sum(summaries: readonly StormSummary[], of: (summary: StormSummary) => number): number {
  return summaries.reduce((total, summary) => total + of(summary), 0);
}

requireTools();
const began = performance.now();
function prefix(storm: number): string {
  const seconds = Math.round((performance.now() - began) / 1000);
  return `  ${String(seconds).padStart(5)} s  storm ${storm + 1}`;
}
console.log(`seed ${seed}, ${kills} kills of ${only ?? VICTIMS.join(', ')}, ${parallel} at a time`);
const shares = Array.from(
  { length: Math.min(parallel, kills) },
  (_, storm) => Math.floor(kills / parallel) + (storm < kills % parallel ? 1 : 0),
);
const summaries = await Promise.all(
  shares.map((share, storm) =>
    killStorm({
      kills: share,
      // Far apart, for each storm takes two of them.
      seed: seed + storm * 1000,
      ...(only === undefined ? {} : { only }),
      settleEvery: 20,
      onSettled: (line) => console.log(`${prefix(storm)}: ${line}`),
      onViolation: (sentence) => console.log(`${prefix(storm)}: VIOLATION: ${sentence}`),
    }),
  ),
);
const count = (of: (summary: StormSummary) => number) => sum(summaries, of);
const met = (victim: Victim) => count((summary) => summary.kills[victim]);
const all = VICTIMS.map(met).reduce((total, number) => total + number, 0);
console.log(
  `${all} kills (${VICTIMS.map((victim) => `${victim} ${met(victim)}`).join(', ')}; ${count((it) => it.hits)} while jobs ran) ` +
    `in ${Math.round((performance.now() - began) / 1000)} s`,
);
console.log(
  `${count((it) => it.accepted)} jobs accepted: ${count((it) => it.finished)} finished, ${count((it) => it.failed)} failed ` +
    `with a reason, ${count((it) => it.canceled)} canceled; ${count((it) => it.retried)} built again; ` +
    `${count((it) => it.unheard)} more whose acceptance a kill kept from the client`,
);
const asked = Object.keys(summaries[0]?.answered ?? {}) as (keyof StormSummary['answered'])[];
console.log(
  `answered: ${asked.map((action) => `${action} ${count((it) => it.answered[action])}`).join(', ')}`,
);
const violations = summaries.flatMap((summary) => summary.violations);
for (const violation of violations) console.log(`  VIOLATION: ${violation}`);
console.log(
  violations.length === 0 ? 'All promises held.' : `${violations.length} promises were broken.`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
