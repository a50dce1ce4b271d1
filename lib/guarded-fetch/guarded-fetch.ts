import { Client } from 'undici';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { type ConnectDependencies, dialAddresses, dnsResolve, guardedConnector } from './connect.ts';
import { type Destination, destination } from './destination.ts';
import { DEFAULT_LIMITS, FetchBudget, type FetchLimits } from './fetch-limits.ts';
import { GuardedFetchError } from './guarded-fetch-error.ts';
import { SharedCalls, untilAborted } from './shared-calls.ts';

export { GuardedFetchError } from './guarded-fetch-error.ts';

export type GuardedFetchOptions = {
  /** Default `GET`. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Value of the `accept` header. Default: any media type. */
  accept?: string;
  /** Most bytes of the response body. Default 128 KiB, at most 4 MiB. */
  maxBytes?: number;
  /** Deadline of the whole request, with DNS and connection. Default 5 s, at most 5 min. */
  timeoutMs?: number;
  /** Receives the response while it arrives. The deadline then starts again with each part of the body. */
  arrival?: Arrival;
  signal?: AbortSignal;
  /** `config().loopback`: whether plain `http` to this machine is allowed as well. */
  allowLoopback: boolean;
  /** The person, for the limit per person. */
  limitKey?: string;
};

/** What arrives of a response, in order. A part is also in the body of the {@link GuardedResponse}, and counts in `maxBytes`. */
export type Arrival = {
  head(status: number, headers: Headers): void;
  part(bytes: Uint8Array): void;
};

export type GuardedResponse = {
  url: string;
  /** As received: redirects are not followed. */
  status: number;
  headers: Headers;
  body: Uint8Array;
  text(): string;
  /** @throws {SyntaxError} when the body is not JSON */
  json(): unknown;
  durationMs: number;
};

export type GuardedFetch = (url: string | URL, options: GuardedFetchOptions) => Promise<GuardedResponse>;

const DEFAULT_MAX_BYTES = 128 * 1024;
const MAX_MAX_BYTES = 4 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 300_000;
const USER_AGENT = 'mcp-authkit-starter';

/** Headers that frame the message or carry ambient authority: a caller may not set them. */
const REFUSED_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Prepared = {
  target: Destination;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | null;
  maxBytes: number;
  timeoutMs: number;
  arrival: Arrival | undefined;
};

/**
 * Makes a guarded fetch with its own limits and connections. The product uses {@link guardedFetch}; tests replace the
 * name server and the listeners.
 */
export function createGuardedFetch(
  dependencies: Partial<ConnectDependencies> & { limits?: Partial<FetchLimits> } = {},
): GuardedFetch {
  const { limits, ...overrides } = dependencies;
  const connect: ConnectDependencies = { resolve: dnsResolve(), dial: dialAddresses, ...overrides };
  const budget = new FetchBudget({ ...DEFAULT_LIMITS, ...limits });
  const shared = new SharedCalls<GuardedResponse>();

  const run = async (prepared: Prepared, signal: AbortSignal): Promise<GuardedResponse> => {
    const { target } = prepared;
    const release = budget.start(target.url.host);
    try {
      return await exchange(prepared, connect, signal);
    } finally {
      release();
    }
  };

  return async (url, options) => {
    options.signal?.throwIfAborted();
    const prepared = prepare(url, options);
    if (options.limitKey !== undefined) budget.takeForKey(options.limitKey);
    return shared.join(shareKey(prepared), (signal) => run(prepared, signal), options.signal);
  };
}

/**
 * Fetches a URL from outside.
 *
 * It connects to public addresses on port 443 with `https` only (with `allowLoopback` also to this machine with `http`),
 * and checks the address at connect time. It follows no redirect, accepts no encoding, sends no cookie, and has a
 * deadline, a size limit, and limits per person and per host. Equal concurrent GETs share one exchange.
 *
 * @throws {GuardedFetchError} see its `code`; its message is safe to show
 * @throws the reason of `options.signal` when the caller aborts
 * @example
 * const { status, body } = await guardedFetch(url, { allowLoopback: config().loopback, limitKey: user.id });
 */
