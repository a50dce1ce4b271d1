import { drainSignal } from '../net/drain.ts';
import type { Operation } from './operation.ts';

/** The method whose answer is a stream without an end (2026-07-28, subscriptions). */
const ENDLESS = 'subscriptions/listen';

/**
 * The request as the SDK's handler should see it. A call is left to finish when this process is told to end; a
 * stream without an end would hold the process until it is killed, so it is cut, and the client listens again
 * elsewhere.
 *
 * @param request - its body has been read already
 */
export function endingWithProcess(request: Request, { method }: Operation): Request {
  if (method !== ENDLESS) return request;
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: AbortSignal.any([request.signal, drainSignal()]),
  });
}
