/** `/kiln/v1/flash-runs…`: writing images to keyboards of the service's machine. Only for who may flash. */
import { z } from 'zod';
import { compilePayloadSchema, compileResultSchema } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import type { StartFlash } from '../../flash/flash-service.ts';
import { readFirmwareImage } from '../../flash/image/firmware-image.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import type { SendEvents } from '../event-stream.ts';
import { flashRunStory } from '../flash-stories.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import {
  chooseDeviceBody,
  flashImageQuery,
  flashImageSchema,
  flashLogSchema,
  flashPreviewSchema,
  flashRunListSchema,
  flashRunParams,
  flashRunQuery,
  flashRunSchema,
  startFlashBody,
} from '../schemas/kiln-flash.ts';
import { flashPreviewView, flashRunView } from '../views/flash.ts';
import { findJob } from './compile-jobs.ts';

const FLASH = { access: 'flash' } as const;
const security = [{ sessionToken: [] }];
const tags = ['flash'];
/** The largest image, RP2040's 16 MiB, doubles in UF2. */
const IMAGE_BYTES = 32 * 1024 * 1024;

type Source = Pick<StartFlash, 'image' | 'builtFor' | 'jobId'>;

export function kilnFlashRoutes(
  app: Api,
  dependencies: ApiDependencies,
  sendEvents: SendEvents,
): void {
  uploadRoute(app, dependencies);
  startRoute(app, dependencies);
  readRoutes(app, dependencies, sendEvents);
  steerRoutes(app, dependencies);
}

/** Apart, since only this route takes anything but JSON, and so much of it. */
function uploadRoute(app: Api, { flash }: ApiDependencies): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: IMAGE_BYTES },
      (_request, body, done) => done(null, body),
    );
    // The scope is typed as the app is; the plugin's types forget it.
    (scope as unknown as Api).post(
      '/kiln/v1/flash-images',
      {
        config: FLASH,
        bodyLimit: IMAGE_BYTES,
        schema: {
          summary: 'Hand in an image from a file, for a flash run that is to come',
          description:
            'The body is the file itself, as application/octet-stream. It is kept in memory for a while.',
          tags,
          security,
          querystring: flashImageQuery,
          response: { 201: flashImageSchema, ...errorsOf(...BODY_REFUSALS, 401, 422) },
        },
      },
      async (request, reply) => {
        if (
          !Buffer.isBuffer(request.body) ||
          !/octet-stream/.test(request.headers['content-type'] ?? '')
        ) {
          throw new KilnError('request.media-type', 'The image is not declared as what it is.', {
            remedy: 'Send Content-Type: application/octet-stream.',
          });
        }
        reply.header('cache-control', 'no-store');
        const { id, image } = flash.upload(request.query.name, request.body);
        const { name, format, size, sha256 } = image;
        return reply.code(201).send({ id, name, format, size, sha256 });
      },
    );
  });
}

/** The image that a request names, with what is known of where it came from. */
async function sourceOf(
  body: z.output<typeof startFlashBody>,
  { queue, store, flash }: ApiDependencies,
): Promise<Source> {
  if (body.image !== undefined) {
    return { image: flash.uploaded(body.image), builtFor: null, jobId: null };
  }
  if (body.job === undefined) return { image: null, builtFor: null, jobId: null };
  const job = await findJob(queue, body.job);
  const result = compileResultSchema.safeParse(job.result);
  const name = result.success ? result.data.firmwareFilename : null;
  if (name === null) throw new KilnError('job.no-file', `The job ${job.id} has no image.`);
  const { tree, keyboard } = compilePayloadSchema.parse(job.payload);
  const content = Buffer.from(await store.read(job.id, name));
  return {
    image: readFirmwareImage(name, content),
    builtFor: { tree, name: keyboard },
    jobId: job.id,
  };
}

/** What a request asks of the flash service. */
async function askedBy(
  body: z.output<typeof startFlashBody>,
  dependencies: ApiDependencies,
): Promise<StartFlash> {
  const source = await sourceOf(body, dependencies);
  const tree = body.keyboard?.tree ?? (await dependencies.trees.defaultTree()).name;
  return {
    ...source,
    action: body.action,
    hand: body.hand ?? null,
    keyboard: body.keyboard === undefined ? null : { tree, name: body.keyboard.name },
    device: body.device ?? null,
    bootloader: body.bootloader ?? null,
    mcu: body.mcu ?? null,
    confirmation: body.confirmation ?? null,
    waitMs: body.waitSeconds * 1000,
  };
}

