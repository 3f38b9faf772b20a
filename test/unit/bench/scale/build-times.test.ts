import { describe, expect, it } from 'vitest';
import { createBuildTimes } from '../../../../bench/scale/build-times.ts';
import { sizeFor } from '../../../../bench/scale/sizing.ts';

const TIMES = { full: [10_000], plan: [300], stored: [50] };

describe('builds that are simulated', () => {
  const builds = ['a 1', 'a 2', 'a 2', 'b 1', 'a 1', 'a 3'].map((text) => {
    const [keyboard = '', keymap = ''] = text.split(' ');
    return { keyboard, keymap };
  });
  const timesOf = (workersOfHost: number, workers: readonly number[]) => {
    const keymapOf = (job: number) => builds[job] ?? { keyboard: '', keymap: '' };
    const { buildMs } = createBuildTimes(TIMES, keymapOf, () => 0, workersOfHost);
    return workers.map((worker, job) => buildMs(job, worker));
  };

  it('take a worker longest the first time, less for a changed keymap, least for a known one', () => {
    expect(timesOf(1, [0, 0, 0, 0, 0, 0])).toEqual([10_000, 300, 50, 10_000, 50, 300]);
  });

  it('find on a host what its own workers have built, and on another nothing', () => {
    expect(timesOf(2, [0, 1, 0, 2, 3, 1])).toEqual([10_000, 300, 50, 10_000, 10_000, 300]);
  });
});

describe('how many workers people need', () => {
  const flat = { full: [1500], plan: [1500], stored: [1500] };
  const options = { targetMs: 4000, times: flat, handoverMs: 2, workersOfHost: 4, seed: 3 };

  it('is more of them for more people, who each think for five minutes', () => {
    expect(sizeFor({ ...options, people: 20 }).workers).toBe(1);
    const many = sizeFor({ ...options, people: 600 });
    expect(many.workers).toBeGreaterThan(2);
    expect(many.p95Ms).toBeLessThanOrEqual(4000);
    expect(many.buildsPerSecond).toBeGreaterThan(1.8);
    expect(many.buildsPerSecond).toBeLessThan(2);
  });

  it('is none at all for a target that a build alone is too long for', () => {
    const slow = { full: [5000], plan: [5000], stored: [5000] };
    expect(sizeFor({ ...options, people: 20, times: slow, targetMs: 2000 }).workers).toBeNull();
  });
});
