import { ReadableStream } from 'node:stream/web';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { errorFields, log } from '#lib/observability/log.ts';
import { member } from '#lib/text/json.ts';
import { requestMeta } from './operation.ts';
import { INTERNAL_ERROR, messageId, rpcError, SERVER_ERROR } from './rpc-error.ts';

/** Whether the client takes a JSON response, and whether it takes a stream of events. */
export type Accepted = { json: boolean; stream: boolean };

/** What MCP requires a client to accept, and the SDK therefore expects. */
export const BOTH_TYPES = 'application/json, text/event-stream';

/** Some clients and proxies give up after about 12 s without a byte. */
const MAX_SILENCE_MS = 10_000;

/** Reads the `Accept` header (RFC 9110 section 12.5.1). An absent one accepts everything. */
export function acceptedTypes(headers: Headers): Accepted {
  const accept = headers.get('accept')?.toLowerCase().trim() || '*/*';
  return { json: accepts(accept, 'application/json'), stream: accepts(accept, 'text/event-stream') };
}

/** Whether the most specific range that includes a media type has a weight. */
function accepts(accept: string, type: string): boolean {
  const ranges = ['*/*', type.replace(/\/.*/, '/*'), type];
  let best = { specificity: -1, weight: '0' };
  for (const item of accept.split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim());
    const specificity = ranges.indexOf(range);
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    if (specificity > best.specificity) best = { specificity, weight };
  }
  return Number(best.weight) !== 0;
}

const isSubscription = (message: unknown) => member(message, 'method') === 'subscriptions/listen';

/** 406 when a client accepts neither form of the response; a subscription is a stream. */
export function refuseAccept({ json, stream }: Accepted, message: unknown): Response | undefined {
  if (stream || (json && !isSubscription(message))) return undefined;
  const type = json ? 'text/event-stream' : 'application/json or text/event-stream';
  return rpcError(406, SERVER_ERROR, `The response is ${type}: accept that`, undefined, messageId(message));
}

/**
 * A response in a form that the client accepts. It is JSON where possible: only subscriptions and notifications need a
 * stream, and many clients read none. A client that accepts no stream gets no notification.
 */
export async function inAcceptedForm(
  response: Response,
  { json, stream }: Accepted,
  message: unknown,
): Promise<Response> {
  if (!isStream(response))
    return json || response.status !== 200 ? response : streamOf(event(response, message));
  const needed = isSubscription(message) || requestMeta(message)?.progressToken !== undefined;
  if (!json || (stream && needed)) return response;
  const text = await response.text();
  const data = [...text.matchAll(/^data: (.+)$/gm)].map(([, message]) => message);
  // A call that was aborted has no response, and this one reaches no client.
  if (data.length === 0) return new Response(null, { status: 499 });
  if (data.length > 1 && stream) return new Response(text, response);
  return new Response(data.at(-1), { headers: { 'content-type': 'application/json' } });
}

/**
 * Responds after {@link MAX_SILENCE_MS} at the latest to a client that accepts a stream: with a stream of comments, which
 * ends with the response. Proxies would close a connection that is silent for long.
 */
export async function withHeartbeat(
  work: Promise<Response>,
  { stream }: Accepted,
  message: unknown,
  silenceMs = MAX_SILENCE_MS,
): Promise<Response> {
  if (!stream) return work;
  const response = await withDeadline<Response | undefined>(work, silenceMs, () => undefined);
  if (response !== undefined) return response;
  const answered = work.catch((error: unknown) => {
    log('error', 'mcp.failed', errorFields(error));
    return rpcError(500, INTERNAL_ERROR, 'Internal error', undefined, messageId(message));
  });
  return streamOf(heartbeat(answered, message, silenceMs));
}

async function* heartbeat(work: Promise<Response>, message: unknown, silenceMs: number) {
  let response: Response | undefined;
  while (response === undefined) {
    yield Buffer.from(': still running\n\n');
    response = await withDeadline<Response | undefined>(work, silenceMs, () => undefined);
  }
  if (isStream(response)) yield* response.body ?? [];
  else yield* event(response, message);
}

/** The JSON-RPC message in a response; empty when it has none. A refusal of OAuth becomes an error of the request. */
export async function messageText(response: Response, message: unknown): Promise<string> {
  const text = await response.text();
  const refusal = text === '' ? undefined : member(JSON.parse(text), 'error_description');
  const error = { code: SERVER_ERROR, message: refusal };
  return refusal === undefined ? text : JSON.stringify({ jsonrpc: '2.0', id: messageId(message), error });
}

async function* event(response: Response, message: unknown) {
  const data = await messageText(response, message);
  if (data !== '') yield Buffer.from(`event: message\ndata: ${data}\n\n`);
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

function streamOf(events: AsyncIterable<Uint8Array>): Response {
  return new Response(ReadableStream.from(events) as BodyInit, {
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  });
}
