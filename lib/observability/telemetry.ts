import type { Config } from '#lib/config/env.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { perProcess } from '#lib/server/per-process.ts';

type Export = { flush(): Promise<void> };

const state = perProcess('telemetry', (): { exporting?: Export } => ({}));

/** Whether traces and counters are exported; otherwise nothing is measured. */
export function isMeasured(): boolean {
  return state().exporting !== undefined;
}

/** Starts the export, if a collector is configured. Otherwise the OpenTelemetry SDK is not loaded. */
export async function startTelemetry({ telemetry }: Pick<Config, 'telemetry'>): Promise<void> {
  if (telemetry === undefined || state().exporting !== undefined) return;
  const { startExport } = await import('./export.ts');
  state().exporting = startExport(telemetry);
}

/**
 * Exports what is buffered. Never throws.
 *
 * @param deadlineMs - how long to wait for the collector
 */
export async function flushTelemetry(deadlineMs: number): Promise<void> {
  const flushed = state()
    .exporting?.flush()
    .catch(() => undefined);
  if (flushed === undefined) return;
  await withDeadline(flushed, deadlineMs, () => undefined);
}
