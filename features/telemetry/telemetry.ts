import { type Config, config } from '#lib/config/env.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { observe } from '#lib/observability/observer.ts';

type Export = { flush(): Promise<void> };

let exporting: Export | undefined;

/** Starts to export traces and counters if a collector is configured. Otherwise the OpenTelemetry SDK is not loaded. */
export async function startTelemetry({ telemetry }: Pick<Config, 'telemetry'> = config()): Promise<void> {
  if (telemetry === undefined || exporting !== undefined) return;
  const [{ startExport }, { openTelemetryObserver }] = await Promise.all([
    import('./export.ts'),
    import('./observer.ts'),
  ]);
  exporting = startExport(telemetry);
  observe(openTelemetryObserver);
}

/**
 * Sends what was not sent yet. Never throws.
 *
 * @param timeoutMs - after this it gives up on a collector that does not answer
 */
export async function flushTelemetry(timeoutMs: number): Promise<void> {
  const flushed = exporting?.flush().catch(() => undefined);
  if (flushed !== undefined) await withDeadline(flushed, timeoutMs, () => undefined);
}
