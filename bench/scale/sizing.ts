/** How many workers so many people need, and what that lets Redis, S3 and the API hosts carry. */
import { createRandom, type Random } from '../../test/faults/random.ts';
import { createBuildTimes, type MeasuredTimes, type SimulatedKeymap } from './build-times.ts';
import {
  percentile,
  type SimulatedCourse,
  simulatePeople,
  sojourns,
  workersFor,
} from './simulate.ts';

/**
 * Milliseconds from claim to end of builds of a QMK tree of late 2025, by one worker in the full sandbox on a machine with two
 * cores that did other things too: dz60, crkbd/rev1, planck/rev6, boardsource/unicorne, preonic/rev3 and xiudi/xd75, each once in
 * full, with five changed keys, and three keymaps again.
 */
export const QMK_TIMES: MeasuredTimes = {
  full: [15_519, 26_304, 13_917, 29_072, 25_019, 10_505],
  plan: [
    ...[303, 327, 270, 375, 422, 1843, 1469, 1420, 883, 871, 356, 414, 407, 304, 340],
    ...[479, 692, 491, 528, 454, 465, 419, 455, 317, 404, 514, 328, 218, 174, 193],
  ],
  stored: [105, 66, 109, 20, 26, 16, 19, 22, 14, 21, 16, 15, 19, 23, 16, 38, 9, 15],
};

/** They think for five minutes, send one keymap in ten unchanged, and ask as the Configurator does. */
const THINK_MS = 300_000;
const UNCHANGED = 0.1;
const POLL_MS = [2500, 3500] as const;
/** A working day; its first hour, in which every keyboard is built for the first time, is left out. */
const DAY_MS = 8 * 3_600_000;
const FIRST_MS = 3_600_000;

/** Kinds of keyboards; the second is half as frequent as the first, the third a third, and so on. */
const KEYBOARDS = 1000;

function createKeyboards(random: Random): () => string {
  const sums: number[] = [];
  for (let rank = 1, sum = 0; rank <= KEYBOARDS; rank += 1) {
    sum += 1 / rank;
    sums.push(sum);
  }
  return () => {
    const drawn = random() * (sums.at(-1) ?? 0);
    return String(sums.findIndex((sum) => sum > drawn));
  };
}

/** Each person has a keyboard; each job is by any of them. */
function createKeymaps(people: number, seed: number): (job: number) => SimulatedKeymap {
  const random = createRandom(seed);
  const drawKeyboard = createKeyboards(random);
  const keyboards = Array.from({ length: people }, drawKeyboard);
  const versions = new Map<number, number>();
  return () => {
    const person = Math.floor(random() * people);
    const before = versions.get(person) ?? 0;
    const version = random() < UNCHANGED ? before : before + 1;
    versions.set(person, version);
    return { keyboard: keyboards[person] ?? '', keymap: `${person} ${version}` };
  };
}

const MOST_WORKERS = 32;

export interface Sizing {
  readonly people: number;
  /** Null when no number of them holds the target. */
  readonly workers: number | null;
  readonly p95Ms: number;
  readonly buildsPerSecond: number;
  readonly pollsPerSecond: number;
}

export interface SizingOptions {
  readonly people: number;
  readonly targetMs: number;
  readonly times: MeasuredTimes;
  readonly handoverMs: number;
  readonly workersOfHost: number;
  readonly seed: number;
}

/** All but a twentieth of the jobs of a day wait and build for no longer than the target. */
export function sizeFor(options: SizingOptions): Sizing {
  const { people, targetMs, times, handoverMs, workersOfHost, seed } = options;
  const courseOf = (workers: number): SimulatedCourse => {
    const random = createRandom(seed);
    const keymapOf = createKeymaps(people, seed + 1);
    const { buildMs } = createBuildTimes(times, keymapOf, random, workersOfHost);
    const who = { count: people, thinkMs: THINK_MS, pollMs: POLL_MS, untilMs: DAY_MS, random };
    const { jobs, polls } = simulatePeople(who, { workers, buildMs, handoverMs });
    return { jobs: jobs.filter(({ arrivedMs }) => arrivedMs > FIRST_MS), polls };
  };
  const workers = workersFor(targetMs, courseOf, MOST_WORKERS);
  const course = courseOf(workers ?? MOST_WORKERS);
  return {
    people,
    workers,
    p95Ms: percentile(sojourns(course), 0.95),
    buildsPerSecond: (course.jobs.length / (DAY_MS - FIRST_MS)) * 1000,
    pollsPerSecond: (course.polls / DAY_MS) * 1000,
  };
}
