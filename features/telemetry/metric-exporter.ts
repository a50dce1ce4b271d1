import type { Attributes, HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';

/** Deadline of one export. */
const TIMEOUT_MS = 10_000;

const FAILED = 1;
const SUCCEEDED = 0;

const nanoseconds = ([seconds, rest]: HrTime) => String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));

/** Attributes in the JSON encoding of OTLP; ours are strings and numbers. */
const attributeList = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ key, value: typeof value === 'number' ? { doubleValue: value } : { stringValue: String(value) } }],
  );

const point = ({ attributes, startTime, endTime }: DataPoint<unknown>) => ({
  attributes: attributeList(attributes),
  startTimeUnixNano: nanoseconds(startTime),
  timeUnixNano: nanoseconds(endTime),
});

const histogramPoint = (data: DataPoint<Histogram>) => ({
  ...point(data),
  count: String(data.value.count),
  sum: data.value.sum,
  bucketCounts: data.value.buckets.counts.map(String),
  explicitBounds: data.value.buckets.boundaries,
});

function metricJson(metric: MetricData): object | undefined {
  const { name, description, unit } = metric.descriptor;
  const described = { name, description, unit };
  if (metric.dataPointType === DataPointType.SUM) {
    const dataPoints = metric.dataPoints.map((data) => ({ ...point(data), asDouble: data.value }));
    return { ...described, sum: { dataPoints, aggregationTemporality: 2, isMonotonic: metric.isMonotonic } };
  }
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    const dataPoints = metric.dataPoints.map(histogramPoint);
    return { ...described, histogram: { dataPoints, aggregationTemporality: 2 } };
  }
  return undefined;
}

/** Counters and histograms as an OTLP export request (OTLP 1, JSON encoding); this server makes no other kinds. */
function metricsJson({ resource, scopeMetrics }: ResourceMetrics): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributeList(resource.attributes) },
        scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
          scope: { name: scope.name },
          metrics: metrics.flatMap((metric) => metricJson(metric) ?? []),
        })),
      },
    ],
  };
}

/**
 * Sends metrics to an OTLP/HTTP collector as JSON. `@opentelemetry/exporter-metrics-otlp-http` would add 13 packages.
 *
 * @param url - the full URL, `…/v1/metrics`
 */
export function metricExporter(url: string, headers: Readonly<Record<string, string>>): PushMetricExporter {
  async function send(metrics: ResourceMetrics): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(metricsJson(metrics)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the collector answered ${response.status}`);
  }
  return {
    export(metrics, report) {
      send(metrics).then(
        () => report({ code: SUCCEEDED }),
        (error: Error) => report({ code: FAILED, error }),
      );
    },
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
