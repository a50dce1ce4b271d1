import { boundedBody } from '#lib/http/bounded-body.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { type CallEvent, callRequest } from '../call-messages.ts';
import { prepareCall } from './call-server.ts';
import type { InspectorContext } from './context.ts';
import { beginCall } from './live-calls.ts';
import { parseJson, refuse, STREAM_HEADERS, unauthorized } from './stream.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * `POST /inspector/api/call`: makes one request to an MCP server. The response is one JSON object per line: exchanges,
 * progress and notifications as they happen, and last the outcome. Closing the connection cancels the request.
 */
export async function callRoute(
  request: Request,
  context: InspectorContext | MutationRefusal,
): Promise<Response> {
  if (typeof context === 'string') return unauthorized(context);
  if (!request.headers.get('content-type')?.startsWith('application/json'))
    return refuse(415, 'invalid_request');
  const bytes = await boundedBody(request, MAX_BODY_BYTES);
  if (bytes === undefined) return refuse(413, 'invalid_request');
  const { data } = callRequest.safeParse(parseJson(bytes));
  if (data === undefined) return refuse(400, 'invalid_request');
  const end = beginCall(context.user.id);
  if (end === undefined) return refuse(429, 'too_many_requests');

  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const encoder = new TextEncoder();
  const waiting: CallEvent[] = [];
  let write = (event: CallEvent): unknown => waiting.push(event);
  try {
    const run = await prepareCall(context, data, (event) => write(event));
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        let open = true;
        write = (event) => {
          // The person may have left the page or cancelled; an abandoned exchange may end after the outcome.
          if (open && !signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
          open &&= event.type !== 'done';
        };
        for (const event of waiting) write(event);
        try {
          await run(signal);
          if (!signal.aborted) controller.close();
        } catch (error) {
          if (!signal.aborted) controller.error(error);
        } finally {
          end();
        }
      },
      cancel: () => left.abort(),
    });
    return new Response(stream, { headers: STREAM_HEADERS });
  } catch (error) {
    end();
    throw error;
  }
}
