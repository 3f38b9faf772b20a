/**
 * Counts from the first request on, and loads what counts when somebody asks for the numbers: on a desktop nobody does, and
 * a service answers sooner without it.
 */
import type { Api, ApiDependencies } from '../dependencies.ts';
import type { CountedRequest, Counting, Metrics } from './counting.ts';

/** Requests that are remembered for counting later; the next one has them counted. */
const MOST_REMEMBERED = 1000;

/** Has to be called before the routes are added. */
export function installMetrics(app: Api, parts: ApiDependencies): Metrics {
  const startedAt = Date.now();
  let early: CountedRequest[] = [];
  let loading: Promise<Counting> | undefined;
  let counting: Counting | undefined;

  const load = async (): Promise<Counting> => {
    const { startCounting } = await import('./counting.ts');
    counting = await startCounting(parts, startedAt);
    for (const request of early) counting.countRequest(request);
    early = [];
    return counting;
  };
  const loaded = (): Promise<Counting> => {
    loading ??= load();
    return loading;
  };

  app.addHook('onResponse', async (request, reply) => {
    const counted: CountedRequest = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: String(reply.statusCode),
      seconds: reply.elapsedTime / 1000,
    };
    if (counting !== undefined) counting.countRequest(counted);
    else early.push(counted);
    if (early.length > MOST_REMEMBERED) void loaded();
  });
  app.addHook('onClose', async () => (await loading)?.stop());
  sendMetrics(app, parts, loaded);
  return { read: async () => (await loaded()).read() };
}

/** Where a collector is named. The library for it takes time to load, and is not loaded elsewhere. */
function sendMetrics(
  app: Api,
  { settings, version, log }: ApiDependencies,
  loaded: () => Promise<Counting>,
): void {
  const { otlpEndpoint: endpoint, otlpIntervalMs: intervalMs } = settings;
  if (endpoint === undefined) return;
  let stop = async (): Promise<void> => undefined;
  app.addHook('onReady', async () => {
    const { pushMetrics } = await import('./otlp.ts');
    stop = pushMetrics((await loaded()).registry, { endpoint, intervalMs, version }, log);
  });
  app.addHook('onClose', () => stop());
}
