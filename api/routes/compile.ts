/** `POST /v1/compile`: a keymap comes in. */
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { requireJson } from '../plugins/json-body.ts';
import { compileBodySchema, enqueuedSchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import { submitKeymap } from '../submission.ts';

/** As long as a UUID and then some. */
const KEY = /^[\x21-\x7e]{8,200}$/;

/**
 * What tells a repeated submission from another one: `Idempotency-Key` of a client that may send twice, or the number that
 * a proxy gives each request before it tries one host after another (docs/scaling.md).
 */
function submissionKeyOf(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key'];
  if (typeof given !== 'string' || !KEY.test(given)) return undefined;
  // One client's keys are nothing to another, and nobody can guess a job by one.
  return hash(
    'sha256',
    JSON.stringify([request.ip, given, hash('sha256', request.body as Buffer)]),
    'hex',
  );
}

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
      const job = await submitKeymap(
        request.body,
        { client: request.ip, requestId: request.id },
        dependencies,
        submissionKeyOf(request),
      );
      request.log.info({ jobId: job.id }, 'job queued');
      reply.header('cache-control', 'no-store');
      return { enqueued: true as const, job_id: job.id };
    },
  );
}
