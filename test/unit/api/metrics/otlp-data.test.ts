import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { otlpMetric, type PrometheusMetric, type Span } from '../../../../api/metrics/otlp-data.ts';

const SPAN: Span = { start: [100, 0], end: [160, 0] };
const GAUGE = 2;
const SUM = 3;
const HISTOGRAM = 0;

async function converted(make: (registry: Registry) => void) {
  const registry = new Registry();
  make(registry);
  const metrics = (await registry.getMetricsAsJSON()) as PrometheusMetric[];
  return metrics.map((metric) => otlpMetric(metric, SPAN));
}

describe('numbers for an OpenTelemetry collector', () => {
  it('are sums that only grow for counters, and gauges for gauges, each with its labels', async () => {
    const metrics = await converted((registry) => {
      const registers = [registry];
      const ended = new Counter({ name: 'ended', help: 'h', labelNames: ['how'], registers });
      ended.inc({ how: 'built' }, 3);
      new Gauge({ name: 'now', help: 'n', registers }).set(7);
    });
    expect(metrics).toMatchObject([
      {
        descriptor: { name: 'ended', description: 'h' },
        dataPointType: SUM,
        isMonotonic: true,
        dataPoints: [{ attributes: { how: 'built' }, value: 3, startTime: [100, 0] }],
      },
      { dataPointType: GAUGE, dataPoints: [{ attributes: {}, value: 7, endTime: [160, 0] }] },
    ]);
  });

  it('count each bucket of a histogram by itself, with what is above the last', async () => {
    const [metric] = await converted((registry) => {
      const registers = [registry];
      const buckets = [1, 2, 5];
      const took = new Histogram({
        name: 'took',
        help: 'h',
        labelNames: ['way'],
        buckets,
        registers,
      });
      for (const seconds of [0.5, 1.5, 1.7, 30]) took.observe({ way: 'full' }, seconds);
      took.observe({ way: 'plan' }, 4);
    });
    expect(metric).toMatchObject({ dataPointType: HISTOGRAM });
    expect(metric?.dataPoints.map(({ attributes, value }) => ({ attributes, value }))).toEqual([
      {
        attributes: { way: 'full' },
        value: {
          buckets: { boundaries: [1, 2, 5], counts: [1, 2, 0, 1] },
          sum: 33.7,
          count: 4,
        },
      },
      {
        attributes: { way: 'plan' },
        value: { buckets: { boundaries: [1, 2, 5], counts: [0, 0, 1, 0] }, sum: 4, count: 1 },
      },
    ]);
  });

  it('leave out what has no counterpart', async () => {
    const metrics = await converted((registry) => {
      new Summary({ name: 's', help: 'h', registers: [registry] }).observe(1);
    });
    expect(metrics).toEqual([null]);
  });
});
