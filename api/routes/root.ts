/** The service's own address: people come to Kiln's window, programs to what the API says of itself. */
import { KilnError } from '../../core/errors.ts';
import { originToOpen } from '../address.ts';
import { wantsPage } from '../browser.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { APP_MOUNT } from './app.ts';

export function rootRoutes(app: Api, { settings }: ApiDependencies): void {
  // The hosted API sends everybody on to its documents, on the Internet.
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'Origin, Accept');
    if (!wantsPage(request)) return reply.redirect('/v1');
    return reply.redirect(`${originToOpen('own', request, settings) ?? ''}${APP_MOUNT}`);
  });
  // A script that installs QMK from the Internet, at the hosted API. Who pipes the answer into a shell gets nothing.
  app.get('/install.sh', { schema: { hide: true } }, async () => {
    throw new KilnError('request.not-found', 'Kiln hands out no installer.', {
      remedy: 'What building needs is installed by: kiln toolchain install.',
    });
  });
}
