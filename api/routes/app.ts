/** `/app/`: Kiln's own window, for a browser. Hidden from the OpenAPI document: it is for people. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import { originToOpen } from '../address.ts';
import { type AppFile, readAppFile } from '../app-files.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { OWN_PAGE_HEADERS } from '../page-policy.ts';

export const APP_MOUNT = '/app/';

/** Shown where the window of a checkout could not be built. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Kiln</title>
<h1>Kiln’s window could not be built</h1>
<p>The service works; its log has the cause. Run <code>npm run build:app</code> in the checkout, then load this page
again.</p>
`;

const pathSchema = z.object({ '*': z.string() });

export function appRoutes(app: Api, { settings, window }: ApiDependencies): void {
  app.get('/app', { schema: { hide: true } }, async (_request, reply) => reply.redirect(APP_MOUNT));

  app.get(
    `${APP_MOUNT}*`,
    { schema: { hide: true, params: pathSchema } },
    async (request, reply) => {
      const elsewhere = originToOpen('own', request, settings);
      if (elsewhere !== null) return reply.redirect(elsewhere + request.url);
      const path = request.params['*'];
      const file = await readAppFile(window.folder, path);
      if (file !== null && path !== 'index.html') return sendFile(file, request, reply);
      // What has an ending is a file; every other address is one of the window's own pages.
      if (/\.[a-z0-9]+$/i.test(path) && path !== 'index.html') {
        throw new KilnError('request.not-found', 'Kiln’s window has no such file.', {
          remedy: 'Open /app/.',
        });
      }
      await window.prepare();
      return sendPage(await readAppFile(window.folder, 'index.html'), request, reply);
    },
  );
}

function sendFile(file: AppFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply
    .type(file.mediaType)
    .header('etag', file.etag)
    .header('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  return reply.send(file.body);
}

function sendPage(
  page: AppFile | null,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.headers(OWN_PAGE_HEADERS);
  if (page !== null) return sendFile(page, request, reply);
  return reply
    .code(503)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(NOT_BUILT);
}
