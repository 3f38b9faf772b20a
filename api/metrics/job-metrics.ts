/** Counts jobs as they end: how long they waited, how long each of their stages took, which way they were built. */
import { Counter, Histogram, type Registry } from 'prom-client';
import { compileResultSchema } from '../../core/compile/job.ts';
import type { Logger } from '../../core/log.ts';
import type { Job, JobEvent, JobQueue } from '../../core/queue/contract.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
/** Ended jobs that are looked at when nobody says which one changed. */
const NEWEST = 50;
const MOST_REMEMBERED = 5000;
const ENDED = ['finished', 'failed', 'canceled'] as const;

/** `built`, `errors` (a keymap that did not compile), `failed` or `canceled`. */
function outcomeOf({ state, result }: Job): string {
  if (state !== 'finished') return state;
  const parsed = compileResultSchema.safeParse(result).data;
  return parsed === undefined || parsed.firmwareFilename !== null ? 'built' : 'errors';
}

/** Seconds from the first sign of each stage to the first sign of the next, in the job's last try. */
export function stageSeconds(
  events: readonly JobEvent[],
  endedAt: number,
): readonly (readonly [stage: string, seconds: number])[] {
  const lastStart = events.findLastIndex(
    (event) => event.type === 'state' && event.state === 'running',
  );
  const starts: { stage: string; at: number }[] = [];
  for (const event of events.slice(lastStart + 1)) {
    if (event.type !== 'progress' || event.progress.stage === starts.at(-1)?.stage) continue;
    starts.push({ stage: event.progress.stage, at: event.at });
  }
  return starts.map(({ stage, at }, index) => [
    stage,
    Math.max(0, (starts[index + 1]?.at ?? endedAt) - at) / 1000,
  ]);
}

/**
 * @param startedAt jobs that ended since then count, in milliseconds since the epoch; of many, the newest.
 * @returns a function that ends the counting.
 */
export async function countJobs(
  registry: Registry,
  queue: JobQueue,
  log: Logger,
  startedAt: number,
): Promise<() => void> {
  const registers = [registry];
  const ended = new Counter({
    name: 'kiln_jobs_ended_total',
    help: 'Jobs that ended since the service started',
    labelNames: ['outcome', 'path'],
    registers,
  });
  const run = new Histogram({
    name: 'kiln_job_run_seconds',
    help: 'From the claim to the end of a job, by the way that it was built',
    labelNames: ['outcome', 'path'],
    buckets: SECONDS,
    registers,
  });
  const waited = new Histogram({
    name: 'kiln_job_wait_seconds',
    help: 'From a job’s arrival to its last claim',
    buckets: SECONDS,
    registers,
  });
  const stages = new Histogram({
    name: 'kiln_job_stage_seconds',
    help: 'How long each stage of a build took',
    labelNames: ['stage', 'path'],
    buckets: SECONDS,
    registers,
  });
  const counted = new Set<string>();

  const count = async (job: Job): Promise<void> => {
    if (job.endedAt === null || job.endedAt < startedAt || counted.has(job.id)) return;
    counted.add(job.id);
    if (counted.size > MOST_REMEMBERED) counted.delete([...counted][0] ?? '');
    const path = compileResultSchema.safeParse(job.result).data?.way?.path ?? 'none';
    ended.inc({ outcome: outcomeOf(job), path });
    if (job.startedAt === null) return;
    waited.observe(Math.max(0, job.startedAt - job.createdAt) / 1000);
    run.observe({ outcome: outcomeOf(job), path }, (job.endedAt - job.startedAt) / 1000);
    const events = await queue.events(job.id, 0);
    for (const [stage, seconds] of stageSeconds(events, job.endedAt)) {
      stages.observe({ stage, path }, seconds);
    }
  };
  const lookAtNewest = async (limit: number): Promise<void> => {
    for (const job of await queue.list({ states: ENDED, limit })) await count(job);
  };
  const look = async (jobId: string | null): Promise<void> => {
    if (jobId === null) return lookAtNewest(NEWEST);
    const job = await queue.get(jobId);
    if (job !== null) await count(job);
  };
  const tell = (error: unknown): void => log.debug({ err: error }, 'a job was not counted');
  const stop = queue.watch((jobId) => {
    look(jobId).catch(tell);
  });
  // What ended before anybody asked.
  await lookAtNewest(MOST_REMEMBERED).catch(tell);
  return stop;
}
