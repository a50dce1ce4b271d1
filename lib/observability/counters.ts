import { type Attributes, type Counter, type Histogram, metrics } from '@opentelemetry/api';
import { isMeasured } from './telemetry.ts';

/** Instrumentation scope of the traces and metrics of this server. */
export const SCOPE = 'mcp-authkit-starter';

type Instruments = { calls: Counter; rejections: Counter; revocations: Counter; duration: Histogram };

let made: Instruments | undefined;

/** Made at the first use: before the SDK is registered, the API returns instruments that never count. */
function instruments(): Instruments {
  if (made !== undefined) return made;
  const meter = metrics.getMeter(SCOPE);
  made = {
    calls: meter.createCounter('app.mcp.calls', { description: 'MCP calls of a verified caller' }),
    rejections: meter.createCounter('app.mcp.rejections', {
      description: 'MCP requests that were refused, by reason',
    }),
    revocations: meter.createCounter('app.revocations', { description: 'Revocations' }),
    duration: meter.createHistogram('mcp.server.operation.duration', {
      description: 'Time from the request to the end of its response',
      unit: 's',
      // The boundaries that the MCP semantic conventions advise.
      advice: { explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] },
    }),
  };
  return made;
}

/**
 * Counts a call and its duration.
 *
 * @param attributes - values from a fixed set only: each combination is a series in the collector
 */
export function countCall(attributes: Attributes, seconds: number): void {
  if (!isMeasured()) return;
  instruments().calls.add(1, attributes);
  instruments().duration.record(seconds, attributes);
}

/** Counts a request that was refused. */
export function countRejection(reason: string): void {
  if (isMeasured()) instruments().rejections.add(1, { 'app.rejection.reason': reason });
}

/** Counts a revocation. */
export function countRevocation(attributes: { 'app.revocation.of': 'client' | 'everything' }): void {
  if (isMeasured()) instruments().revocations.add(1, attributes);
}
