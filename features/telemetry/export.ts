import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { registerOTel } from '@vercel/otel';
import type { TelemetryConfig } from '#lib/config/telemetry.ts';
import { metricExporter } from './metric-exporter.ts';
import { stripQueryStrings } from './strip-query-strings.ts';

/**
 * Registers the OpenTelemetry SDK. Traces are sent to the configured collector, or to Vercel's; counters to the
 * configured collector only. `fetch` is not instrumented, because Next does that.
 */
export function startExport({ serviceName, endpoint, headers }: TelemetryConfig): { flush(): Promise<void> } {
  const readers =
    endpoint === undefined
      ? []
      : [new PeriodicExportingMetricReader({ exporter: metricExporter(`${endpoint}/v1/metrics`, headers) })];
  registerOTel({
    serviceName,
    instrumentations: [],
    spanProcessors: [stripQueryStrings(), 'auto'],
    metricReaders: readers.length > 0 ? readers : undefined,
  });
  return {
    async flush() {
      await Promise.all([flushTraces(), ...readers.map((reader) => reader.forceFlush())]);
    },
  };
}

/** `registerOTel` returns nothing, so the provider is read from where it was registered. */
async function flushTraces(): Promise<void> {
  const provider = trace.getTracerProvider();
  const registered: object = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  if ('forceFlush' in registered && typeof registered.forceFlush === 'function')
    await registered.forceFlush();
}
