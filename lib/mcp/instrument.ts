import type { Config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import type { RequestObserver } from '#lib/observability/observer.ts';
import { requestIdFor, runRequest } from '#lib/observability/request.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import type { Call } from './call.ts';
import { requestMeta } from './operation.ts';
import { INTERNAL_ERROR, rpcError } from './rpc-error.ts';

/** Reports one request to the observer of this process. */
export class CallSpan {
  /** Why the request was refused before it became a call. */
  rejection: string | undefined;
  readonly #observer: RequestObserver | undefined;
  #call: Call | undefined;

  constructor(observer: RequestObserver | undefined) {
    this.#observer = observer;
  }

  /** Reports that the request has become a call. */
  start(call: Call, body: unknown): void {
    if (this.#observer === undefined) return;
    this.#call = call;
    const { method, tool, protocolVersion } = call.operation;
    const connectionId = connectionKey(call.caller);
    this.#observer.callStarted({ method, tool, protocolVersion, connectionId, meta: requestMeta(body) });
  }

  /** Runs the call. */
  run<Result>(work: () => Result): Result {
    return this.#observer === undefined ? work() : this.#observer.run(work);
  }

  finish(status: number): void {
    const { outcome, reason = this.rejection } = this.#call ?? { outcome: 'denied' };
    this.#observer?.finished({ status, outcome, reason });
  }
}

/**
 * Runs `respond` under a request id, which is in the response (`X-Request-Id`) and in every log line about the request.
 * Answers an unexpected error with 500, and calls the observer of this process.
 */
export function instrument(
  request: Request,
  settings: Pick<Config, 'trustedProxyHops'>,
  schedule: Schedule,
  respond: (span: CallSpan) => Promise<Response>,
): Promise<Response> {
  return runRequest(requestIdFor(request, settings), async (current) => {
    const span = new CallSpan(current.observer);
    let response: Response;
    try {
      response = await respond(span);
    } catch (error) {
      log('error', 'mcp.failed', errorFields(error));
      response = rpcError(500, INTERNAL_ERROR, 'Internal error', { requestId: current.id });
    }
    response.headers.set('x-request-id', current.id);
    if (current.observer !== undefined && request.method !== 'OPTIONS')
      schedule(() => span.finish(response.status));
    return response;
  });
}
