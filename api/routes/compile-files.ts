/** `GET /v1/compile/<id>/…` and `GET /kiln/v1/jobs/<id>/keymap.c`: the files of a compile job, always as attachments, never shown in a page. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ARTIFACTS, compilePayloadSchema } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import type { Job } from '../../core/queue/contract.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { jobParamsSchema } from '../schemas/contract-compile.ts';
import { fileAnswer } from '../schemas/downloads.ts';
import { errorsOf } from '../schemas/errors.ts';
import { compileResultOf, contractFileNames } from '../views/contract-job.ts';
import { findCompileJob } from './compile-jobs.ts';

/** A file of a job: what it is called in the store, and what the client's copy is called. */
interface JobFile {
  readonly artifact: string;
  readonly attachment: string;
  readonly mediaType: string;
}

export function compileFileRoutes(app: Api, { queue, store }: ApiDependencies): void {
  const serve =
    (fileOf: (job: Job) => JobFile | null) =>
    async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => {
      const job = await findCompileJob(queue, request.params.id);
      const file = fileOf(job);
      const stored = file === null ? null : await store.stat(job.id, file.artifact);
      if (file === null || stored === null) {
        throw noFile(job, file !== null && job.state === 'finished');
      }
      reply
        .type(file.mediaType)
        .header('content-disposition', `attachment; filename="${fileName(file.attachment)}"`)
        // Not `no-store`: some browsers cannot save what they may not store.
        .header('cache-control', 'private, no-cache');
      // A HEAD request must not read the file only to throw it away.
      if (request.method === 'HEAD') {
        return reply.header('content-length', stored.size).send(Readable.from([]));
      }
      const link = await store.link(job.id, file.artifact, {
        fileName: fileName(file.attachment),
        mediaType: file.mediaType,
      });
      if (link !== null) {
        // Whoever has the address has the file: it is kept nowhere.
        return reply.header('cache-control', 'no-store').redirect(link, 302);
      }
      const { artifact, stream } = await store.open(job.id, file.artifact);
      return reply.header('content-length', artifact.size).send(stream);
    };

  const routes = [
    ['/v1/compile/:id/download', 'The firmware', 'application/octet-stream', firmware],
    [
      '/v1/compile/:id/hex',
      'The firmware, under its former address',
      'application/octet-stream',
      firmware,
    ],
    ['/v1/compile/:id/source', 'The source that was built', 'application/zip', source],
    ['/v1/compile/:id/keymap', 'The keymap that was built', 'application/json', keymap],
    ['/kiln/v1/jobs/:id/keymap.c', 'The keymap as C, as it was built', 'text/x-c', keymapSource],
  ] as const;
  for (const [path, summary, mediaType, fileOf] of routes) {
    app.get(
      path,
      {
        schema: {
          summary,
          tags: [path.startsWith('/kiln/') ? 'jobs' : 'compile'],
          params: jobParamsSchema,
          response: { 200: fileAnswer(summary, mediaType), ...errorsOf(404) },
        },
      },
      serve(fileOf),
    );
  }
}

function firmware(job: Job): JobFile | null {
  const name = compileResultOf(job)?.firmwareFilename ?? null;
  if (name === null) return null;
  return { artifact: name, attachment: name, mediaType: 'application/octet-stream' };
}

function source(job: Job): JobFile {
  const { source: attachment } = contractFileNames(compilePayloadSchema.parse(job.payload));
  return { artifact: ARTIFACTS.source, attachment, mediaType: 'application/zip' };
}

function keymap(job: Job): JobFile {
  const { keymap: attachment } = contractFileNames(compilePayloadSchema.parse(job.payload));
  return { artifact: ARTIFACTS.keymap, attachment, mediaType: 'application/json' };
}

function keymapSource(job: Job): JobFile {
  const { keymap: json } = contractFileNames(compilePayloadSchema.parse(job.payload));
  const attachment = json.replace(/\.json$/, '.c');
  return { artifact: ARTIFACTS.keymapSource, attachment, mediaType: 'text/x-c' };
}

/** @param expected the job has written down that it left it. */
function noFile(job: Job, expected: boolean): KilnError {
  if (job.state === 'queued' || job.state === 'running') {
    return new KilnError('job.no-file', 'The job has not ended yet.', {
      remedy: 'Ask for the file again when its status is «finished».',
    });
  }
  return expected
    ? new KilnError('job.no-file', 'The job left this file, and it is gone from the disk.', {
        remedy: 'Send the keymap again to build it.',
      })
    : new KilnError('job.no-file', 'The job left no such file.');
}

/** Names are made of checked parts; should one ever not be, it still cannot leave the header. */
function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}
