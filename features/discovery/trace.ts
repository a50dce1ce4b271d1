import type { Arrival, GuardedFetch, GuardedResponse } from '#lib/guarded-fetch/guarded-fetch.ts';
import { receiveEvents } from './event-stream.ts';
import type { Evidence, Exchange, Lane, Step, TraceEvent } from './exchange.ts';
import { FETCH_FAILURES, type FetchFailure, failureText, fetchFailure } from './fetch-failure.ts';
import { Masker } from './masking.ts';

export type TraceOptions = {
  /** The guarded fetch, or that of a test. */
  fetch: GuardedFetch;
  /** Whether loopback `http` URLs may be fetched: on a loopback deployment only. */
  allowLoopback: boolean;
  /**
   * Whether failures may describe the network of this process: in a terminal and on a loopback deployment. Default:
   * `allowLoopback`.
   */
  ownNetwork?: boolean;
  /** Deadline of each request, in milliseconds. Default: 10 seconds. */
  timeoutMs?: number;
  /** Key of the outbound rate limit. */
  limitKey?: string;
  /** Aborts the requests in progress. */
  signal?: AbortSignal;
  /** Called for each exchange when it starts and when it ends. */
  onEvent?: (event: TraceEvent) => void;
  /** Monotonic clock in milliseconds, for durations. */
  clock?: () => number;
  /** Prefix of exchange ids, so that two traces can be shown as one. */
  idPrefix?: string;
};

export type Request = {
  step: Step;
  title: string;
  to: Lane;
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs?: number;
  maxBytes?: number;
  signal?: AbortSignal;
  /** Receives the response while it arrives. */
  arrival?: Arrival;
  /** The response to an event stream is its first event: the stream itself does not end. */
  firstEvent?: boolean;
};

export type Answer =
  | { exchange: Exchange; response: GuardedResponse; failure?: undefined }
  | { exchange: Exchange; response?: undefined; failure: FetchFailure };

/** Servers that sleep between requests take seconds to wake. */
const TIMEOUT_MS = 10_000;

/** Sends requests and records the exchanges, masked. */
export class Trace {
  readonly exchanges: Exchange[] = [];
  readonly masker = new Masker();
  readonly #options: TraceOptions;

  constructor(options: TraceOptions) {
    this.#options = options;
  }

  get allowLoopback(): boolean {
    return this.#options.allowLoopback;
  }

  /** Whether the caller has aborted: further requests are pointless. */
  get cancelled(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Sends one request. Follows no redirect, and never throws for what the other side does. */
  async send(request: Request): Promise<Answer> {
    const { clock = () => performance.now(), fetch, allowLoopback, limitKey } = this.#options;
    const { arrival, firstEvent: firstOnly = false } = request;
    const events =
      firstOnly || arrival
        ? receiveEvents(request.url, { firstOnly, ...(arrival && { next: arrival }) })
        : undefined;
    const signals = [request.signal, this.#options.signal].filter((signal) => signal !== undefined);
    const ends = events ? [...signals, events.signal] : signals;
    const method = request.method ?? 'GET';
    const open = this.#open(request, method);
    const start = clock();
    const recorded = (response: GuardedResponse): Exchange => {
      const body =
        response.body.byteLength === 0
          ? undefined
          : this.masker.body(response.text(), contentType(response.headers));
      const exchange: Exchange = {
        ...open,
        durationMs: Math.max(0, Math.round(clock() - start)),
        response: {
          status: response.status,
          headers: this.masker.headers(response.headers),
          body: body?.text,
          truncated: body?.truncated ?? false,
        },
      };
      this.#record(exchange);
      return exchange;
    };
    try {
      const response = await fetch(request.url, {
        method,
        allowLoopback,
        headers: request.headers,
        body: request.body,
        timeoutMs: request.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS,
        maxBytes: request.maxBytes,
        arrival: events?.arrival,
        signal: ends.length > 0 ? AbortSignal.any(ends) : undefined,
        limitKey,
      });
      return { exchange: recorded(response), response };
    } catch (error) {
      const arrived = events?.response();
      if (arrived && firstOnly) return { exchange: recorded(arrived), response: arrived };
      const aborted = signals.some((signal) => signal.aborted);
      // A client closes a stream when it has what it needs: the exchange has a response.
      if (aborted && arrived) return { exchange: recorded(arrived), failure: 'cancelled' };
      const failure = aborted ? 'cancelled' : fetchFailure(error, this.#options.ownNetwork ?? allowLoopback);
      const durationMs = Math.max(0, Math.round(clock() - start));
      const host = URL.parse(request.url)?.host ?? '';
      const text = failureText(FETCH_FAILURES[failure].observed, { host, durationMs });
      const exchange: Exchange = { ...open, durationMs, error: `No response. ${text}` };
      this.#record(exchange);
      return { exchange, failure };
    }
  }

  /** Records an exchange that others had (the user's browser, the authorization server). */
  note(exchange: Omit<Exchange, 'id'>): Exchange {
    const noted = { ...exchange, id: this.#nextId() };
    this.#record(noted);
    return noted;
  }

  /** Records which field of the response decided the next step; its value is masked like the rest. */
  recordEvidence(exchange: Exchange, evidence: Evidence): void {
    this.#record({
      ...this.#latest(exchange),
      evidence: { ...evidence, value: this.masker.text(evidence.value, 500) },
    });
  }

  #latest(exchange: Exchange): Exchange {
    return this.exchanges.find(({ id }) => id === exchange.id) ?? exchange;
  }

  #nextId(): string {
    return `${this.#options.idPrefix ?? 'e'}${this.exchanges.length + 1}`;
  }

  #open(request: Request, method: string): Exchange {
    const open: Exchange = {
      id: this.#nextId(),
      step: request.step,
      title: request.title,
      from: 'client',
      to: request.to,
      request: {
        method,
        url: this.masker.url(request.url),
        headers: this.masker.headers(Object.entries(request.headers ?? {})),
        body:
          request.body === undefined
            ? undefined
            : this.masker.body(request.body, contentType(new Headers(request.headers))).text,
      },
      durationMs: 0,
    };
    this.exchanges.push(open);
    const { id, step, title, from, to } = open;
    this.#options.onEvent?.({ type: 'started', id, step, title, from, to, method, url: open.request.url });
    return open;
  }

  #record(exchange: Exchange): void {
    const index = this.exchanges.findIndex(({ id }) => id === exchange.id);
    if (index === -1) this.exchanges.push(exchange);
    else this.exchanges[index] = exchange;
    this.#options.onEvent?.({ type: 'exchange', exchange });
  }
}

/** Media type of a message without its parameters, in lower case. */
export function contentType(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
