import autocannon from 'autocannon';
import type { Measured } from './measured-process.ts';

/** One thing to measure: a request to a server, and what a good answer looks like. */
export type Variant = {
  name: string;
  server: Measured;
  path: string;
  method?: 'GET' | 'POST';
  body?: string;
  headers?: Record<string, string>;
  /** The token of the next request; without it none is sent. */
  token?: () => string | undefined;
  /** Connections that send requests at the same time, 16 unless told. */
  connections?: number;
  /** Statuses of good answers. */
  status: readonly number[];
  /** Text that every good answer has. */
  contains: string;
};

/** What some seconds of load cost. */
export type Reading = {
  /** Good answers a second. */
  perSecond: number;
  /** Milliseconds of processor time of the server for one answer, all threads. */
  cpuMs: number;
  /** Milliseconds that a request takes, 99th percentile. */
  latencyP99Ms: number;
  /** How late a timer of the server fires, 99th percentile, milliseconds. */
  loopDelayP99Ms: number;
  /** Statements sent to PostgreSQL for one answer; not a number for a server that does not use it. */
  statements: number;
};

/**
 * Puts load on a variant.
 *
 * @param until - seconds, or a number of requests
 * @throws {Error} when any answer had another status or body: a route that answers 404 looks fast
 */
export async function load(
  variant: Variant,
  until: { seconds: number } | { requests: number },
): Promise<Reading> {
  const { server, token, contains, connections = 16 } = variant;
  const before = await server.sample();
  const result = await autocannon({
    url: `${server.url}${variant.path}`,
    connections,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.requests }),
    method: variant.method ?? 'POST',
    headers: variant.headers ?? {},
    ...(variant.body !== undefined && { body: variant.body }),
    verifyBody: (body) => String(body).includes(contains),
    ...(token && {
      requests: [
        {
          setupRequest: (sent) => {
            const headers = { ...sent.headers, authorization: `Bearer ${token()}` };
            return { ...sent, headers };
          },
        },
      ],
    }),
  });
  const after = await server.sample();
  const counts: Record<string, { count?: number }> = result.statusCodeStats ?? {};
  const good = variant.status.reduce((sum, status) => sum + (counts[status]?.count ?? 0), 0);
  const bad = Object.keys(counts).some((status) => !variant.status.includes(Number(status)));
  if (good === 0 || bad || result.errors > 0 || result.mismatches > 0)
    throw new Error(
      `${variant.name}: ${JSON.stringify(counts)}, ${result.errors} errors, ${result.mismatches} other bodies`,
    );
  return {
    perSecond: good / result.duration,
    cpuMs: (after.cpuMs - before.cpuMs) / good,
    latencyP99Ms: result.latency.p99,
    loopDelayP99Ms: after.loopDelayP99Ms,
    statements: ((after.statements ?? Number.NaN) - (before.statements ?? 0)) / good,
  };
}
