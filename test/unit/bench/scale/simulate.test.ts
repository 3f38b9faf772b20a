/** The simulation against what queueing theory knows exactly: M/M/c by Erlang's C formula, and a closed circle of people. */
import { describe, expect, it } from 'vitest';
import {
  exponential,
  percentile,
  simulateArrivals,
  simulatePeople,
  sojourns,
  workersFor,
} from '../../../../bench/scale/simulate.ts';
import { createRandom } from '../../../faults/random.ts';

const BUILD_MS = 1000;
const JOBS = 200_000;

/** The share of jobs that find all workers busy, at so many builds' worth of work at a time. */
function erlangC(workers: number, offered: number): number {
  let term = 1;
  let sum = 1;
  for (let busy = 1; busy < workers; busy += 1) {
    term *= offered / busy;
    sum += term;
  }
  const all = (term * offered) / workers / (1 - offered / workers);
  return all / (sum + all);
}

/** Arrivals without memory and builds without memory, at that share of what the workers can do. */
function course(workers: number, load: number, seed: number) {
  const random = createRandom(seed);
  const arrivals: number[] = [];
  for (let at = 0; arrivals.length < JOBS; arrivals.push(at)) {
    at += exponential(BUILD_MS / (workers * load), random);
  }
  const buildMs = () => exponential(BUILD_MS, random);
  return simulateArrivals(arrivals, { workers, buildMs, handoverMs: 0 });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const near = (value: number, expected: number) => Math.abs(value / expected - 1);

describe('jobs that arrive whenever they like', () => {
  it.each([
    [1, 0.5],
    [1, 0.8],
    [2, 0.7],
    [4, 0.8],
    [16, 0.9],
  ])('wait before %d workers at load %d as long as Erlang says', (workers, load) => {
    const { jobs } = course(workers, load, 7);
    const waits = jobs.map(({ arrivedMs, startedMs }) => startedMs - arrivedMs);
    const busy = erlangC(workers, workers * load);
    const rate = (workers * (1 - load)) / BUILD_MS;
    expect(near(mean(waits), busy / rate)).toBeLessThan(0.1);
    expect(near(waits.filter((wait) => wait > 0).length / JOBS, busy)).toBeLessThan(0.03);
    // Whoever waits does so for an exponential time.
    const tail = Math.log(busy / 0.05) / rate;
    expect(near(percentile(waits, 0.95), tail)).toBeLessThan(0.1);
  });

  it('are built at the rate of the workers when there are too many', () => {
    const arrivals = Array.from({ length: 1000 }, () => 0);
    const { jobs } = simulateArrivals(arrivals, { workers: 4, buildMs: () => 90, handoverMs: 10 });
    expect(Math.max(...jobs.map(({ endedMs }) => endedMs))).toBe(25_000);
  });

  it('are never built by more than there are workers, and first by arrival', () => {
    const { jobs } = course(4, 0.9, 11);
    const steps = jobs.slice(0, 5000).flatMap(({ startedMs, endedMs }) => [
      [startedMs, 1],
      [endedMs, -1],
    ]) as [number, number][];
    let running = 0;
    for (const [, step] of steps.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      running += step;
      expect(running).toBeLessThanOrEqual(4);
    }
    const starts = jobs.map(({ startedMs }) => startedMs);
    expect(starts.toSorted((a, b) => a - b)).toEqual(starts);
  });
});

describe('people who wait for their build', () => {
  const people = (count: number) => ({
    count,
    thinkMs: 60_000,
    pollMs: [2500, 3500] as const,
    untilMs: 3_600_000,
    random: createRandom(5),
  });

  it('submit again once they have thought, so that few are hardly ever in each other’s way', () => {
    const buildMs = () => BUILD_MS;
    const { jobs, polls } = simulatePeople(people(10), { workers: 10, buildMs, handoverMs: 0 });
    // Each round: a thought, and the first poll, which finds the end.
    expect(near(jobs.length, (10 * 3_600_000) / 63_000)).toBeLessThan(0.1);
    expect(near(polls, jobs.length)).toBeLessThan(0.02);
    expect(Math.max(...sojourns({ jobs }))).toBe(BUILD_MS);
  });

  it('keep one worker busy all the time when they are many', () => {
    const buildMs = () => BUILD_MS;
    const { jobs } = simulatePeople(people(500), { workers: 1, buildMs, handoverMs: 0 });
    const done = jobs.filter(({ endedMs }) => endedMs <= 3_600_000);
    expect(near(done.length, 3600)).toBeLessThan(0.02);
  });

  it('need so many workers that one fewer would not do', () => {
    const courseOf = (workers: number) =>
      simulatePeople(people(200), { workers, buildMs: () => 5000, handoverMs: 0 });
    const workers = workersFor(8000, courseOf) ?? 0;
    expect(percentile(sojourns(courseOf(workers)), 0.95)).toBeLessThanOrEqual(8000);
    expect(percentile(sojourns(courseOf(workers - 1)), 0.95)).toBeGreaterThan(8000);
    expect(workersFor(4000, courseOf, 64)).toBeNull();
  });
});
