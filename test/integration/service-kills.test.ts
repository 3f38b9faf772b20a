/** A short run of what `npm run test:faults` does at length. */
import { beforeAll, describe, expect, it } from 'vitest';
import { killRounds } from '../faults/kill-rounds.ts';
import { createRandom } from '../faults/random.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const SEED = 1;

describe('kill -9 at random moments of builds', () => {
  it.each([
    ['a worker', 'worker'],
    ['the service', 'service'],
    ['the service with all its workers', 'both'],
  ] as const)(
    'of %s loses no job, ends none twice and leaves nothing behind',
    async (_, victim) => {
      const summary = await killRounds({ victim, rounds: 2, jobs: 2, random: createRandom(SEED) });
      expect(summary.violations).toEqual([]);
      expect(summary.accepted).toBeGreaterThanOrEqual(4);
      expect(summary.finished + summary.failed).toBe(summary.accepted);
    },
    180_000,
  );
});
