import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { registerOTel } from '@vercel/otel';
import type { TelemetryConfig } from '#lib/config/telemetry.ts';
import { metricExporter } from './metric-exporter.ts';
import { withoutQueries } from './strip-query-strings.ts';

/**
 * Registers the OpenTelemetry SDK. Traces go to the collector of the configuration, or to Vercel's; counters to the
 * collector only. `fetch` is not instrumented: Next does that already, and spans of ours name what is done, not URLs.
 */
export function startExport({ serviceName, endpoint, headers }: TelemetryConfig): { flush(): Promise<void> } {
  const readers =
    endpoint === undefined
      ? []
      : [new PeriodicExportingMetricReader({ exporter: metricExporter(`${endpoint}/v1/metrics`, headers) })];
  registerOTel({
    serviceName,
    instrumentations: [],
    spanProcessors: [withoutQueries(), 'auto'],
    metricReaders: readers.length > 0 ? readers : undefined,
  });
  return {
    async flush() {
      await Promise.all([flushTraces(), ...readers.map((reader) => reader.forceFlush())]);
    },
  };
}

/** `registerOTel` returns nothing, so its provider is found where it put it. */
async function flushTraces(): Promise<void> {
  const provider = trace.getTracerProvider();
  const registered: object = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  if ('forceFlush' in registered && typeof registered.forceFlush === 'function')
    await registered.forceFlush();
}
