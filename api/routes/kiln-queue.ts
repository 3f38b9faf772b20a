/** `/kiln/v1/queue` and what operators do with it and its jobs. */
import { z } from 'zod';
import { compilePayloadSchema } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import type { Job } from '../../core/queue/contract.ts';
import { flushQueue, jobLog, jobsByClient } from '../../core/queue/operate.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { jobParamsSchema } from '../schemas/contract-compile.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import { jobListQuerySchema, jobViewSchema } from '../schemas/kiln-jobs.ts';
import {
  clientSharesSchema,
  flushBody,
  flushedSchema,
  operatorJobSchema,
  pongSchema,
  queueViewSchema,
  testKeyboardBody,
} from '../schemas/kiln-queue.ts';
import { submitKeymap } from '../submission.ts';
import { submitTest } from '../test-submission.ts';
import { jobView } from '../views/job.ts';
import { operatorJob, queueView } from '../views/queue.ts';
import { findCompileJob, findJob } from './compile-jobs.ts';

const ADMIN = { access: 'admin' } as const;
const COMPILE = { access: 'compile' } as const;
const security = [{ sessionToken: [] }];
const tags = ['queue'];

export function kilnQueueRoutes(app: Api, dependencies: ApiDependencies): void {
  viewRoutes(app, dependencies);
  actionRoutes(app, dependencies);
}

function viewRoutes(app: Api, { queue, health }: ApiDependencies): void {
  app.get(
    '/kiln/v1/queue',
    {
      config: ADMIN,
      schema: {
        summary: 'What runs, what waits and for whom, and what each worker does now',
        tags,
        security,
        querystring: jobListQuerySchema,
        response: { 200: queueViewSchema, ...errorsOf(400, 401) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return queueView(queue, health().workers, request.query.limit);
    },
  );

  app.get(
    '/kiln/v1/queue/clients',
    {
      config: ADMIN,
      schema: {
        summary: 'Who has jobs in the queue, and how many',
        tags,
        security,
        response: { 200: clientSharesSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { clients: [...(await jobsByClient(queue))] };
    },
  );

  app.get(
    '/kiln/v1/queue/jobs/:id',
    {
      config: ADMIN,
      schema: {
        summary: 'A job with what only operators see of it',
        tags,
        security,
        params: jobParamsSchema,
        response: { 200: operatorJobSchema, ...errorsOf(401, 404) },
      },
    },
    async (request, reply) => {
      const job = await findJob(queue, request.params.id);
      reply.header('cache-control', 'no-store');
      return operatorJob(job, await queue.position(job.id));
    },
  );

  app.get(
    '/kiln/v1/jobs/:id/log',
    {
      schema: {
        summary: 'A job’s log so far, as plain text',
        tags: ['jobs'],
        params: jobParamsSchema,
        response: {
          200: {
            description: 'Its lines',
            content: { 'text/plain': { schema: z.string() } },
          },
          ...errorsOf(404),
        },
      },
    },
    async (request, reply) => {
      const { id } = await findJob(queue, request.params.id);
      const lines = await jobLog(queue, id);
      reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store');
      return reply.send(lines.map((line) => `${line}\n`).join(''));
    },
  );
}

/** The keymap of a job of before, admitted anew: rules and trees may have changed since. @throws KilnError `job.unknown` */
export function keymapOf(job: Job): Uint8Array {
  const payload = compilePayloadSchema.safeParse(job.payload);
  if (!payload.success) throw new KilnError('job.unknown', 'That job is no build of a keymap.');
  const { keymapJson, tree, hand } = payload.data;
  return Buffer.from(JSON.stringify({ ...JSON.parse(keymapJson), branch: tree, hand }));
}

function actionRoutes(app: Api, dependencies: ApiDependencies): void {
  const { queue, ping } = dependencies;

  app.post(
    '/kiln/v1/queue/flush',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Cancel every job that waits, and on demand those that run',
        tags,
        security,
        body: bodySchema(flushBody),
        response: { 200: flushedSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (request, reply) => {
      const flushed = await flushQueue(queue, readBody(flushBody, request.body).running);
      request.log.warn(flushed, 'queue flushed');
      reply.header('cache-control', 'no-store');
      return flushed;
    },
  );

  app.post(
    '/kiln/v1/jobs/:id/retry',
    {
      config: COMPILE,
      schema: {
        summary: 'Queue the keymap of a job once more, as a new job',
        tags: ['jobs'],
        security,
        params: jobParamsSchema,
        response: { 200: jobViewSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const before = await findCompileJob(queue, request.params.id);
      const job = await submitKeymap(
        keymapOf(before),
        { client: request.ip, requestId: request.id },
        dependencies,
      );
      request.log.info({ jobId: job.id, retryOf: before.id }, 'job queued');
      reply.header('cache-control', 'no-store');
      return jobView(job, await queue.position(job.id));
    },
  );

  app.post(
    '/kiln/v1/test-keyboard',
    {
      config: COMPILE,
      onRequest: requireJson,
      schema: {
        summary: 'Queue the build of an empty keymap, to see whether a keyboard works',
        tags: ['jobs'],
        security,
        body: bodySchema(testKeyboardBody),
        response: { 200: jobViewSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const job = await submitTest(
        readBody(testKeyboardBody, request.body),
        { client: request.ip, requestId: request.id },
        dependencies,
      );
      request.log.info({ jobId: job.id }, 'job queued');
      reply.header('cache-control', 'no-store');
      return jobView(job, await queue.position(job.id));
    },
  );

  app.post(
    '/kiln/v1/ping',
    {
      config: ADMIN,
      schema: {
        summary: 'Ask the database and every worker whether they answer, and how quickly',
        tags,
        security,
        response: { 200: pongSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (_request, reply) => {
      const startedAt = performance.now();
      await queue.counts();
      const databaseMs = performance.now() - startedAt;
      reply.header('cache-control', 'no-store');
      return { databaseMs, workers: [...(await ping())] };
    },
  );
}
