import type { Config } from '#lib/config/env.ts';

type Export = { flush(): Promise<void> };

const STATE = Symbol.for('mcp-authkit-starter.telemetry');
const shared = globalThis as typeof globalThis & { [STATE]?: Export };

/** Whether anybody collects traces and counters; where this is false nothing is measured. */
export function isMeasured(): boolean {
  return shared[STATE] !== undefined;
}

/** Starts exporting, if the configuration says where to. The OpenTelemetry SDK is not even loaded otherwise. */
export async function startTelemetry({ telemetry }: Pick<Config, 'telemetry'>): Promise<void> {
  if (telemetry === undefined || shared[STATE] !== undefined) return;
  const { startExport } = await import('./export.ts');
  shared[STATE] = startExport(telemetry);
}

/**
 * Sends what was measured and not sent yet. Never throws.
 *
 * @param deadlineMs - after this long it gives up on a collector that does not answer
 */
export async function flushTelemetry(deadlineMs: number): Promise<void> {
  const flushed = shared[STATE]?.flush().catch(() => undefined);
  if (flushed === undefined) return;
  await Promise.race([flushed, new Promise<void>((resolve) => setTimeout(resolve, deadlineMs).unref())]);
}
