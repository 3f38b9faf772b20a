/** The soak's verdict: what it calls a leak, and what not. */
import { describe, expect, it } from 'vitest';
import { type Point, trendOf } from '../../../bench/soak/trend.ts';
import { createRandom } from '../../faults/random.ts';

const HOUR = 3600;
const random = createRandom(7);

/** An hour of measurements, one every 15 seconds. */
function series(value: (share: number, index: number) => number): Point[] {
  return Array.from({ length: 240 }, (_, index) => ({
    seconds: (index * HOUR) / 239,
    value: value(index / 239, index),
  }));
}

const noise = (size: number) => (random() - 0.5) * size;

describe('a trend', () => {
  it('is no growth in noise, however large', () => {
    for (let round = 0; round < 200; round += 1) {
      expect(
        trendOf(
          series(() => 100 + noise(50)),
          4,
        ).grows,
      ).toBe(false);
    }
  });

  it('is no growth in the teeth of a saw', () => {
    const saw = series((_, index) => 100 + (index % 17) * 3);
    expect(trendOf(saw, 4).grows).toBe(false);
  });

  it('is no growth in a step, or in what fills up and stays', () => {
    for (const at of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const step = series((share) => (share < at ? 100 : 130) + noise(2));
      expect(trendOf(step, 4).grows).toBe(false);
    }
    const filling = series((share) => 100 + 30 * (1 - Math.exp(-share * 12)) + noise(2));
    expect(trendOf(filling, 4).grows).toBe(false);
  });

  it('is no growth in a shrinking series', () => {
    expect(
      trendOf(
        series((share) => 100 - 30 * share),
        4,
      ).grows,
    ).toBe(false);
  });

  it('is no growth below the allowance, and tells it by the hour', () => {
    const slow = trendOf(
      series((share) => 100 + 3 * share),
      4,
    );
    expect(slow.grows).toBe(false);
    expect(slow.perHour).toBeCloseTo(3, 1);
    expect(slow.growth).toBeCloseTo(3, 1);
  });

  it('is growth in a leak, under noise, teeth and measurements that are far off', () => {
    const leaks = [
      series((share) => 100 + 10 * share),
      series((share) => 100 + 10 * share + noise(10)),
      series((share, index) => 100 + 15 * share + (index % 17)),
      series((share, index) => (index % 11 === 0 ? 500 : 100 + 10 * share)),
    ];
    for (const leak of leaks) expect(trendOf(leak, 4).grows).toBe(true);
  });

  it('is none with too few points', () => {
    const few = series((share) => 100 + 10 * share).slice(0, 20);
    expect(trendOf(few, 0)).toMatchObject({ grows: false, perHour: Number.NaN });
  });
});
