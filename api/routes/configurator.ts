/**
 * `/configurator/`: the built Configurator that was added to this service. Its pages run code that is not Kiln's; in a
 * browser on this machine they have an origin of their own, which may use the QMK API and nothing else.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { createConfiguratorSite } from '../../core/configurator/site.ts';
import { KilnError } from '../../core/errors.ts';
import { dataPaths } from '../../core/settings.ts';
import { originToOpen } from '../address.ts';
import { wantsPage } from '../browser.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

const MOUNT = '/configurator/';

/**
 * What the app needs, and no more: it makes functions from text (its templates) and writes styles into the page, but
 * loads from this service only, and talks to nothing else.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "worker-src 'none'",
].join('; ');

const pathSchema = z.object({ '*': z.string() });

/** Not in the OpenAPI document: pages for people, whose files are not Kiln's. */
export function configuratorRoutes(app: Api, { settings }: ApiDependencies): void {
  const site = createConfiguratorSite(dataPaths(settings).configurator, MOUNT);

  app.get('/configurator', { schema: { hide: true } }, async (_request, reply) =>
    reply.redirect(MOUNT),
  );

  app.get(`${MOUNT}*`, { schema: { hide: true, params: pathSchema } }, async (request, reply) => {
    const elsewhere = originToOpen('guest', request, settings);
    if (elsewhere !== null && wantsPage(request))
      return reply.redirect(`${elsewhere}${request.url}`, 307);
    const file = await site.find(request.params['*']);
    if (file === null) {
      throw new KilnError('request.not-found', 'The Configurator has no such file.', {
        remedy: 'Open /configurator/.',
      });
    }
    if (file.isPage) reply.header('content-security-policy', PAGE_POLICY);
    // Asked again each time, which costs nothing on this machine: another build may be added meanwhile.
    reply.header('cache-control', 'no-cache').header('etag', file.etag).type(file.mediaType);
    if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
    reply.header('content-length', file.size);
    return reply.send(request.method === 'HEAD' ? Readable.from([]) : await file.content());
  });
}
