import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { type CallEvent, callRequest } from '../call-messages.ts';
import { prepareCall } from './call-server.ts';
import type { InspectorContext } from './context.ts';
import { beginCall } from './live-calls.ts';
import { readRequest, refuse, streamLines } from './stream.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * `POST /inspector/api/call`: makes one request to an MCP server. The response is one JSON object per line: exchanges,
 * progress and notifications as they happen, and last the outcome. Closing the connection cancels the request.
 */
export async function callRoute(
  request: Request,
  authorized: InspectorContext | MutationRefusal,
): Promise<Response> {
  const read = await readRequest(request, authorized, { schema: callRequest, maxBytes: MAX_BODY_BYTES });
  if (read instanceof Response) return read;
  const { context, data } = read;
  const end = beginCall(context.user.id);
  if (end === undefined) return refuse(429, 'too_many_requests');

  const waiting: CallEvent[] = [];
  let write = (event: CallEvent): unknown => waiting.push(event);
  try {
    // Before the response begins: a refresh of the tokens sets cookies.
    const run = await prepareCall(context, data, (event) => write(event));
    return streamLines<CallEvent>(request, async (send, signal) => {
      let open = true;
      write = (event) => {
        // An abandoned exchange may end after the outcome.
        if (open) send(event);
        open &&= event.type !== 'done';
      };
      try {
        for (const event of waiting) write(event);
        await run(signal);
      } finally {
        end();
      }
    });
  } catch (error) {
    end();
    throw error;
  }
}
