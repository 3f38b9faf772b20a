/** Composes the HTTP API from its parts; opens no port. */
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../core/log.ts';
import type { Settings } from '../core/settings.ts';
import { takeCapability } from './capability-path.ts';
import type { Api, ApiDependencies } from './dependencies.ts';
import { installEventStreams, type SendEvents } from './event-stream.ts';
import { keyboardFamilies } from './keyboard-source.ts';
import { type ApiLimits, LIMITS } from './limits.ts';
import type { Metrics } from './metrics/counting.ts';
import { installMetrics } from './metrics/late-metrics.ts';
import { withCompression } from './plugins/compression.ts';
import { answerClientError, installErrorHandlers, sendError } from './plugins/errors.ts';
import { guardUnreadable, installGuard } from './plugins/guard.ts';
import { installBodyParser } from './plugins/json-body.ts';
import { noteRoutes, openApiRoutes } from './plugins/openapi.ts';
import type { GuessLimit } from './plugins/rate-limits.ts';
import { RequestLog } from './plugins/request-log.ts';
import { appRoutes } from './routes/app.ts';
import { buildRecordRoutes } from './routes/build-records.ts';
import { compileRoutes } from './routes/compile.ts';
import { compileFileRoutes } from './routes/compile-files.ts';
import { compileJobRoutes } from './routes/compile-jobs.ts';
import { configuratorRoutes } from './routes/configurator.ts';
import { converterRoutes } from './routes/converters.ts';
import { hostedExtraRoutes } from './routes/hosted-extras.ts';
import { keyboardListRoutes, wholeCatalogueRoutes } from './routes/keyboard-lists.ts';
import { keyboardRoutes } from './routes/keyboards.ts';
import { kilnAccessRoutes } from './routes/kiln-access.ts';
import { kilnBuildRoutes } from './routes/kiln-builds.ts';
import { kilnCatalogueRoutes } from './routes/kiln-catalogues.ts';
import { kilnCheckRoutes } from './routes/kiln-check.ts';
import { kilnDeviceRoutes } from './routes/kiln-devices.ts';
import { kilnFlashRoutes } from './routes/kiln-flash-runs.ts';
import { kilnHealthRoutes } from './routes/kiln-health.ts';
import { kilnHookRoutes } from './routes/kiln-hooks.ts';
import { kilnJobEventRoutes } from './routes/kiln-job-events.ts';
import { kilnJobRoutes } from './routes/kiln-jobs.ts';
import { kilnLogLevelRoutes } from './routes/kiln-log-level.ts';
import { kilnQueueRoutes } from './routes/kiln-queue.ts';
import { kilnRemoteKeymapRoutes } from './routes/kiln-remote-keymaps.ts';
import { kilnScheduleRoutes } from './routes/kiln-schedule.ts';
import { kilnServiceRoutes } from './routes/kiln-service.ts';
import { kilnSessionRoutes } from './routes/kiln-sessions.ts';
import { kilnSettingsRoutes } from './routes/kiln-settings.ts';
import { kilnTestBuildRoutes } from './routes/kiln-test-builds.ts';
import { kilnTreeRoutes } from './routes/kiln-trees.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pairPageRoutes } from './routes/pair-page.ts';
import { rootRoutes } from './routes/root.ts';
import { skeletonRoutes } from './routes/skeletons.ts';
import { statusRoutes } from './routes/status.ts';
import { treeDocumentRoutes } from './routes/tree-documents.ts';
import { SCHEMA_COMPILERS } from './schema-compilers.ts';
import { trustedProxies } from './trusted-proxies.ts';

/**
 * The service's HTTP API, ready for `inject` or for `startServer`. Closing it ends its event streams; the
 * parts it was given stay open.
 */
export function createApp(dependencies: ApiDependencies, limits: ApiLimits = LIMITS): Api {
  const app = createFastify(dependencies.log, dependencies.settings, limits);
  installBodyParser(app);
  installErrorHandlers(app);
  const guesses = installGuard(app, dependencies);
  const metrics = dependencies.settings.skipMetrics ? null : installMetrics(app, dependencies);
  const sendEvents = installEventStreams(app, limits.heartbeatMs);
  // Once the guard's plugins are there.
  app.after(() => addRoutes(app, { ...dependencies, sendEvents, guesses, metrics }));
  return app;
}

type RouteParts = ApiDependencies & {
  readonly sendEvents: SendEvents;
  readonly guesses: GuessLimit;
  readonly metrics: Metrics | null;
};

function addRoutes(app: Api, dependencies: RouteParts): void {
  const routes = noteRoutes(app);
  rootRoutes(app, dependencies);
  statusRoutes(app, dependencies);
  metricsRoutes(app, dependencies.metrics);
  skeletonRoutes(app);
  converterRoutes(app);
  hostedExtraRoutes(app);
  compileRoutes(app, dependencies);
  compileJobRoutes(app, dependencies);
  compileFileRoutes(app, dependencies);
  kilnJobRoutes(app, dependencies);
  kilnQueueRoutes(app, dependencies);
  kilnScheduleRoutes(app, dependencies);
  kilnLogLevelRoutes(app, dependencies);
  kilnHookRoutes(app, dependencies);
  kilnJobEventRoutes(app, dependencies, dependencies.sendEvents);
  kilnDeviceRoutes(app, dependencies, dependencies.sendEvents);
  kilnFlashRoutes(app, dependencies, dependencies.sendEvents);
  kilnBuildRoutes(app, dependencies);
  kilnCheckRoutes(app, dependencies);
  kilnRemoteKeymapRoutes(app, dependencies);
  kilnServiceRoutes(app, dependencies);
  kilnSettingsRoutes(app, dependencies);
  kilnCatalogueRoutes(app, dependencies);
  kilnAccessRoutes(app, dependencies);
  pairPageRoutes(app);
  kilnSessionRoutes(app, dependencies);
  kilnTreeRoutes(app, dependencies);
  kilnTestBuildRoutes(app, dependencies);
  kilnHealthRoutes(app, dependencies);
  openApiRoutes(app, routes);
  configuratorRoutes(app, dependencies);
  appRoutes(app, dependencies);
  withCompression(app, (scope) => {
    for (const family of keyboardFamilies(dependencies)) {
      keyboardListRoutes(scope, family);
      wholeCatalogueRoutes(scope, family, dependencies.version);
      buildRecordRoutes(scope, family);
      keyboardRoutes(scope, family);
      treeDocumentRoutes(scope, family);
    }
  });
}

function createFastify(log: Logger, settings: Settings, limits: ApiLimits): Api {
  return fastify({
    loggerInstance: log,
    schemaController: SCHEMA_COMPILERS,
    logController: new RequestLog(settings.slowMs),
    trustProxy: trustedProxies(settings),
    genReqId: () => randomUUID().slice(0, 8),
    rewriteUrl: takeCapability,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxRequestsPerSocket: limits.requestsPerConnection,
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    // No parameter meets a pattern before its handler: one that is too long is only an unknown one.
    routerOptions: { maxParamLength: 16 * 1024 },
    // What comes in on an open connection while the service stops is answered like everything else.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    // A path that is no text (%zz) is refused before any hook.
    frameworkErrors: (error, request, reply) => {
      try {
        guardUnreadable(request, reply, settings);
        sendError(error, request, reply);
      } catch (refusal) {
        sendError(refusal, request, reply);
      }
    },
  }).withTypeProvider<ZodTypeProvider>();
}
