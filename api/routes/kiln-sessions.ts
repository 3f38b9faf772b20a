/** `/kiln/v1/sessions`: a one-time code becomes a key of one browser's own. docs/decisions/browsers-get-in-by-code.md */
import { randomInt } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { KilnError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings.ts';
import { connectionOf, originToOpen } from '../address.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import { browserCodeSchema, openSessionBody, sessionSchema } from '../schemas/kiln-sessions.ts';

/** A browser that was not used for so long has to be let in again. */
const LIFE_MS = 90 * 24 * 3_600_000;

export function kilnSessionRoutes(app: Api, dependencies: ApiDependencies): void {
  const { browserCodes, keys, settings } = dependencies;

  app.post(
    '/kiln/v1/session-codes',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'A one-time code for a browser on this machine',
        tags: ['access'],
        security: [{ sessionToken: [] }],
        response: { 200: browserCodeSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { code: browserCodes.issue() };
    },
  );

  app.post(
    '/kiln/v1/sessions',
    {
      config: { access: 'open' },
      onRequest: requireJson,
      schema: {
        summary: 'Exchanges a one-time code for a key that only Kiln’s own page may use',
        tags: ['access'],
        body: bodySchema(openSessionBody),
        response: { 200: sessionSchema, ...errorsOf(...BODY_REFUSALS, 403) },
      },
    },
    async (request, reply) => {
      const { code } = readBody(openSessionBody, request.body);
      const origin = windowOrigin(request, settings);
      // A browser names the page that asks; the Configurator's, for one, is another origin.
      const isOwnPage = origin !== null && request.headers.origin === origin;
      if (!isOwnPage || !browserCodes.redeem(code)) {
        throw new KilnError('session.code-refused', 'This code lets nobody in.');
      }
      const expiresAt = Date.now() + LIFE_MS;
      const number = randomInt(1_000_000).toString().padStart(6, '0');
      const { secret } = await keys.add({
        name: `browser ${number}`,
        scopes: ['admin'],
        origin,
        expiresAt,
      });
      reply.header('cache-control', 'no-store');
      return { token: secret, expiresAt };
    },
  );
}

/** The origin of Kiln's own pages, if a browser on this machine called them by their name; else null. */
function windowOrigin(request: FastifyRequest, settings: Settings): string | null {
  if (originToOpen('guest', request, settings) === null) return null;
  const { secure } = connectionOf(request, settings);
  return `${secure ? 'https' : 'http'}://${request.headers.host?.toLowerCase()}`;
}
