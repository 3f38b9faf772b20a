/** `GET /v1` and `/v1/healthcheck`: the light in QMK Configurator's corner. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { type Healthcheck, healthcheckSchema, statusSchema } from '../schemas/contract-status.ts';
import { errorsOf } from '../schemas/errors.ts';

/** What there is below `/v1`. */
const CHILDREN = ['compile', 'converters', 'keyboards', 'skeletons'];
/** A ping older than this is no good one. */
const PING_MS = 300_000;

export function statusRoutes(app: Api, dependencies: ApiDependencies): void {
  app.get(
    '/v1',
    {
      schema: {
        summary: 'Whether the service compiles, and how many jobs wait',
        tags: ['status'],
        response: { 200: statusSchema, ...errorsOf() },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { children: CHILDREN, ...(await healthcheck(dependencies)) };
    },
  );
  app.get(
    '/v1/healthcheck',
    {
      schema: {
        summary: 'The same without the list of children',
        tags: ['status'],
        response: { 200: healthcheckSchema, ...errorsOf() },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return healthcheck(dependencies);
    },
  );
}

async function healthcheck({ health, queue, version }: ApiDependencies): Promise<Healthcheck> {
  const { workers } = health();
  const { queued } = await queue.counts();
  const lastHeartbeat = workers.reduce<number | null>(
    (last, { lastHeartbeatAt: at }) => (at === null ? last : Math.max(last ?? at, at)),
    null,
  );
  const ping = lastHeartbeat === null ? null : lastHeartbeat / 1000;
  const good = lastHeartbeat !== null && Date.now() - lastHeartbeat <= PING_MS;
  // The workers are the one thing to ping here; the hosted API has a second.
  return {
    status: workers.some(({ alive }) => alive) ? 'running' : 'degraded',
    version,
    queue_length: queued,
    last_ping: ping,
    status_last_ping: good ? 'good' : 'degraded',
    tasks_ping: ping,
    status_tasks_ping: good ? 'good' : 'degraded',
  };
}
