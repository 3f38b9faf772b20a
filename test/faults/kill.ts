/**
 * `npm run test:faults -- [--rounds N] [--seed S] [--only worker|service|both]`: kills the service's processes at
 * random moments and checks what is left. Exit code 1 when a promise was broken.
 */
import { parseArgs } from 'node:util';
import { requireTools } from '../fixtures/starter-build/build.ts';
import { killRounds, VICTIMS } from './kill-rounds.ts';
import { createRandom } from './random.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const victims = VICTIMS.filter((victim) => values.only === undefined || victim === values.only);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed) || victims.length === 0) {
  console.error(`--rounds and --seed take whole numbers, --only one of ${VICTIMS.join(', ')}.`);
  process.exit(2);
}

requireTools();
console.log(`seed ${seed}, ${rounds} rounds of each: ${victims.join(', ')}`);
let violations = 0;
for (const victim of victims) {
  const began = performance.now();
  // A generator each, so that --only repeats what that victim met.
  const random = createRandom(seed + VICTIMS.indexOf(victim));
  const options = { victim, rounds, random, jobs: 4 };
  const summary = await killRounds({ ...options, onRound: (line) => console.log(`  ${line}`) });
  const { hits, accepted, finished, failed, retried } = summary;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${victim}: ${rounds} kills (${hits} while jobs ran), ${accepted} jobs accepted, ${finished} finished, ` +
      `${failed} failed with a reason, ${retried} built again, ${summary.violations.length} violations, ${seconds} s`,
  );
  for (const violation of summary.violations) console.log(`  VIOLATION: ${violation}`);
  violations += summary.violations.length;
}
console.log(violations === 0 ? 'All promises held.' : `${violations} promises were broken.`);
process.exitCode = violations === 0 ? 0 : 1;
