/**
 * Several workers against the ideal, what one API process answers, what jobs carry over Redis and S3, and whether the
 * simulation of bench/scale foretells a real run of two API hosts and four workers; then how many workers so many people need.
 * Builds are of the starter tree. More workers than cores build with a compiler that sleeps, and so need no processor.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../test/faults/random.ts';
import { startShared } from '../test/fixtures/cluster/shared.ts';
import { type BenchmarkOptions, type Figure, median } from './figure.ts';
import { createBuildTimes, type MeasuredTimes } from './scale/build-times.ts';
import { Cluster, type EndedJob, numberedKeymap } from './scale/cluster.ts';
import { type Carried, measureRate, readCarried } from './scale/rates.ts';
import { exponential, percentile, simulateArrivals, sojourns } from './scale/simulate.ts';
import { QMK_TIMES, sizeFor } from './scale/sizing.ts';

const WORKERS = [1, 2, 4] as const;
/** With real builds no more than a machine with two cores can do side by side. */
const MOST_REAL_WORKERS = 2;
const REAL_JOBS = 24;
const SLEEP_SECONDS = 1.5;
const JOBS_OF_WORKER = 10;
const RATE_SECONDS = 5;
const IDLE_SECONDS = 5;
/** Of what four workers can do. */
const LOAD = 0.75;
const ARRIVALS = 110;
const REPEATED = 0.25;
const COURSES = 200;
const ALLOWED = 0.15;
const PEOPLE = [20, 100, 500, 2000];
const TARGET_MS = 5000;
const WORKERS_OF_HOST = 4;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const buildTime = ({ startedAt, endedAt }: EndedJob): number => endedAt - startedAt;

function throughput(jobs: readonly EndedJob[]): number {
  const began = Math.min(...jobs.map(({ startedAt }) => startedAt));
  const ended = Math.max(...jobs.map(({ endedAt }) => endedAt));
  return (jobs.length / (ended - began)) * 1000;
}

/** Between the end of a job and the start of the next one, of one worker that has enough to do. */
function handovers(jobs: readonly EndedJob[]): number[] {
  const inOrder = jobs.toSorted((a, b) => a.startedAt - b.startedAt);
  return inOrder.slice(1).map(({ startedAt }, at) => startedAt - (inOrder[at]?.endedAt ?? 0));
}

async function* measureApi(cluster: Cluster): AsyncGenerator<Figure> {
  const url = cluster.apis[0] ?? '';
  const submitted = await measureRate(RATE_SECONDS, () => ({
    url: `${url}/v1/compile`,
    body: JSON.stringify(numberedKeymap(cluster.newKeymap())),
  }));
  yield { figure: 'submissions, one API process', value: submitted.perSecond, unit: '1/s' };
  const ids = submitted.answers.map((text) => (JSON.parse(text) as { job_id: string }).job_id);
  let asked = 0;
  const polled = await measureRate(RATE_SECONDS, () => {
    asked += 1;
    return { url: `${url}/v1/compile/${ids[asked % ids.length]}` };
  });
  yield { figure: 'polls, one API process', value: polled.perSecond, unit: '1/s' };
  yield { figure: 'answer to a poll', value: polled.answerBytes, unit: 'B' };
}

/** Workers that have enough to do, against the simulation with the times of one worker alone. */
function* compareFull(full: {
  readonly name: string;
  readonly rate: number;
  readonly workers: number;
  readonly jobs: number;
  readonly times: readonly number[];
  readonly handoverMs: number;
}): Generator<Figure> {
  const { name, rate, workers, jobs, times, handoverMs } = full;
  const buildMs = (job: number) => times[job % times.length] ?? 0;
  const arrivals = Array.from({ length: jobs }, () => 0);
  const course = simulateArrivals(arrivals, { workers, buildMs, handoverMs });
  const foretold = (jobs / Math.max(...course.jobs.map(({ endedMs }) => endedMs))) * 1000;
  yield { figure: `${name}, simulated`, value: foretold, unit: '1/s' };
  const value = Math.abs(foretold / rate - 1);
  yield { figure: `${name}, deviation`, value, unit: '', target: ALLOWED };
}

interface Calibration {
  readonly times: MeasuredTimes;
  readonly handoverMs: number;
  /** Workers by the number of the keymap that they have built. */
  readonly built: readonly (readonly [number, string])[];
}

