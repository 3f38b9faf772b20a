/**
 * `npm run bench -- soak --minutes N [--output FILE]`: a real service under mixed load for N minutes. What it holds
 * (memory, handles, database, disk) is printed over time; a steady growth, a broken promise of the service and
 * whatever is left after its end are failures. See bench/README.md. Linux only.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createRandom } from '../test/faults/random.ts';
import { Place } from '../test/fixtures/service/place.ts';
import type { Service } from '../test/fixtures/service/service.ts';
import type { BenchmarkOptions, Figure } from './figure.ts';
import { type Load, type LoadCounts, startLoad } from './soak/load.ts';
import { type Observation, observe } from './soak/observe.ts';
import { type Trend, trendOf } from './soak/trend.ts';

const DEFAULT_MINUTES = 10;
/** Jobs are forgotten so soon that what a minute leaves on disk is gone two minutes later. */
const STORAGE_HOURS = 1 / 60;
const WORKERS = 2;
const SAMPLES = 240;
/** Times at rest: idle connections end after ten seconds, and the garbage of a build's last steps goes. */
const SETTLE_MS = 15_000;
const LOOKS_AT_REST = 5;
const LOOK_EVERY_MS = 2000;

type Measure = keyof Observation;

interface Watched {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  /** Growth over the counted time that is let pass: a share of the median, and at least so much. */
  readonly share: number;
  readonly least: number;
}

/**
 * Resources of a service at work are mostly its open requests, more of them where the machine is slow to answer; what leaks
 * is left over at rest, where no more than two are let pass. The least values are what a page of a heap, a log file or a checkpoint makes of itself. Files of jobs are as many as the
 * machine has time to build in a minute.
 */
const WATCHED: Readonly<Record<Measure, Watched>> = {
  serviceRss: { title: 'service RSS', unit: 'MiB', digits: 1, share: 0.04, least: 6 },
  serviceHeap: { title: 'service heap', unit: 'MiB', digits: 2, share: 0.02, least: 0.7 },
  workersRss: { title: 'workers RSS', unit: 'MiB', digits: 1, share: 0.04, least: 8 },
  workersOwn: { title: 'workers own', unit: 'MiB', digits: 1, share: 0.04, least: 6 },
  serviceDescriptors: { title: 'service fds', unit: '', digits: 0, share: 0, least: 2 },
  workersDescriptors: { title: 'workers fds', unit: '', digits: 0, share: 0, least: 4 },
  resources: { title: 'resources', unit: '', digits: 0, share: 0.5, least: 2 },
  database: { title: 'database', unit: 'MiB', digits: 2, share: 0.03, least: 0.5 },
  disk: { title: 'other disk', unit: 'MiB', digits: 2, share: 0.3, least: 1 },
  files: { title: 'files', unit: '', digits: 0, share: 0.3, least: 40 },
};
const MEASURES = Object.keys(WATCHED) as Measure[];

interface Sample extends Observation {
  readonly seconds: number;
}

/** Rows for people, lines of JSON for programs. */
class Journal {
  readonly #say: (text: string) => void;
  readonly #file: string;

  constructor(say: (text: string) => void, file: string) {
    this.#say = say;
    this.#file = file;
    writeFileSync(file, '');
    say(`Each row is also a line of JSON in ${file}`);
    say(
      ['   time', ...MEASURES.map((name) => WATCHED[name].title), 'requests, builds'].join(' | '),
    );
  }

