/** Where a person lands who opens the service in a browser. The hosted API sends people on to the Internet. */
import { KilnError } from '../../core/errors.ts';
import { originToOpen } from '../address.ts';
import { wantsPage } from '../browser.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

export function rootRoutes(app: Api, { settings }: ApiDependencies): void {
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    const elsewhere = wantsPage(request) ? originToOpen('own', request, settings) : null;
    return reply.redirect(elsewhere === null ? '/v1' : `${elsewhere}/`);
  });
  // A script that installs QMK from the Internet, at the hosted API. Who pipes the answer into a shell gets nothing.
  app.get('/install.sh', { schema: { hide: true } }, async () => {
    throw new KilnError('request.not-found', 'Kiln hands out no installer.', {
      remedy: 'What building needs is installed by: kiln toolchain install.',
    });
  });
}
