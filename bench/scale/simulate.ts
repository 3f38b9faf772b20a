/**
 * A service of several workers as a simulation of discrete events: people think, submit, poll until they see the end; jobs
 * wait in one line and are built by whichever worker is free first. Times are milliseconds. Pure.
 */
import type { Random } from '../../test/faults/random.ts';
import { createEventLine } from './event-line.ts';

export interface Service {
  readonly workers: number;
  /** How long the build of that job takes on that worker, from claim to end. Both are counted from 0. */
  readonly buildMs: (job: number, worker: number) => number;
  /** From the end of one job, or the arrival of one that nobody waits before, until a worker has the next. */
  readonly handoverMs: number;
}

export interface SimulatedJob {
  readonly arrivedMs: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface SimulatedCourse {
  /** In the order of their arrival. */
  readonly jobs: readonly SimulatedJob[];
  /** Questions after the state of a job. */
  readonly polls: number;
}

/** One line before several workers: who comes first is built first. */
function createShop({ workers, buildMs, handoverMs }: Service) {
  const jobs: SimulatedJob[] = [];
  /** When each worker is free again. */
  const free = createEventLine<number>();
  for (let worker = 0; worker < workers; worker += 1) free.add(0, worker);
  return {
    jobs,
    /** Arrivals come in their order, so the start of each is known at once. */
    arrive(arrivedMs: number): SimulatedJob {
      // Of several that are free, the one that rests longest.
      const first = free.take() ?? { at: 0, what: 0 };
      const startedMs = Math.max(arrivedMs, first.at) + handoverMs;
      const endedMs = startedMs + buildMs(jobs.length, first.what);
      free.add(endedMs, first.what);
      const job = { arrivedMs, startedMs, endedMs };
      jobs.push(job);
      return job;
    },
  };
}

/** Jobs that arrive at these times, in order, whatever becomes of earlier ones. */
export function simulateArrivals(arrivals: readonly number[], service: Service): SimulatedCourse {
  const shop = createShop(service);
  for (const at of arrivals) shop.arrive(at);
  return { jobs: shop.jobs, polls: 0 };
}

export interface People {
  readonly count: number;
  /** Mean time from seeing the end of a build to the next submission; drawn anew each time, exponentially. */
  readonly thinkMs: number;
  /** Between two polls of a job, drawn once for each job: the Configurator's own are 2500 to 3500. */
  readonly pollMs: readonly [number, number];
  readonly untilMs: number;
  readonly random: Random;
}

/** People who each wait for their build before they think of the next one. */
export function simulatePeople(people: People, service: Service): SimulatedCourse {
  const { count, thinkMs, pollMs, untilMs, random } = people;
  const shop = createShop(service);
  const think = (): number => exponential(thinkMs, random);
  /** What happens is that somebody submits. */
  const events = createEventLine<null>();
  for (let person = 0; person < count; person += 1) events.add(think(), null);
  let polls = 0;
  for (let event = events.take(); event !== null; event = events.take()) {
    if (event.at > untilMs) break;
    const { arrivedMs, endedMs } = shop.arrive(event.at);
    const every = pollMs[0] + random() * (pollMs[1] - pollMs[0]);
    const asked = Math.max(1, Math.ceil((endedMs - arrivedMs) / every));
    polls += asked;
    events.add(arrivedMs + asked * every + think(), null);
  }
  return { jobs: shop.jobs, polls };
}

/** A time between two events that know nothing of each other. */
export function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random());
}

/** The smallest value that at least this share of them does not exceed; not a number for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const sojourns = ({ jobs }: Pick<SimulatedCourse, 'jobs'>): number[] =>
  jobs.map(({ arrivedMs, endedMs }) => endedMs - arrivedMs);

/**
 * How many workers keep waiting and building under a target for all but a twentieth of the jobs: the smallest such number. Each
 * is tried, since more workers are not always better: on more hosts, more keyboards are built for the first time.
 * @param courseOf simulates with so many workers.
 * @param most gives up there, with null.
 */
export function workersFor(
  targetMs: number,
  courseOf: (workers: number) => Pick<SimulatedCourse, 'jobs'>,
  most = 64,
): number | null {
  for (let workers = 1; workers <= most; workers += 1) {
    if (percentile(sojourns(courseOf(workers)), 0.95) <= targetMs) return workers;
  }
  return null;
}
