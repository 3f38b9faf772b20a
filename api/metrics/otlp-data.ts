/** Prometheus's numbers in the shape of OpenTelemetry's. Pure. */
import { type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type HistogramMetricData,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client';

/** As prom-client's `getMetricsAsJSON` gives it: samples of a histogram carry their own names. */
export type PrometheusMetric = Pick<
  MetricObjectWithValues<MetricValueWithName<string>>,
  'name' | 'help' | 'values'
> & { readonly type: unknown };

export interface Span {
  /** When the counting began. */
  readonly start: HrTime;
  readonly end: HrTime;
}

type Histogram = HistogramMetricData['dataPoints'][number]['value'];
type Labels = Record<string, string | number>;

interface Series {
  readonly labels: Labels;
  /** By upper bound, each with all that is below. */
  readonly below: Map<number, number>;
  sum: number;
  count: number;
}

function labelsOf({ labels }: MetricValueWithName<string>): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string | number] => {
      const [name, value] = entry;
      return name !== 'le' && value !== undefined;
    }),
  );
}

function seriesOf({ name, values }: PrometheusMetric): Series[] {
  const all = new Map<string, Series>();
  for (const value of values) {
    const labels = labelsOf(value);
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = all.get(key) ?? { labels, below: new Map(), sum: 0, count: 0 };
    all.set(key, series);
    if (value.metricName === `${name}_sum`) series.sum = value.value;
    else if (value.metricName === `${name}_count`) series.count = value.value;
    else series.below.set(Number(value.labels.le), value.value);
  }
  return [...all.values()];
}

/** OpenTelemetry counts each bucket by itself, and has one more for what is above the last bound. */
function histogramOf({ below, sum, count }: Series): Histogram {
  const boundaries = [...below.keys()].filter(Number.isFinite).sort((a, b) => a - b);
  const totals = [...boundaries.map((bound) => below.get(bound) ?? 0), count];
  const counts = totals.map((total, index) => total - (totals[index - 1] ?? 0));
  return { buckets: { boundaries, counts }, sum, count };
}

/** @returns null for kinds that have no counterpart: summaries. */
export function otlpMetric(metric: PrometheusMetric, { start, end }: Span): MetricData | null {
  const base = {
    descriptor: {
      name: metric.name,
      description: metric.help,
      unit: '',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const point = <T>(attributes: Labels, value: T): DataPoint<T> => ({
    startTime: start,
    endTime: end,
    attributes,
    value,
  });
  const numbers = () => metric.values.map((value) => point(labelsOf(value), value.value));
  switch (metric.type) {
    case 'counter':
      return {
        ...base,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: numbers(),
      };
    case 'gauge':
      return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: numbers() };
    case 'histogram':
      return {
        ...base,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: seriesOf(metric).map((series) => point(series.labels, histogramOf(series))),
      };
    default:
      return null;
  }
}
