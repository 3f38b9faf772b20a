/** `POST /v1/compile`: a keymap comes in. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { requireJson } from '../plugins/json-body.ts';
import { compileBodySchema, enqueuedSchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import { submitKeymap } from '../submission.ts';

export function compileRoutes(app: Api, dependencies: ApiDependencies): void {
  app.post(
    '/v1/compile',
    {
      onRequest: requireJson,
      schema: {
        summary: 'Queue the build of a keymap',
        tags: ['compile'],
        body: compileBodySchema,
        response: { 200: enqueuedSchema, ...errorsOf(400, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const job = await submitKeymap(request.body, request.ip, dependencies);
      request.log.info({ jobId: job.id }, 'job queued');
      reply.header('cache-control', 'no-store');
      return { enqueued: true as const, job_id: job.id };
    },
  );
}
