import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import type { Config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';

/** The request that is being served. */
export type CurrentRequest = {
  /** In the `X-Request-Id` of the answer and in every log line about it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Its span, once it has one. */
  span: Span | undefined;
};

/** A log line is often written by another bundle than the one that received the request. */
const storage = perProcess('current-request', () => new AsyncLocalStorage<CurrentRequest>());

/**
 * The id of a request: the one that a proxy of ours gave it, else a new one. What a stranger sends is not taken, or
 * one could make log lines of others look like one's own.
 */
export function requestIdFor(
  { headers }: Pick<Request, 'headers'>,
  { trustedProxyHops }: Pick<Config, 'trustedProxyHops'>,
): string {
  const given = trustedProxyHops > 0 ? headers.get('x-request-id') : null;
  return given !== null && /^[\w.:-]{8,128}$/.test(given) ? given : randomUUID();
}

/** Runs `work` for a request. Log lines written meanwhile, and later in `after()`, carry its id. */
export function runRequest<Result>(id: string, work: (request: CurrentRequest) => Result): Result {
  const request: CurrentRequest = { id, startedAt: Date.now(), span: undefined };
  return storage().run(request, () => work(request));
}

/** The request of this async context, if there is one. */
export function currentRequest(): CurrentRequest | undefined {
  return storage().getStore();
}
