/** `/kiln/v1/builds` and what can be done with one of them: the history. */
import { KilnError } from '../../core/errors.ts';
import type { Job, JobQueue, JobState } from '../../core/queue/contract.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { jobParamsSchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import {
  type BuildOutcome,
  buildHistoryQuerySchema,
  buildHistorySchema,
  jobViewSchema,
} from '../schemas/kiln-jobs.ts';
import { compileResultOf } from '../views/contract-job.ts';
import { jobView } from '../views/job.ts';
import { findJob } from './compile-jobs.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];

/** With which states a job can have come out like that. */
const STATES: Readonly<Record<BuildOutcome, readonly JobState[]>> = {
  built: ['finished'],
  errors: ['finished'],
  failed: ['failed'],
  canceled: ['canceled'],
  open: ['queued', 'running'],
};

export function kilnBuildRoutes(app: Api, { queue, store }: ApiDependencies): void {
  app.get(
    '/kiln/v1/builds',
    {
      config: ADMIN,
      schema: {
        summary: 'Builds of before and of now, in pages',
        tags: ['jobs'],
        security,
        querystring: buildHistoryQuerySchema,
        response: { 200: buildHistorySchema, ...errorsOf(400, 401) },
      },
    },
    async (request, reply) => {
      const { q: text, outcome, pinned, before, limit } = request.query;
      const { jobs, next } = await pageOf(queue, {
        text,
        limit,
        ...(outcome === undefined ? {} : { outcome }),
        ...(pinned === undefined ? {} : { pinned: true }),
        ...(before === undefined ? {} : { before }),
      });
      reply.header('cache-control', 'no-store');
      return { builds: jobs.map((job) => jobView(job, null)), next };
    },
  );

  for (const [verb, pinned, summary] of [
    ['pin', true, 'Keep a job and its files, whatever their age'],
    ['unpin', false, 'Let a job go with the others when its time has come'],
  ] as const) {
    app.post(
      `/kiln/v1/jobs/:id/${verb}`,
      {
        config: ADMIN,
        schema: {
          summary,
          tags: ['jobs'],
          security,
          params: jobParamsSchema,
          response: { 200: jobViewSchema, ...errorsOf(401, 404) },
        },
      },
      async (request, reply) => {
        const { id } = await findJob(queue, request.params.id);
        reply.header('cache-control', 'no-store');
        // Null: swept between the two calls.
        const job = (await queue.pin(id, pinned)) ?? (await findJob(queue, id));
        return jobView(job, job.state === 'queued' ? await queue.position(id) : null);
      },
    );
  }

  app.delete(
    '/kiln/v1/jobs/:id',
    {
      config: ADMIN,
      schema: {
        summary: 'Forget a job that has ended, with its files',
        tags: ['jobs'],
        security,
        params: jobParamsSchema,
        response: { 200: jobViewSchema, ...errorsOf(401, 404, 409) },
      },
    },
    async (request, reply) => {
      const job = await findJob(queue, request.params.id);
      if (!(await queue.forget(job.id))) {
        // It may have ended, or gone, since; either way the person looks again.
        const now = await findJob(queue, job.id);
        throw new KilnError('job.not-ended', `The job is ${now.state} still.`);
      }
      // A crash before this leaves files without a job, which the next sweep takes.
      await store.delete(job.id);
      request.log.info({ jobId: job.id }, 'job forgotten');
      reply.header('cache-control', 'no-store');
      return jobView(job, null);
    },
  );
}

interface Wanted {
  readonly text: string;
  readonly limit: number;
  readonly outcome?: BuildOutcome;
  readonly pinned?: true;
  readonly before?: string;
}

/** Jobs that the queue cannot tell apart (a finished one with and without an image) are sorted out here. */
async function pageOf(
  queue: JobQueue,
  { outcome, ...wanted }: Wanted,
): Promise<{ jobs: readonly Job[]; next: string | null }> {
  const states = outcome === undefined ? {} : { states: STATES[outcome] };
  const found: Job[] = [];
  let before = wanted.before;
  for (;;) {
    const page = await queue.history({
      ...wanted,
      ...states,
      ...(before === undefined ? {} : { before }),
    });
    for (const job of page.jobs) {
      before = job.id;
      if (outcome !== undefined && !hasOutcome(job, outcome)) continue;
      found.push(job);
      if (found.length === wanted.limit) {
        const isLast = job === page.jobs.at(-1) && !page.more;
        return { jobs: found, next: isLast ? null : job.id };
      }
    }
    if (!page.more) return { jobs: found, next: null };
  }
}

function hasOutcome(job: Job, outcome: BuildOutcome): boolean {
  if (outcome !== 'built' && outcome !== 'errors') return true;
  return (compileResultOf(job)?.firmwareFilename != null) === (outcome === 'built');
}
