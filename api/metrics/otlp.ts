/** Sends the numbers of /metrics to a collector of the operator's own. Loaded only where one is named. */
import { DiagLogLevel, diag, type HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';
import type { Logger } from '../../core/log.ts';
import { otlpMetric } from './otlp-data.ts';

/** What is not sent by then is lost: a service that stops has no time for a collector that does not answer. */
const LAST_CHANCE_MS = 2000;
const LONGEST_SENDING_MS = 10_000;

export interface OtlpOptions {
  /** Of the collector, as OpenTelemetry defines `OTEL_EXPORTER_OTLP_ENDPOINT`: `/v1/metrics` is appended. */
  readonly endpoint: string;
  readonly intervalMs: number;
  /** Of Kiln. */
  readonly version: string;
}

function hrTime(ms: number): HrTime {
  return [Math.trunc(ms / 1000), Math.round((ms % 1000) * 1e6)];
}

function producerOf(registry: Registry, version: string): MetricProducer {
  const start = hrTime(Date.now());
  const resource = resourceFromAttributes({ 'service.name': 'kiln', 'service.version': version });
  return {
    async collect() {
      const span = { start, end: hrTime(Date.now()) };
      const metrics = (await registry.getMetricsAsJSON()).flatMap(
        (metric) => otlpMetric(metric, span) ?? [],
      );
      return {
        resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'kiln' }, metrics }] },
        errors: [],
      };
    },
  };
}

/** The library's own words, for which it has one place in a process. */
function reportTo(log: Logger): void {
  const say = (level: 'warn' | 'debug') => (message: string) =>
    log[level]({ reason: message }, 'metrics could not be sent to the collector');
  const quiet = () => undefined;
  diag.setLogger(
    { error: say('warn'), warn: say('warn'), info: say('debug'), debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true },
  );
}

/**
 * Begins to send, over HTTP in protobuf. Headers, certificates, time limit and compression come from OpenTelemetry's
 * own variables (`OTEL_EXPORTER_OTLP_HEADERS`, …), which the exporter reads.
 * @returns a function that sends once more, and ends it
 */
export function pushMetrics(
  registry: Registry,
  { endpoint, intervalMs, version }: OtlpOptions,
  log: Logger,
): () => Promise<void> {
  reportTo(log);
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/metrics` }),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(LONGEST_SENDING_MS, intervalMs),
    metricProducers: [producerOf(registry, version)],
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': 'kiln', 'service.version': version }),
    readers: [reader],
  });
  return async () => {
    await provider
      .shutdown({ timeoutMillis: LAST_CHANCE_MS })
      .catch((error: unknown) => log.debug({ err: error }, 'the last metrics were not sent'));
    diag.disable();
  };
}
