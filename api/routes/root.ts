/** Where a person lands who opens the service in a browser. The hosted API sends people on to the Internet. */
import { KilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';

export function rootRoutes(app: Api): void {
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/v1'));
  // A script that installs QMK from the Internet, at the hosted API. Who pipes the answer into a shell gets nothing.
  app.get('/install.sh', { schema: { hide: true } }, async () => {
    throw new KilnError('request.not-found', 'Kiln hands out no installer.', {
      remedy: 'What building needs is installed by: kiln toolchain install.',
    });
  });
}