  row(sample: Sample, counts: LoadCounts): void {
    appendFileSync(this.#file, `${JSON.stringify({ ...sample, ...counts })}\n`);
    const minutes = `${(sample.seconds / 60).toFixed(1)} min`.padStart(9);
    const values = MEASURES.map((name) => {
      const { title, digits } = WATCHED[name];
      return sample[name].toFixed(digits).padStart(title.length);
    });
    const done = `${counts.requests}, ${counts.built + counts.canceled + counts.followed}`;
    this.#say([minutes, ...values, done].join(' | '));
  }
}

/** Ends early, but in order, when the person at the terminal has seen enough. */
function untilInterrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

async function measured<Result>(
  load: Load,
  minutes: number,
  interrupted: AbortSignal,
  look: (seconds: number) => Promise<Result>,
): Promise<Result[]> {
  const everyMs = Math.min(15_000, Math.max(2000, (minutes * 60_000) / SAMPLES));
  const startedAt = performance.now();
  const results: Result[] = [];
  const elapsed = () => performance.now() - startedAt;
  while (elapsed() < minutes * 60_000 && !interrupted.aborted && load.violations.length < 20) {
    await pause(everyMs, undefined, { signal: interrupted }).catch(() => undefined);
    results.push(await look(elapsed() / 1000));
  }
  return results;
}

/**
 * Descriptors and resources of a service that has nothing to do: the least of some looks, since it sweeps and reads now
 * and then. What leaked is there at every look.
 */
async function atRest(place: Place, service: Service, report: string): Promise<Observation> {
  await pause(SETTLE_MS);
  const looks: Observation[] = [];
  for (let look = 0; look < LOOKS_AT_REST; look += 1) {
    await pause(LOOK_EVERY_MS);
    looks.push(await observe(place, service, report));
  }
  const least = (name: Measure) => Math.min(...looks.map(({ [name]: value }) => value));
  return Object.fromEntries(MEASURES.map((name) => [name, least(name)])) as Record<Measure, number>;
}

function* figuresOf(samples: readonly Sample[], warmUpSeconds: number): Generator<Figure & Trend> {
  const counted = samples.filter(({ seconds }) => seconds >= warmUpSeconds);
  for (const name of MEASURES) {
    const { title, unit, share, least } = WATCHED[name];
    const points = counted.map(({ seconds, [name]: value }) => ({ seconds, value }));
    const allowance = Math.max(least, share * trendOf(points, 0).median);
    const trend = trendOf(points, allowance);
    yield { figure: `${title}, median`, value: trend.median, unit, ...trend, grows: false };
    yield { figure: `${title}, slope`, value: trend.perHour, unit: `${unit}/h`, ...trend };
    yield {
      figure: `${title}, growth`,
      value: trend.growth,
      unit,
      target: allowance,
      ...trend,
    };
  }
}

export async function* benchmark(options: BenchmarkOptions): AsyncGenerator<Figure> {
  const { say, minutes = DEFAULT_MINUTES, output, seed = Date.now() % 1_000_000 } = options;
  const interrupted = untilInterrupted();
  const place = new Place();
  const faults: string[] = [];
  try {
    const report = join(place.folder, 'inside.json');
    const service = await place.serve({
      env: {
        KILN_WORKERS: String(WORKERS),
        STORAGE_TIME_HOURS: String(STORAGE_HOURS),
        KILN_LOG_LEVEL: 'error',
        KILN_SOAK_REPORT: report,
        NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'soak/inside.ts')).href}`,
      },
    });
    say(`${minutes} minutes, seed ${seed}, service ${service.pid}, data in ${place.dataDir}`);
    const random = createRandom(seed);

    // Once through everything: what the service opens at first use stays open.
    const rehearsal = startLoad(service, random);
    await pause(Math.min(30_000, minutes * 6000), undefined, { signal: interrupted }).catch(
      () => 0,
    );
    await rehearsal.stop();
    const before = await atRest(place, service, report);

    const record = new Journal(say, output ?? join(tmpdir(), `kiln-soak-${process.pid}.jsonl`));
    const load = startLoad(service, random);
    const samples = await measured(load, minutes, interrupted, async (seconds) => {
      const sample = { seconds, ...(await observe(place, service, report)) };
      record.row(sample, load.counts);
      return sample;
    });
    await load.stop();
    faults.push(...rehearsal.violations, ...load.violations);
    const after = await atRest(place, service, report);
    say(`done: ${JSON.stringify(load.counts)}`);

    // A quarter of a long run, half of a short one: heaps and retention find their level.
    const warmUp = Math.min(Math.max(minutes / 4, 5), minutes / 2) * 60;
    for (const figure of figuresOf(samples, warmUp)) {
      yield figure;
      if (figure.grows && figure.target !== undefined) faults.push(`it grows: ${figure.figure}`);
    }
    for (const name of ['serviceDescriptors', 'workersDescriptors', 'resources'] as const) {
      const value = after[name] - before[name];
      const { title, least } = WATCHED[name];
      yield { figure: `${title} at rest, after less before`, value, unit: '', target: least };
      if (value > least) {
        const last = readFileSync(report, 'utf8');
        faults.push(`${title} at rest went from ${before[name]} to ${after[name]}: ${last}`);
      }
    }
    const { exitCode, stderr } = await service.stop();
    if (exitCode !== 0) faults.push(`the service ended with ${exitCode}`);
    if (stderr !== '') faults.push(`the service logged errors:\n${stderr.slice(0, 4000)}`);
    await place.untilNothingRuns();
  } finally {
    await place.close();
  }
  if (faults.length > 0) throw new Error(`The soak found:\n${faults.join('\n')}`);
}
