/** A short run of what `npm run test:faults` does at length. */
import { beforeAll, describe, expect, it } from 'vitest';
import { killStorm } from '../faults/kill-storm.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const SEED = 1;

describe('kill -9 at random moments while clients compile, poll, download, cancel, follow and search', () => {
  it('of workers, the service and both loses no job, ends none twice, serves no wrong image and leaves nothing', async () => {
    const summary = await killStorm({ kills: 12, seed: SEED, settleEvery: 6 });
    expect(summary.violations).toEqual([]);
    const { worker, service, both } = summary.kills;
    expect(Math.min(worker, service, both)).toBeGreaterThan(0);
    expect(summary.accepted).toBeGreaterThan(0);
    expect(summary.finished + summary.failed + summary.canceled).toBe(summary.accepted);
  }, 300_000);
});
