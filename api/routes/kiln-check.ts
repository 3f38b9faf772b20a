/** `/kiln/v1/check` and `/kiln/v1/prewarm`: what a keymap would become, while somebody still arranges it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkAnswerSchema } from '../../core/compile/check.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { requireJson } from '../plugins/json-body.ts';
import { compileBodySchema } from '../schemas/contract-compile.ts';
import { errorsOf } from '../schemas/errors.ts';
import { checkHeadersSchema, prewarmedSchema } from '../schemas/kiln-check.ts';
import { admitToBuild } from '../submission.ts';

export function kilnCheckRoutes(app: Api, dependencies: ApiDependencies): void {
  const { liveCheck } = dependencies;
  const security = [{ sessionToken: [] }];

  app.post(
    '/kiln/v1/check',
    {
      onRequest: requireJson,
      config: { access: 'compile' },
      schema: {
        summary: 'Build a keymap before queued jobs, keep nothing, answer with size and errors',
        tags: ['jobs'],
        security,
        headers: checkHeadersSchema,
        body: compileBodySchema,
        response: {
          200: checkAnswerSchema.meta({ id: 'CheckAnswer' }),
          ...errorsOf(400, 401, 409, 413, 415, 422, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const payload = await admitToBuild(request.body, dependencies);
      reply.header('cache-control', 'no-store');
      return liveCheck.check(payload, clientOf(request), goneSignal(reply));
    },
  );

  app.post(
    '/kiln/v1/prewarm',
    {
      onRequest: requireJson,
      config: { access: 'compile' },
      schema: {
        summary:
          'Make later builds of that keyboard quick, once the machine has nothing else to do',
        tags: ['jobs'],
        security,
        body: compileBodySchema,
        response: { 202: prewarmedSchema, ...errorsOf(400, 401, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      liveCheck.prewarm(await admitToBuild(request.body, dependencies));
      return reply
        .status(202)
        .header('cache-control', 'no-store')
        .send({ accepted: true as const });
    },
  );
}

/** An address alone would make the windows of one machine end each other's checks. */
function clientOf(request: FastifyRequest): string {
  return `${request.ip} ${request.headers['x-kiln-client'] ?? ''}`;
}

/** Aborted when the connection ends before the answer is out. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}