async function* measureWorkers(
  cluster: Cluster,
  say: (text: string) => void,
): AsyncGenerator<Figure, Calibration> {
  const rates = new Map<string, number>();
  let handoverMs = 0;
  let alone: readonly number[] = [];
  let plan: readonly number[] = [];
  let built: readonly (readonly [number, string])[] = [];
  for (const workers of WORKERS) {
    cluster.compiler.sleep(0);
    await cluster.haveWorkers(workers);
    for (const kind of ['real', 'sleeping'] as const) {
      if (kind === 'real' && workers > MOST_REAL_WORKERS) continue;
      say(`${kind} builds by ${workers}`);
      cluster.compiler.sleep(kind === 'real' ? 0 : SLEEP_SECONDS);
      const first = cluster.newKeymap() + 1;
      const jobs = await cluster.build(workers * (kind === 'real' ? REAL_JOBS : JOBS_OF_WORKER));
      const rate = throughput(jobs);
      const name = `${kind} builds, ${workers} worker${workers === 1 ? '' : 's'}`;
      yield { figure: name, value: rate, unit: '1/s' };
      if (workers === 1) rates.set(kind, rate);
      const ideal = workers * (rates.get(kind) ?? 0);
      if (workers > 1) yield { figure: `${name}, of the ideal`, value: rate / ideal, unit: '' };
      else yield { figure: `${name}, a build`, value: median(jobs.map(buildTime)), unit: 'ms' };
      if (workers === 1) {
        handoverMs = median(handovers(jobs));
        alone = jobs.map(buildTime);
      } else if (kind === 'sleeping') {
        yield* compareFull({ name, rate, workers, handoverMs, times: alone, jobs: jobs.length });
      }
      plan = jobs.map(buildTime);
      built = jobs.map(({ workerId }, at) => [first + at, workerId] as const);
    }
  }
  yield { figure: 'from one job to the next', value: handoverMs, unit: 'ms' };
  const again = await Promise.all(
    built.slice(0, 2 * JOBS_OF_WORKER).map(([number]) => cluster.submit(number)),
  );
  const repeated = await cluster.ended(again);
  const stored = repeated.filter(({ result }) => result.way?.path === 'stored').map(buildTime);
  const more = repeated.map(({ workerId }, at) => [built[at]?.[0] ?? 0, workerId] as const);
  return { times: { full: plan, plan, stored }, handoverMs, built: [...built, ...more] };
}

interface Run {
  /** By arrival. */
  readonly jobs: readonly (EndedJob & { readonly number: number })[];
  readonly idle: readonly [Carried, Carried];
  readonly busy: readonly [Carried, Carried];
}

/** People who know nothing of each other send keymaps, a part of them known. */
async function run(cluster: Cluster, { times, built }: Calibration, seed: number): Promise<Run> {
  const { redis, s3 } = cluster.shared;
  const random = createRandom(seed);
  const look = () => readCarried(redis, s3);
  const idle = [await look(), await sleep(IDLE_SECONDS * 1000).then(look)] as const;
  const every = mean(times.plan) / (cluster.workers * LOAD);
  const before = await look();
  const sent: Promise<{ id: string; number: number }>[] = [];
  const startedAt = performance.now();
  for (let due = 0; sent.length < ARRIVALS; due += exponential(every, random)) {
    const known = built[Math.floor(random() * built.length)]?.[0] ?? 0;
    const number = random() < REPEATED ? known : cluster.newKeymap();
    await sleep(Math.max(0, startedAt + due - performance.now()));
    sent.push(cluster.submit(number).then((id) => ({ id, number })));
  }
  const accepted = await Promise.all(sent);
  const ended = await cluster.ended(accepted.map(({ id }) => id));
  const jobs = ended
    .map((job, at) => ({ ...job, number: accepted[at]?.number ?? 0 }))
    .toSorted((a, b) => a.createdAt - b.createdAt);
  return { jobs, idle, busy: [before, await look()] };
}

/** What the simulation makes of the same arrivals, as the mean of many courses. */
function foretell(cluster: Cluster, { jobs }: Run, calibration: Calibration, seed: number) {
  const { times, handoverMs, built } = calibration;
  const random = createRandom(seed);
  const began = jobs[0]?.createdAt ?? 0;
  const arrivals = jobs.map(({ createdAt }) => createdAt - began);
  const names = [...new Set(built.map(([, workerId]) => workerId))];
  const courses = Array.from({ length: COURSES }, () => {
    const keymapOf = (job: number) => ({ keyboard: 'one', keymap: String(jobs[job]?.number) });
    const { buildMs, remember } = createBuildTimes(times, keymapOf, random);
    for (const [number, workerId] of built) {
      remember(names.indexOf(workerId), { keyboard: 'one', keymap: String(number) });
    }
    const service = { workers: cluster.workers, buildMs, handoverMs };
    const course = simulateArrivals(arrivals, service);
    const all = sojourns(course);
    const lastMs = Math.max(...course.jobs.map(({ endedMs }) => endedMs));
    return [percentile(all, 0.5), percentile(all, 0.95), (jobs.length / lastMs) * 1000] as const;
  });
  return [0, 1, 2].map((at) => mean(courses.map((course) => course[at] ?? 0)));
}

