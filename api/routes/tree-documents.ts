/** What a firmware tree publishes besides keyboards: keycodes, schemas, mappings, templates, a readme. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';
import type { KeyboardFamily, KeyboardSource } from '../keyboard-source.ts';
import { JSON_TYPE, sendJson } from '../plugins/compression.ts';
import { constantsMetadataSchema, documentPathSchema } from '../schemas/contract-keyboards.ts';
import { errorsOf, unchangedAnswer } from '../schemas/errors.ts';
import { isUnchanged } from '../validators.ts';
import { lastUpdated } from '../views/keyboards.ts';

/** No segment begins with a dot, so none leads upward. */
const PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}$/;
const PATH_MAX = 256;

const FOLDERS = {
  constants: 'Keycodes by version and language, and hooks of modules',
  mappings: 'How settings of QMK are called where',
  schemas: 'JSON schemas of QMK’s files',
  templates: 'Files that new keyboards begin with',
} as const;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  json: JSON_TYPE,
  jsonschema: 'application/schema+json; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
};
for (const ending of ['c', 'h', 'mk', 'py', 'txt']) {
  Object.assign(MEDIA_TYPES, { [ending]: 'text/plain; charset=utf-8' });
}

const document = {
  description: 'The document',
  content: {
    'application/json': { schema: z.looseObject({}) },
    'application/schema+json': { schema: z.looseObject({}) },
    'text/markdown': { schema: z.string() },
    'text/plain': { schema: z.string() },
    'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) },
  },
};

export function treeDocumentRoutes(app: Api, family: KeyboardFamily): void {
  const { root, tag, params } = family;
  const answers = { 304: unchangedAnswer, ...errorsOf(404) };

  app.get(
    `${root}/readme.md`,
    {
      schema: {
        summary: 'What these data are',
        tags: [tag],
        params,
        response: {
          200: { description: 'A text', content: { 'text/markdown': { schema: z.string() } } },
          ...answers,
        },
      },
    },
    async (request, reply) =>
      sendDocument(request, reply, 'readme.md', await family.source(request)),
  );

  app.get(
    `${root}/v1/constants_metadata.json`,
    {
      schema: {
        summary: 'Which versions of which constants there are',
        tags: [tag],
        params,
        response: { 200: constantsMetadataSchema, ...answers },
      },
    },
    async (request, reply) => {
      const source = await family.source(request);
      const text = await constantsMetadata(source);
      return isUnchanged(request, reply, text) ? reply : sendJson(request, reply, text);
    },
  );

  for (const [folder, summary] of Object.entries(FOLDERS)) {
    app.get(
      `${root}/v1/${folder}/*`,
      {
        schema: {
          summary,
          tags: [tag],
          params: params.extend(documentPathSchema.shape),
          response: { 200: document, ...answers },
        },
      },
      async (request, reply) => {
        const below = (request.params as { '*': string })['*'];
        if (below.length > PATH_MAX || !PATH.test(below)) throw noDocument();
        const path = `v1/${folder}/${below}`;
        return sendDocument(request, reply, path, await family.source(request));
      },
    );
  }
}

async function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  { catalogue }: KeyboardSource,
) {
  const content = await catalogue.document(path);
  if (content === null) throw noDocument();
  if (isUnchanged(request, reply, path, content)) return reply;
  const ending = path.slice(path.lastIndexOf('.') + 1);
  const known = Object.hasOwn(MEDIA_TYPES, ending) ? MEDIA_TYPES[ending] : undefined;
  const mediaType = known ?? 'application/octet-stream';
  return mediaType.includes('json')
    ? sendJson(request, reply, bytesOf(content), mediaType)
    : reply.type(mediaType).send(bytesOf(content));
}

/** As the tree publishes it; one that carries no date, as the starter tree's, gets the catalogue's. */
async function constantsMetadata(source: KeyboardSource): Promise<string> {
  const content = await source.catalogue.document('v1/constants_metadata.json');
  if (content === null) throw noDocument();
  const text = bytesOf(content).toString('utf8');
  const parsed = JSON.parse(text) as Record<string, unknown>;
  if (Object.hasOwn(parsed, 'last_updated')) return text;
  const last_updated = lastUpdated(source, await source.catalogue.status());
  return JSON.stringify({ last_updated, ...parsed });
}

function bytesOf(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}

function noDocument(): KilnError {
  return new KilnError('request.not-found', 'The firmware tree publishes no such document.');
}
