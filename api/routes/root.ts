/** `GET /`: where a person lands who opens the service in a browser. */
import type { Api } from '../dependencies.ts';

export function rootRoutes(app: Api): void {
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/v1'));
}
