import { describe, expect, it } from 'vitest';
import { coresFor } from '../../../worker/cores.ts';

describe('the cores for one build', () => {
  it.each([
    { cores: 8, workers: 4, running: 1, given: 8, what: 'are all when nobody else builds' },
    { cores: 8, workers: 4, running: 3, given: 6, what: 'are those that others leave' },
    { cores: 8, workers: 4, running: 8, given: 2, what: 'are its share when all work' },
    { cores: 2, workers: 4, running: 4, given: 1, what: 'are one at least' },
    { cores: 4, workers: 4, running: 0, given: 4, what: 'are no more than there are' },
    { cores: 4, workers: 2, running: 40, given: 2, what: 'are its share beside other machines' },
  ])('$what', ({ cores, workers, running, given }) => {
    expect(coresFor(cores, workers, running)).toBe(given);
  });
});
