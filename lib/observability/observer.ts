import { perProcess } from '#lib/server/per-process.ts';

/** A call as an observer sees it: never arguments, results or tokens. */
export type ObservedCall = {
  method: string;
  tool: string | undefined;
  protocolVersion: string | undefined;
  connectionId: string;
  /** `_meta` of the message, which may carry the trace context of the client. */
  meta: Readonly<Record<string, unknown>> | undefined;
};

/** How a request to the endpoint ended. */
export type RequestResult = {
  status: number;
  outcome: 'allowed' | 'denied' | 'failed';
  /** Why it was denied or failed, where the endpoint has a word for it. */
  reason: string | undefined;
};

/** Observes one request to the endpoint. */
export type RequestObserver = {
  /** Id of its trace, for log lines; undefined until the call has started. */
  traceId(): string | undefined;
  callStarted(call: ObservedCall): void;
  /** Runs the call, so that what it starts can be attributed to it. */
  run<Result>(work: () => Result): Result;
  /** Called after the response. */
  finished(result: RequestResult): void;
};

/** Receives what the server does, to export it as traces and counters. */
export type Observer = {
  /** @param request.startedAt - milliseconds since the epoch */
  requestStarted(request: { id: string; startedAt: number }): RequestObserver;
  revoked(what: 'client' | 'everything'): void;
};

const state = perProcess('observer', (): { observer?: Observer } => ({}));

/** The observer of this process. Without one nothing is observed, and a call pays nothing for it. */
export function observer(): Observer | undefined {
  return state().observer;
}

/** Sets the observer of this process, before its first request. */
export function observe(observer: Observer): void {
  state().observer = observer;
}
