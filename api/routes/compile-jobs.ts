/** `GET /v1/compile/<id>`: how a compile job is, for clients of the hosted QMK API. */
import { COMPILE } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import { isJobId, type Job, type JobQueue } from '../../core/queue/contract.ts';
import { publicBase } from '../address.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { contractJobSchema, jobParamsSchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import { contractJob } from '../views/contract-job.ts';

const NO_ARTIFACTS: ReadonlySet<string> = new Set();

/**
 * A job by its id, which is the permission to see it.
 * @throws KilnError `job.unknown`, without a look-up where the text has not the form of an id
 */
export async function findJob(queue: JobQueue, id: string): Promise<Job> {
  const job = isJobId(id) ? await queue.get(id) : null;
  if (job === null) {
    throw unknownJob();
  }
  return job;
}

/** In the words of the hosted API. */
function unknownJob(): KilnError {
  return new KilnError('job.unknown', 'Compile job not found');
}

/** @throws KilnError `job.unknown`, also for a job that is no compile */
export async function findCompileJob(queue: JobQueue, id: string): Promise<Job> {
  const job = await findJob(queue, id);
  if (job.kind !== COMPILE) {
    throw unknownJob();
  }
  return job;
}

export function compileJobRoutes(app: Api, { queue, store, settings }: ApiDependencies): void {
  app.get(
    '/v1/compile/:id',
    {
      schema: {
        summary: 'A compile job’s state and, once it ended, its result',
        tags: ['compile'],
        params: jobParamsSchema,
        response: { 200: contractJobSchema, ...errorsOf(404) },
      },
    },
    async (request, reply) => {
      const job = await findCompileJob(queue, request.params.id);
      const ended = job.state !== 'queued' && job.state !== 'running';
      const artifacts = ended
        ? new Set((await store.list(job.id)).map(({ name }) => name))
        : NO_ARTIFACTS;
      reply.header('cache-control', 'no-store');
      return contractJob(job, artifacts, publicBase(request, settings));
    },
  );
}
