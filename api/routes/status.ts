/** `GET /v1` and `/v1/healthcheck`: the light in QMK Configurator's corner. */
import { KilnError } from '../../core/errors.ts';
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
        response: { 200: statusSchema, ...errorsOf(503) },
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
        response: { 200: healthcheckSchema, ...errorsOf(503) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return healthcheck(dependencies);
    },
  );
}

async function healthcheck({ health, queue, version }: ApiDependencies): Promise<Healthcheck> {
  const { workers, draining, scheduleBeatAt } = health();
  if (draining === true) {
    throw new KilnError('service.draining', 'This machine is about to stop.', {
      details: { retryAfterSeconds: 1 },
    });
  }
  const { queued } = await queue.counts();
  const lastHeartbeat = workers.reduce<number | null>(
    (last, { lastHeartbeatAt: at }) => (at === null ? last : Math.max(last ?? at, at)),
    null,
  );
  // The hosted API's second heartbeat is that of its test builds; here it is the schedule's, where one runs.
  const tasks = scheduleBeatAt === undefined ? lastHeartbeat : scheduleBeatAt;
  // One that has not come yet is no old one: the service has just started.
  const stale = [lastHeartbeat, tasks].some((at) => at !== null && !isGood(at));
  const lives = workers.some(({ alive }) => alive) && !stale;
  return {
    status: lives ? 'running' : 'degraded',
    version,
    queue_length: queued,
    last_ping: seconds(lastHeartbeat),
    status_last_ping: isGood(lastHeartbeat) ? 'good' : 'degraded',
    tasks_ping: seconds(tasks),
    status_tasks_ping: isGood(tasks) ? 'good' : 'degraded',
  };
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}

function isGood(heartbeatAt: number | null): boolean {
  return heartbeatAt !== null && Date.now() - heartbeatAt <= PING_MS;
}
