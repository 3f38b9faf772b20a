/** What the service tells its operator in numbers, and nobody else. Names and labels hold no address and no keymap. */
import { stat, statfs } from 'node:fs/promises';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { dataPaths } from '../../core/settings.ts';
import { folderSize } from '../../core/storage/folder-size.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { countJobs } from './job-metrics.ts';

export interface Metrics {
  /** In Prometheus's text form. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface CountedRequest {
  readonly method: string;
  /** The route's pattern: addresses of requests may hold anything. */
  readonly route: string;
  readonly status: string;
  readonly seconds: number;
}

export interface Counting extends Metrics {
  readonly registry: Registry;
  countRequest(request: CountedRequest): void;
  stop(): void;
}

type Parts = Pick<
  ApiDependencies,
  'queue' | 'health' | 'schedule' | 'settings' | 'flash' | 'tests' | 'trees' | 'version' | 'log'
>;

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/** @param startedAt jobs that ended since then count, in milliseconds since the epoch. */
export async function startCounting(parts: Parts, startedAt: number): Promise<Counting> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'kiln_' });
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (set: (value: number, labels?: Record<string, string>) => void) => Promise<void> | void,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        // One that cannot be read now must not hide the others; what was true before is not true any more.
        this.reset();
        await Promise.resolve(read((value, labels = {}) => this.set(labels, value))).catch(
          (error: unknown) => parts.log.debug({ err: error, name }, 'a metric could not be read'),
        );
      },
    });
  };
  queueGauges(gauge, parts);
  placeGauges(gauge, parts);
  otherGauges(gauge, parts);
  const seconds = new Histogram({
    name: 'kiln_http_request_seconds',
    help: 'How long requests took',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  return {
    registry,
    countRequest: ({ method, route, status, seconds: took }) =>
      seconds.observe({ method, route, status }, took),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    stop: await countJobs(registry, parts.queue, parts.log, startedAt),
  };
}

type MakeGauge = (
  name: string,
  help: string,
  labelNames: readonly string[],
  read: (set: (value: number, labels?: Record<string, string>) => void) => Promise<void> | void,
) => void;

function queueGauges(gauge: MakeGauge, { queue, health }: Parts): void {
  gauge('kiln_queue_jobs', 'Jobs that wait or run', ['state'], async (set) => {
    const { queued, running } = await queue.counts();
    set(queued, { state: 'queued' });
    set(running, { state: 'running' });
  });
  gauge('kiln_queue_oldest_seconds', 'How long the next job has waited', [], async (set) => {
    const [next] = await queue.list({ states: ['queued'], limit: 1 });
    set(next === undefined ? 0 : Math.max(0, Date.now() - next.enqueuedAt) / 1000);
  });
  gauge('kiln_workers', 'Workers by what they do', ['state'], async (set) => {
    const { workers } = health();
    const running = await queue.list({ states: ['running'], limit: 1000 });
    const busy = new Set(running.map(({ workerId }) => workerId));
    const alive = workers.filter((worker) => worker.alive);
    set(workers.length - alive.length, { state: 'dead' });
    set(alive.filter(({ id }) => busy.has(id)).length, { state: 'busy' });
    set(alive.filter(({ id }) => !busy.has(id)).length, { state: 'idle' });
  });
  gauge('kiln_worker_heartbeat_age_seconds', 'Of the worker that was heard last', [], (set) => {
    const heard = health().workers.flatMap(({ lastHeartbeatAt }) => lastHeartbeatAt ?? []);
    if (heard.length > 0) set(Math.max(0, Date.now() - Math.max(...heard)) / 1000);
  });
}

function placeGauges(gauge: MakeGauge, { settings }: Parts): void {
  const paths = dataPaths(settings);
  gauge('kiln_database_bytes', 'Size of a database with its log', ['database'], async (set) => {
    for (const database of ['database', 'catalogue', 'testBuilds'] as const) {
      const file = paths[database];
      set((await sizeOf(file)) + (await sizeOf(`${file}-wal`)), { database });
    }
  });
  const stored = settings.storageEngine === 'filesystem' ? folderSize(paths.artifacts) : null;
  const cached = folderSize(paths.cache);
  gauge('kiln_store_bytes', 'Files of jobs and caches on this disk', ['store'], async (set) => {
    if (stored !== null) set(await stored(), { store: 'artifacts' });
    set(await cached(), { store: 'cache' });
  });
  gauge('kiln_disk_free_bytes', 'Free on the disk of the data folder', [], async (set) => {
    const { bavail, bsize } = await statfs(settings.dataDir);
    set(bavail * bsize);
  });
}

function otherGauges(gauge: MakeGauge, { schedule, flash, tests, trees, version }: Parts): void {
  gauge('kiln_info', 'Which Kiln this is', ['version'], (set) => set(1, { version }));
  gauge('kiln_schedule_done_timestamp_seconds', 'Last good end of a task', ['task'], (set) => {
    for (const { name, doneAt } of schedule.list())
      if (doneAt !== null) set(doneAt / 1000, { task: name });
  });
  gauge('kiln_schedule_failed', '1 when the last run of a task failed', ['task'], (set) => {
    for (const { name, outcome } of schedule.list())
      set(outcome === 'failed' ? 1 : 0, { task: name });
  });
  gauge('kiln_flash_runs', 'Flash runs in the history by outcome', ['outcome'], (set) => {
    const counts = new Map<string, number>();
    for (const { record } of flash.runs(1000)) {
      const name = record.end?.outcome ?? 'running';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [outcome, count] of counts) set(count, { outcome });
  });
  gauge(
    'kiln_test_builds',
    'Keyboards of the default tree by verdict',
    ['verdict'],
    async (set) => {
      const all = tests.summaries((await trees.defaultTree()).name);
      set(all.filter(({ works }) => !works).length, { verdict: 'failing' });
      set(all.filter(({ works, warnings }) => works && warnings).length, { verdict: 'warning' });
      set(all.filter(({ works, warnings }) => works && !warnings).length, { verdict: 'passing' });
    },
  );
}
