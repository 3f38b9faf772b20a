/** `/kiln/v1/checks`, `/kiln/v1/work` and the remedy that Kiln can carry out itself. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { errorsOf } from '../schemas/errors.ts';
import { checksSchema, workListSchema, workSchema } from '../schemas/kiln-trees.ts';
import { WORK, workView } from '../views/work.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];

export function kilnHealthRoutes(app: Api, dependencies: ApiDependencies): void {
  const { checks, installToolchain, repairToolchain, work } = dependencies;

  app.get(
    '/kiln/v1/checks',
    {
      config: ADMIN,
      schema: {
        summary: 'Whether this machine can build, and what is missing: what kiln doctor says',
        tags: ['service'],
        security,
        response: { 200: checksSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { checks: [...(await checks())] };
    },
  );

  app.get(
    '/kiln/v1/work',
    {
      config: ADMIN,
      schema: {
        summary: 'What the service does in the background, and how the last of each ended',
        tags: ['service'],
        security,
        response: { 200: workListSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { work: work.list().map(workView) };
    },
  );

  app.post(
    '/kiln/v1/toolchain/install',
    {
      config: ADMIN,
      schema: {
        summary: 'Install the qmk command line from the Python package index, in the background',
        tags: ['service'],
        security,
        response: { 202: workSchema, ...errorsOf(401, 409) },
      },
    },
    async (request, reply) => {
      const started = work.start(WORK.installToolchain, 'toolchain', installToolchain);
      request.log.info('installing the qmk command line');
      return reply.code(202).header('cache-control', 'no-store').send(workView(started));
    },
  );

  app.post(
    '/kiln/v1/toolchain/repair',
    {
      config: ADMIN,
      schema: {
        summary:
          'Unpack what is missing or damaged of the toolchain that came packed, in the background',
        tags: ['service'],
        security,
        response: { 202: workSchema, ...errorsOf(401, 409) },
      },
    },
    async (request, reply) => {
      const started = work.start(WORK.repairToolchain, 'toolchain', repairToolchain);
      request.log.info('repairing the bundled toolchain');
      return reply.code(202).header('cache-control', 'no-store').send(workView(started));
    },
  );
}
