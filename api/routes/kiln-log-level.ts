/** `/kiln/v1/log-level`: how much the running service and its workers log. */
import type { LogLevel } from '../../core/log-level.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import { logLevelBody, logLevelSchema } from '../schemas/kiln-log-level.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];
const tags = ['service'];

export function kilnLogLevelRoutes(app: Api, { log, setLogLevel }: ApiDependencies): void {
  app.get(
    '/kiln/v1/log-level',
    {
      config: ADMIN,
      schema: {
        summary: 'The least level that is logged now',
        tags,
        security,
        response: { 200: logLevelSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { level: log.level as LogLevel };
    },
  );

  app.put(
    '/kiln/v1/log-level',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Log more or less, until the service ends',
        tags,
        security,
        body: bodySchema(logLevelBody),
        response: { 200: logLevelSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (request, reply) => {
      const { level } = readBody(logLevelBody, request.body);
      request.log.warn({ from: log.level, to: level }, 'log level changed');
      setLogLevel(level);
      reply.header('cache-control', 'no-store');
      return { level };
    },
  );
}
