import type { FetchLike } from '@modelcontextprotocol/client';
import { type Answer, contentType, type Trace } from '#features/discovery/trace.ts';
import { bearerChallenge, parseChallenges } from '#features/discovery/www-authenticate.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Problem } from './problems.ts';

/** The refusal of a request that carried a token. */
export type Refusal = {
  status: 401 | 403;
  exchangeId: string;
  /** `error` of the Bearer challenge. */
  error: string | undefined;
  scopes: readonly string[];
};

type TransportEvents = {
  onProblem: (problem: Problem) => void;
  /** Called for each response to a message, and for that to the stream of HTTP+SSE. */
  onResponse: (refusal: Refusal | undefined, answer: Answer & { failure?: undefined }) => void;
};

type TransportOptions = {
  /** Whether to open the standalone stream of earlier revisions. Otherwise a GET gets 405 here, without a request. */
  standaloneStream?: boolean;
  /** Whether a GET opens the stream of HTTP+SSE (2024-11-05), which carries all responses. It is opened once. */
  sse?: boolean;
  /** From one part of a response to the next. */
  timeoutMs?: number;
};

const MAX_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** How long a closing client waits for its notifications to be answered, and for its streams to close. */
const LAST_WORDS_MS = 2_000;
const BODYLESS = new Set([101, 204, 205, 304]);

/**
 * A fetch for the SDK's transport that uses the guarded fetch, records every exchange and follows no redirect. An
 * event stream is passed on while it arrives; any other response when it is complete.
 *
 * @returns `spoken` resolves when the notifications that were sent are answered, `closed` when the streams have ended and
 *   are recorded; both after two seconds at the latest
 */
export function guardedTransportFetch(
  trace: Trace,
  events: TransportEvents,
  { standaloneStream = false, sse = false, timeoutMs = TIMEOUT_MS }: TransportOptions = {},
): { fetch: FetchLike; spoken: () => Promise<unknown>; closed: () => Promise<unknown> } {
  const notifications = new Set<Promise<unknown>>();
  const streams = new Set<Promise<unknown>>();
  let opened = false;
  const send = async (input: string | URL, init: RequestInit): Promise<Response> => {
    const method = init.method ?? 'GET';
    if (method === 'GET' && !standaloneStream && !sse) return new Response(null, { status: 405 });
    // A stream that ended is not opened again: its session is over.
    if (method === 'GET' && sse && opened) return new Response(null, { status: 204 });
    const body = typeof init.body === 'string' ? init.body : undefined;
    const streamed = Promise.withResolvers<Response>();
    let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
    let streaming = false;
    const answer = trace.send({
      step: 'mcp',
      title: method === 'POST' ? messageTitle(body) : sse ? SSE_TITLE : (TITLES[method] ?? method),
      to: 'mcp-server',
      url: String(input),
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      body,
      maxBytes: MAX_BYTES,
      timeoutMs,
      signal: init.signal ?? undefined,
      arrival: {
        head(status, headers) {
          if (status !== 200 || contentType(headers) !== 'text/event-stream') return;
          streaming = true;
          opened ||= method === 'GET';
          const source: UnderlyingDefaultSource<Uint8Array> = {
            start: (controller) => {
              stream = controller;
            },
            cancel: () => {
              stream = undefined;
            },
          };
          streamed.resolve(new Response(new ReadableStream(source), { status, headers }));
        },
        part(bytes) {
          stream?.enqueue(bytes);
        },
      },
    });
    const whole = answer.then((result) => {
      const exchangeId = result.exchange.id;
      const subject = 'the MCP server' as const;
      if (result.failure) {
        if (result.failure !== 'cancelled')
          events.onProblem({ reason: 'not_fetched', exchangeId, subject, failure: result.failure });
        const error = new Error('The MCP server did not respond.');
        stream?.error(error);
        throw error;
      }
      if (streaming) stream?.close();
      const { status, headers, body: bytes } = result.response;
      if (status >= 300 && status < 400) {
        const location = headers.get('location') ?? '';
        events.onProblem({ reason: 'redirected', exchangeId, subject, location });
        throw new Error('The MCP server redirects.');
      }
      if (method === 'POST' || sse) events.onResponse(refusalOf(status, headers, exchangeId), result);
      return new Response(BODYLESS.has(status) ? null : new Uint8Array(bytes), { status, headers });
    });
    const track = (set: Set<Promise<unknown>>) => {
      set.add(whole);
      whole.catch(() => undefined).finally(() => set.delete(whole));
    };
    if (body?.includes('"method":"notifications/')) track(notifications);
    void streamed.promise.then(() => track(streams));
    return Promise.race([streamed.promise, whole]);
  };
  const ended = (set: Set<Promise<unknown>>) => () =>
    withDeadline(Promise.allSettled(set), LAST_WORDS_MS, () => []);
  return {
    fetch: (input, init = {}) => send(input, init),
    spoken: ended(notifications),
    closed: ended(streams),
  };
}

const SSE_TITLE = 'Stream of HTTP+SSE';
const TITLES: Record<string, string> = { GET: 'Stream of notifications', DELETE: 'Session termination' };

function refusalOf(status: number, headers: Headers, exchangeId: string): Refusal | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const parameters = bearerChallenge(parseChallenges(headers.get('www-authenticate')))?.parameters;
  const scopes = parameters?.scope?.split(' ').filter((scope) => scope !== '') ?? [];
  return { status, exchangeId, error: parameters?.error, scopes };
}

/** The method of a JSON-RPC message with the name or URI in its parameters. */
function messageTitle(body: string | undefined): string {
  try {
    const { method, params } = JSON.parse(body ?? '') as {
      method?: unknown;
      params?: { name?: unknown; uri?: unknown };
    };
    const subject = params?.name ?? params?.uri;
    return sanitize([method, subject].filter((part) => typeof part === 'string').join(' ')) || 'Message';
  } catch {
    return 'Message';
  }
}