function startRoute(app: Api, dependencies: ApiDependencies): void {
  const { flash } = dependencies;
  app.post(
    '/kiln/v1/flash-runs',
    {
      config: FLASH,
      onRequest: requireJson,
      schema: {
        summary: 'Start a flash run: armed for one keyboard and one image, fires once',
        tags,
        security,
        body: bodySchema(startFlashBody),
        response: { 201: flashRunSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 409, 422) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const body = readBody(startFlashBody, request.body);
      const started = await flash.start(await askedBy(body, dependencies));
      request.log.info({ flashRun: started.record.id, action: body.action }, 'flash run started');
      return reply.code(201).send(flashRunView(started));
    },
  );
  app.post(
    '/kiln/v1/flash-checks',
    {
      config: FLASH,
      onRequest: requireJson,
      schema: {
        summary: 'What a flash run would find before it writes, without starting one',
        description: 'Takes what starting a run takes. Nothing is touched.',
        tags,
        security,
        body: bodySchema(startFlashBody),
        response: { 200: flashPreviewSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 422) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const body = readBody(startFlashBody, request.body);
      return flashPreviewView(await flash.preview(await askedBy(body, dependencies)));
    },
  );
}

function readRoutes(app: Api, { flash }: ApiDependencies, sendEvents: SendEvents): void {
  app.get(
    '/kiln/v1/flash-runs',
    {
      config: FLASH,
      schema: {
        summary: 'Flash runs, newest first',
        tags,
        security,
        querystring: flashRunQuery,
        response: { 200: flashRunListSchema, ...errorsOf(400, 401) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { runs: flash.runs(request.query.limit).map(flashRunView) };
    },
  );
  app.get(
    '/kiln/v1/flash-runs/:id',
    {
      config: FLASH,
      schema: {
        summary: 'A flash run: where it is, what the keyboard holds, how it ended',
        tags,
        security,
        params: flashRunParams,
        response: { 200: flashRunSchema, ...errorsOf(401, 404) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return flashRunView(flash.run(request.params.id));
    },
  );
  app.get(
    '/kiln/v1/flash-runs/:id/log',
    {
      config: FLASH,
      schema: {
        summary: 'What Kiln and the tools said in a flash run',
        tags,
        security,
        params: flashRunParams,
        response: { 200: flashLogSchema, ...errorsOf(401, 404) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { lines: [...flash.log(request.params.id)] };
    },
  );
  app.get(
    '/kiln/v1/flash-runs/:id/events',
    {
      config: FLASH,
      schema: {
        summary: 'A flash run as server-sent events',
        description:
          'Events are `log` {line}, `run` (the run, after each change) and at last `end` {outcome}.',
        tags,
        security,
        params: flashRunParams,
        response: {
          200: {
            description: 'The run so far, then each change',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...errorsOf(401, 404),
        },
      },
    },
    async (request, reply) => {
      const { id } = flash.run(request.params.id).record;
      return sendEvents(request, reply, (signal) => flashRunStory(flash, id, signal));
    },
  );
}

function steerRoutes(app: Api, { flash }: ApiDependencies): void {
  app.post(
    '/kiln/v1/flash-runs/:id/cancel',
    {
      config: FLASH,
      schema: {
        summary: 'End a flash run, where that is safe; refused with the reason where it is not',
        tags,
        security,
        params: flashRunParams,
        response: { 200: flashRunSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 409) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return flashRunView(await flash.cancel(request.params.id));
    },
  );
  app.post(
    '/kiln/v1/flash-runs/:id/device',
    {
      config: FLASH,
      onRequest: requireJson,
      schema: {
        summary: 'Say which of several devices is meant',
        tags,
        security,
        params: flashRunParams,
        body: bodySchema(chooseDeviceBody),
        response: { 200: flashRunSchema, ...errorsOf(...BODY_REFUSALS, 401, 404) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { device } = readBody(chooseDeviceBody, request.body);
      return flashRunView(flash.choose(request.params.id, device));
    },
  );
}
