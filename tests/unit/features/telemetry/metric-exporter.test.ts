import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test } from 'vitest';
import { metricExporter } from '#features/telemetry/metric-exporter.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Exports one count to a collector that answers with `status`, and returns what it was sent. */
async function exported(status: number): Promise<string> {
  let body = '';
  const server = createServer(async (request, response) => {
    for await (const chunk of request) body += chunk;
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`;
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter(url, {}) });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('test');
  meter.createCounter('calls').add(2, { tool: 'identity' });
  meter.createHistogram('duration', { unit: 's' }).record(0.3);
  await reader.forceFlush();
  return body;
}

test('counters and histograms are sent to a collector as OTLP JSON', async () => {
  const { resourceMetrics } = JSON.parse(await exported(200));
  const [calls, duration] = resourceMetrics[0].scopeMetrics[0].metrics;
  expect(calls).toMatchObject({
    name: 'calls',
    sum: {
      isMonotonic: true,
      aggregationTemporality: 2,
      dataPoints: [{ asDouble: 2, attributes: [{ key: 'tool', value: { stringValue: 'identity' } }] }],
    },
  });
  expect(calls.sum.dataPoints[0].timeUnixNano).toMatch(/^\d{19}$/);
  expect(duration).toMatchObject({ unit: 's', histogram: { dataPoints: [{ count: '1', sum: 0.3 }] } });
  const [{ bucketCounts, explicitBounds }] = duration.histogram.dataPoints;
  expect(bucketCounts).toHaveLength(explicitBounds.length + 1);
});

test('an export that the collector refuses is reported as failed', async () => {
  await expect(exported(503)).resolves.toContain('"calls"');
});
