/** `/kiln/v1/health` and `/kiln/v1/trees`: the service itself, and the firmware trees it builds from. */
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { errorsOf } from '../schemas/errors.ts';
import { serviceHealthSchema, treesSchema } from '../schemas/kiln-service.ts';

/** Who waits for builds learns here why they are less contained than they could be, and what to do. */
function describeSandbox({ level, message, remedy }: SandboxStatus) {
  return { sandbox: level, ...(level === 'full' ? {} : { sandboxProblem: { message, remedy } }) };
}

export function kilnServiceRoutes(app: Api, dependencies: ApiDependencies): void {
  const { catalogues, command, health, queue, settings, trees, version } = dependencies;

  app.get(
    '/kiln/v1/health',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Whether the service lives; for supervisors, without secrets',
        tags: ['service'],
        response: { 200: serviceHealthSchema, ...errorsOf() },
      },
    },
    async (_request, reply) => {
      const { workers, sandbox, instance, unpacking } = health();
      const alive = workers.filter((worker) => worker.alive).length;
      reply.header('cache-control', 'no-store');
      return {
        status: alive > 0 ? ('running' as const) : ('degraded' as const),
        version,
        workers: { alive, total: workers.length },
        queue: await queue.counts(),
        ...(sandbox === undefined ? {} : describeSandbox(sandbox)),
        ...(instance === undefined ? {} : { instance }),
        ...(unpacking === undefined ? {} : { unpacking }),
        command,
        lan: settings.lan,
      };
    },
  );

  app.get(
    '/kiln/v1/health/live',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Whether the service answers at all; for supervisors that start it anew',
        tags: ['service'],
        response: { 200: z.object({ live: z.literal(true) }), ...errorsOf() },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { live: true as const };
    },
  );

  app.get(
    '/kiln/v1/health/ready',
    {
      config: { access: 'open' },
      schema: {
        summary:
          'Whether it can build now: its queue answers and a worker lives; for load balancers',
        tags: ['service'],
        response: { 200: z.object({ ready: z.literal(true) }), ...errorsOf(503) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      await queue.counts();
      if (!health().workers.some(({ alive }) => alive)) {
        throw new KilnError('service.not-ready', 'No worker lives, so nothing is built now.');
      }
      return { ready: true as const };
    },
  );

  app.get(
    '/kiln/v1/trees',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'The firmware trees, and how far each one’s catalogue is',
        tags: ['trees'],
        security: [{ sessionToken: [] }],
        response: { 200: treesSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      const described = (await trees.list()).map(async (tree) => {
        const catalogue = await catalogues.forTree(tree.name);
        return { ...tree, catalogue: await catalogue.status() };
      });
      return { trees: await Promise.all(described) };
    },
  );
}
