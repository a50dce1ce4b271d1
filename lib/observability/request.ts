import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Config } from '#lib/config/env.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { observer, type RequestObserver } from './observer.ts';

/** The request that is being served. */
export type CurrentRequest = {
  /** In the `x-request-id` of the response and in every log line of the request. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Its observer; undefined when nothing is observed. */
  readonly observer: RequestObserver | undefined;
};

/** A log line is often written by another bundle than the one that received the request. */
const storage = perProcess('current-request', () => new AsyncLocalStorage<CurrentRequest>());

/**
 * The id of a request: the one that a trusted proxy set, else a new one. A client's own id is not used, because it could
 * be that of another request.
 */
export function requestIdFor(
  { headers }: Pick<Request, 'headers'>,
  { trustedProxyHops }: Pick<Config, 'trustedProxyHops'>,
): string {
  const received = trustedProxyHops > 0 ? headers.get('x-request-id') : null;
  return received !== null && /^[\w.:-]{8,128}$/.test(received) ? received : randomUUID();
}

/** Runs `work` for a request. Log lines written meanwhile, and later in `after()`, carry its id. */
export function runRequest<Result>(id: string, work: (request: CurrentRequest) => Result): Result {
  const started = { id, startedAt: Date.now() };
  const request: CurrentRequest = { ...started, observer: observer()?.requestStarted(started) };
  return storage().run(request, () => work(request));
}

/** The request of this async context, if there is one. */
export function currentRequest(): CurrentRequest | undefined {
  return storage().getStore();
}