function* compare(measured: readonly number[], simulated: readonly number[]): Generator<Figure> {
  const names = ['waiting and building, median', 'waiting and building, p95', 'throughput'];
  for (const [at, name] of names.entries()) {
    const unit = at === 2 ? '1/s' : 'ms';
    const [real = 0, foretold = 0] = [measured[at], simulated[at]];
    yield { figure: `${name}, measured`, value: real, unit };
    yield { figure: `${name}, simulated`, value: foretold, unit };
    const value = Math.abs(foretold / real - 1);
    yield { figure: `${name}, deviation`, value, unit: '', target: ALLOWED };
  }
}

/** @returns a job’s own share, without what hosts say to each other while nobody builds. */
function ofJob({ jobs, idle, busy }: Run, value: (carried: Carried) => number): number {
  const [from, to] = idle;
  const [before, after] = busy;
  const rest = (value(to) - value(from)) / (to.atMs - from.atMs);
  return (value(after) - value(before) - rest * (after.atMs - before.atMs)) / jobs.length;
}

function* carriedBy(course: Run): Generator<Figure> {
  const [from, to] = course.idle;
  const seconds = (to.atMs - from.atMs) / 1000;
  const commands = (to.redisCommands - from.redisCommands) / seconds;
  const bytes = (to.redisBytes - from.redisBytes) / seconds / 1024;
  yield { figure: 'Redis while nobody builds', value: commands, unit: '1/s' };
  yield { figure: 'Redis while nobody builds, network', value: bytes, unit: 'KiB/s' };
  for (const [figure, unit, value] of [
    ['Redis, a job', 'calls', ({ redisCommands }: Carried) => redisCommands],
    ['Redis, a job, network', 'KiB', ({ redisBytes }: Carried) => redisBytes / 1024],
    ['Redis, a job, memory', 'KiB', ({ redisMemory }: Carried) => redisMemory / 1024],
    ['S3, a job', 'calls', ({ s3Requests }: Carried) => s3Requests],
    ['S3, a job, read', 'KiB', ({ s3Bytes }: Carried) => s3Bytes / 1024],
  ] as const) {
    yield { figure, value: ofJob(course, value), unit };
  }
}

function* sizes(handoverMs: number, seed: number): Generator<Figure> {
  for (const people of PEOPLE) {
    const sizing = sizeFor({
      ...{ people, targetMs: TARGET_MS, times: QMK_TIMES },
      ...{ handoverMs, workersOfHost: WORKERS_OF_HOST, seed },
    });
    const { workers, p95Ms, buildsPerSecond, pollsPerSecond } = sizing;
    yield { figure: `${people} people, workers`, value: workers ?? Number.NaN, unit: '' };
    yield { figure: `${people} people, p95`, value: p95Ms / 1000, unit: 's' };
    yield { figure: `${people} people, builds`, value: buildsPerSecond, unit: '1/s' };
    yield { figure: `${people} people, polls`, value: pollsPerSecond, unit: '1/s' };
  }
}

export async function* benchmark({ say, seed = 1 }: BenchmarkOptions): AsyncGenerator<Figure> {
  const shared = await startShared();
  try {
    const alone = await Cluster.start(1, 'alone', shared);
    say('What one API process answers');
    yield* measureApi(alone);
    await alone.close(true);
    const cluster = await Cluster.start(2, 'bench', shared);
    try {
      const calibration = yield* measureWorkers(cluster, say);
      say(`${ARRIVALS} jobs at ${LOAD} of what ${cluster.workers} workers can do`);
      const course = await run(cluster, calibration, seed);
      const all = course.jobs.map(({ createdAt, endedAt }) => endedAt - createdAt);
      const began = Math.min(...course.jobs.map(({ createdAt }) => createdAt));
      const ended = Math.max(...course.jobs.map(({ endedAt }) => endedAt));
      const rate = (course.jobs.length / (ended - began)) * 1000;
      const measured = [percentile(all, 0.5), percentile(all, 0.95), rate];
      const hits = course.jobs.filter(({ result }) => result.way?.path === 'stored').length;
      yield { figure: 'keymaps that the worker had built', value: hits, unit: '' };
      yield* compare(measured, foretell(cluster, course, calibration, seed));
      yield* carriedBy(course);
      yield { figure: 'load of the machine', value: loadavg()[0] ?? 0, unit: '' };
      yield* sizes(calibration.handoverMs, seed);
    } finally {
      await cluster.close(true);
    }
  } finally {
    await shared.close();
  }
}
