/** What test/fuzz does for minutes, for a moment: everything that its corpus keeps, and some inputs of each kind. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt } from '../../fuzz/attempt.ts';
import { readCorpus } from '../../fuzz/corpus.ts';
import type { OpenTarget } from '../../fuzz/target.ts';
import { allTargets } from '../../fuzz/targets.ts';

const RUNS = 60;
const targets = await allTargets();

describe.each(targets)('the fuzz target $name', (target) => {
  let open: OpenTarget<unknown>;

  beforeAll(async () => {
    open = await target.open();
  });
  afterAll(() => open.close?.());

  it('holds for all that its corpus keeps', async () => {
    const corpus = readCorpus(target.name);
    expect(corpus.length).toBeGreaterThan(0);
    for (const { name, input } of corpus) {
      await attempt(open, input).catch((error: unknown) => {
        throw new Error(`${name} fails`, { cause: error });
      });
    }
  });

  it(`holds for ${RUNS} inputs of every kind`, { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(target.input, (input) => attempt(open, input));
    await fc.assert(property, { numRuns: RUNS, seed: 4 });
  });
});