export const guardedFetch: GuardedFetch = (url, options) => processFetch()(url, options);

/** Pages and routes share one instance and its limits. */
const processFetch = perProcess('guarded-fetch', () => createGuardedFetch());

function prepare(url: string | URL, options: GuardedFetchOptions): Prepared {
  const headers: Record<string, string> = {
    'user-agent': USER_AGENT,
    accept: options.accept ?? '*/*',
  };
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase();
    if (REFUSED_HEADERS.has(lower)) throw new TypeError(`guardedFetch does not send the header ${lower}`);
    headers[lower] = value;
  }
  headers['accept-encoding'] = 'identity';
  return {
    target: destination(url, options.allowLoopback),
    method: (options.method ?? 'GET').toUpperCase(),
    headers,
    body: options.body ?? null,
    maxBytes: Math.min(options.maxBytes ?? DEFAULT_MAX_BYTES, MAX_MAX_BYTES),
    timeoutMs: Math.min(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS),
    arrival: options.arrival,
  };
}

/** Equal for requests that may share one exchange; undefined for a request that may not be shared. */
function shareKey({
  target,
  method,
  headers,
  body,
  maxBytes,
  timeoutMs,
  arrival,
}: Prepared): string | undefined {
  if (method !== 'GET' || body !== null || headers.authorization !== undefined || arrival) return undefined;
  const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([target.url.href, target.loopback, sorted, maxBytes, timeoutMs]);
}

/** One exchange on its own connection, which is closed when this returns or throws. */
async function exchange(
  { target, method, headers, body, maxBytes, timeoutMs, arrival }: Prepared,
  connect: ConnectDependencies,
  abandoned: AbortSignal,
): Promise<GuardedResponse> {
  const started = performance.now();
  const end = new AbortController();
  const expire = () => end.abort(new GuardedFetchError('timeout', `deadline of ${timeoutMs} ms`));
  const leave = () => end.abort(new GuardedFetchError('network', 'no caller waits for it'));
  const timer = setTimeout(expire, timeoutMs);
  abandoned.addEventListener('abort', leave);
  const client = new Client(target.url.origin, {
    connect: guardedConnector(target, connect, end.signal),
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const send = async () => {
    const path = `${target.url.pathname}${target.url.search}`;
    const reply = await client.request({ method, path, headers, body });
    const received = receivedHeaders(reply.headers);
    const encoding = received.get('content-encoding');
    if (encoding !== null && encoding.toLowerCase() !== 'identity')
      throw new GuardedFetchError('encoded', 'content-encoding');
    arrival?.head(reply.statusCode, received);
    const parts = observed(reply.body, (part) => {
      timer.refresh();
      arrival?.part(part);
    });
    const bytes = await boundedBody({ body: arrival ? parts : reply.body }, maxBytes);
    if (bytes === undefined) throw new GuardedFetchError('too_large', `more than ${maxBytes} bytes`);
    return response(target.url.href, reply.statusCode, received, bytes, performance.now() - started);
  };
  try {
    // undici checks its own signal only after it is connected.
    return await untilAborted(send(), end.signal);
  } catch (error) {
    if (error instanceof GuardedFetchError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new GuardedFetchError('network', `exchange: ${code}`);
  } finally {
    clearTimeout(timer);
    abandoned.removeEventListener('abort', leave);
    await client.destroy();
  }
}

async function* observed(body: AsyncIterable<Uint8Array>, onPart: (part: Uint8Array) => void) {
  for await (const part of body) {
    onPart(part);
    yield part;
  }
}

function receivedHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw))
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  return headers;
}

function response(
  url: string,
  status: number,
  headers: Headers,
  body: Uint8Array,
  durationMs: number,
): GuardedResponse {
  const text = () => new TextDecoder().decode(body);
  return { url, status, headers, body, text, json: () => JSON.parse(text()) as unknown, durationMs };
}
