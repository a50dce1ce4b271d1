import type { z } from 'zod';
import { boundedBody } from '#lib/http/bounded-body.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { Refusal } from '../messages.ts';
import type { InspectorContext } from './context.ts';

const STREAM_HEADERS = {
  'content-type': 'application/x-ndjson',
  'cache-control': 'private, no-store',
  // Reverse proxies that buffer a response would show everything at the end.
  'x-accel-buffering': 'no',
};

const STATUS: Record<MutationRefusal, number> = {
  cross_site: 403,
  signed_out: 401,
  session_unavailable: 503,
};

/**
 * Reads a request for a stream of lines: it must be authorized, JSON, and fit the schema.
 *
 * @param context - of the person, or why the request is refused
 * @returns the response when it is refused
 */
export async function readRequest<Schema extends z.ZodType>(
  request: Request,
  context: InspectorContext | MutationRefusal,
  { schema, maxBytes }: { schema: Schema; maxBytes: number },
): Promise<{ context: InspectorContext; data: z.output<Schema> } | Response> {
  if (typeof context === 'string') return refuse(STATUS[context], context);
  if (!request.headers.get('content-type')?.startsWith('application/json'))
    return refuse(415, 'invalid_request');
  const bytes = await boundedBody(request, maxBytes);
  if (bytes === undefined) return refuse(413, 'invalid_request');
  const { data } = schema.safeParse(parseJson(bytes));
  return data === undefined ? refuse(400, 'invalid_request') : { context, data };
}

export function refuse(status: number, refused: Refusal['refused']): Response {
  return Response.json({ refused } satisfies Refusal, {
    status,
    headers: { 'cache-control': 'private, no-store' },
  });
}

/** The JSON in `bytes`; undefined when it is none. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * A response with one JSON object per line, which ends when `run` has.
 *
 * @param run - gets a function that sends one line, and the signal that aborts when the browser has left: nothing is
 *   sent any more
 */
export function streamLines<Event>(
  request: Request,
  run: (send: (event: Event) => void, signal: AbortSignal) => Promise<void>,
): Response {
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const encoder = new TextEncoder();
  const lines = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (event: Event) => {
        if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
      };
      try {
        await run(send, signal);
        if (!signal.aborted) controller.close();
      } catch (error) {
        if (!signal.aborted) controller.error(error);
      }
    },
    cancel: () => left.abort(),
  });
  return new Response(lines, { headers: STREAM_HEADERS });
}
