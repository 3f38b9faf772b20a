/** `/kiln/v1/schedule`: what the service does by itself, and doing it now. */
import { toKilnError } from '../../core/errors.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import {
  runTaskBody,
  scheduleSchema,
  taskParamsSchema,
  taskStateSchema,
} from '../schemas/kiln-schedule.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];
const tags = ['schedule'];

export function kilnScheduleRoutes(app: Api, { schedule }: ApiDependencies): void {
  app.get(
    '/kiln/v1/schedule',
    {
      config: ADMIN,
      schema: {
        summary: 'What the service does by itself: last run, next run, outcome',
        tags,
        security,
        response: { 200: scheduleSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { tasks: [...schedule.list()] };
    },
  );

  app.post(
    '/kiln/v1/schedule/:task/run',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Run a task now, whatever its time',
        tags,
        security,
        params: taskParamsSchema,
        body: bodySchema(runTaskBody),
        response: { 200: taskStateSchema, ...errorsOf(...BODY_REFUSALS, 401, 404, 409) },
      },
    },
    async (request, reply) => {
      const { now, wait } = readBody(runTaskBody, request.body);
      const { task } = request.params;
      reply.header('cache-control', 'no-store');
      const run = schedule.run(task, now);
      // Refused at once, or not at all.
      const refused = await Promise.race([
        run.then(
          () => null,
          (error: unknown) => toKilnError(error),
        ),
        new Promise<null>((resolve) => setImmediate(resolve, null)),
      ]);
      if (refused !== null) throw refused;
      request.log.info({ task }, 'scheduled task started by hand');
      const state = wait ? await run : schedule.list().find(({ name }) => name === task);
      return state ?? run;
    },
  );
}
