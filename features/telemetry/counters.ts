import { type Attributes, type Counter, type Histogram, metrics } from '@opentelemetry/api';

/** Instrumentation scope of the spans and metrics of this server. */
export const SCOPE = 'mcp-authkit-starter';

type Instruments = { calls: Counter; rejections: Counter; revocations: Counter; duration: Histogram };

let created: Instruments | undefined;

/** Created at first use: before the SDK is registered the API returns instruments that never count. */
function instruments(): Instruments {
  if (created !== undefined) return created;
  const meter = metrics.getMeter(SCOPE);
  created = {
    calls: meter.createCounter('app.mcp.calls', { description: 'MCP calls of a verified caller' }),
    rejections: meter.createCounter('app.mcp.rejections', {
      description: 'Refused MCP requests by reason',
    }),
    revocations: meter.createCounter('app.revocations', { description: 'Revoked connections' }),
    duration: meter.createHistogram('mcp.server.operation.duration', {
      description: 'Time from the request to the end of its response',
      unit: 's',
      // The boundaries of the MCP semantic conventions.
      advice: { explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] },
    }),
  };
  return created;
}

/**
 * Counts a call and its duration.
 *
 * @param attributes - only values from a fixed set: each combination is a series that the collector stores
 */
export function countCall(attributes: Attributes, seconds: number): void {
  instruments().calls.add(1, attributes);
  instruments().duration.record(seconds, attributes);
}

/** Counts a request that was refused. */
export function countRejection(reason: string): void {
  instruments().rejections.add(1, { 'app.rejection.reason': reason });
}

/** Counts a revocation. */
export function countRevocation(attributes: { 'app.revocation.of': 'client' | 'everything' }): void {
  instruments().revocations.add(1, attributes);
}
