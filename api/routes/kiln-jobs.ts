/** `/kiln/v1/jobs…`: jobs as Kiln's own clients see and steer them. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { jobParamsSchema } from '../schemas/contract-compile.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import { jobListQuerySchema, jobListSchema, jobViewSchema } from '../schemas/kiln-jobs.ts';
import { jobView } from '../views/job.ts';
import { findJob } from './compile-jobs.ts';

export function kilnJobRoutes(app: Api, { queue, store }: ApiDependencies): void {
  const security = [{ sessionToken: [] }];

  app.get(
    '/kiln/v1/jobs/:id',
    {
      schema: {
        summary: 'A job’s state, progress and outcome',
        tags: ['jobs'],
        params: jobParamsSchema,
        response: { 200: jobViewSchema, ...errorsOf(404) },
      },
    },
    async (request, reply) => {
      const job = await findJob(queue, request.params.id);
      reply.header('cache-control', 'no-store');
      const view = jobView(job, job.state === 'queued' ? await queue.position(job.id) : null);
      const image = view.result?.firmwareFilename ?? null;
      const isGone = image !== null && (await store.stat(job.id, image)) === null;
      return isGone ? { ...view, imageMissing: true } : view;
    },
  );

  app.get(
    '/kiln/v1/jobs',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Jobs that run or wait',
        tags: ['jobs'],
        security,
        querystring: jobListQuerySchema,
        response: { 200: jobListSchema, ...errorsOf(400, 401) },
      },
    },
    async (request, reply) => {
      const { limit } = request.query;
      const running = await queue.list({ states: ['running'], limit });
      const queued = await queue.list({ states: ['queued'], limit });
      reply.header('cache-control', 'no-store');
      return {
        jobs: [
          ...running.map((job) => jobView(job, null)),
          // Queued jobs come in the order in which they will be claimed.
          ...queued.map((job, index) => jobView(job, index)),
        ].slice(0, limit),
      };
    },
  );

  app.post(
    '/kiln/v1/jobs/:id/cancel',
    {
      config: { access: 'compile' },
      schema: {
        summary: 'End a job: at once while it waits, soon while it runs',
        tags: ['jobs'],
        security,
        params: jobParamsSchema,
        response: { 200: jobViewSchema, ...errorsOf(...BODY_REFUSALS, 401, 404) },
      },
    },
    async (request, reply) => {
      const { id } = await findJob(queue, request.params.id);
      const canceled = await queue.cancel(id);
      if (canceled !== null) request.log.info({ jobId: id, state: canceled.state }, 'job canceled');
      reply.header('cache-control', 'no-store');
      // Null: swept between the two calls.
      return jobView(canceled ?? (await findJob(queue, id)), null);
    },
  );
}
