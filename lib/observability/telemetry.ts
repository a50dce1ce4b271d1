import type { Config } from '#lib/config/env.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { perProcess } from '#lib/server/per-process.ts';

type Export = { flush(): Promise<void> };

const state = perProcess('telemetry', (): { exporting?: Export } => ({}));

/** Whether anybody collects traces and counters; where this is false nothing is measured. */
export function isMeasured(): boolean {
  return state().exporting !== undefined;
}

/** Starts exporting, if the configuration says where to. The OpenTelemetry SDK is not even loaded otherwise. */
export async function startTelemetry({ telemetry }: Pick<Config, 'telemetry'>): Promise<void> {
  if (telemetry === undefined || state().exporting !== undefined) return;
  const { startExport } = await import('./export.ts');
  state().exporting = startExport(telemetry);
}

/**
 * Sends what was measured and not sent yet. Never throws.
 *
 * @param deadlineMs - after this long it gives up on a collector that does not answer
 */
export async function flushTelemetry(deadlineMs: number): Promise<void> {
  const flushed = state()
    .exporting?.flush()
    .catch(() => undefined);
  if (flushed === undefined) return;
  await withDeadline(flushed, deadlineMs, () => undefined);
}
