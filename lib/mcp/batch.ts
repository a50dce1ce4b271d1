import { refuseBusyCaller, refuseOverload } from '#lib/limits/limits.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { ActiveCall } from './active-calls.ts';
import type { RequestContext } from './context.ts';
import { CallSpan } from './instrument.ts';
import { acceptedTypes, inAcceptedForm, messageText, withHeartbeat } from './negotiation.ts';
import { readOperation } from './operation.ts';
import { recordLimitedCall } from './record-call.ts';
import { INVALID_REQUEST, rpcError } from './rpc-error.ts';

/** The only revision with batches. It has no version header: a request without one is assumed to be of this revision. */
const REVISION = '2025-03-26';
const MAX_MESSAGES = 100;

/**
 * Responds to a batch (MCP 2025-03-26, JSON-RPC 2.0 section 6): each message is a call of its own for limits, scopes and
 * records.
 *
 * @param respondTo - responds to one message, in JSON
 * @returns 400 for a batch of another revision, an empty or a long one; 429 or 503 when the calls exceed a limit, and
 *   then none runs
 */
export async function respondToBatch(
  batch: readonly unknown[],
  caller: Caller,
  startedAt: number,
  context: RequestContext,
  respondTo: (message: unknown, context: RequestContext) => Promise<Response>,
): Promise<Response> {
  const { request, settings, schedule, span } = context;
  if ((request.headers.get('mcp-protocol-version') ?? REVISION) !== REVISION)
    return rpcError(
      400,
      INVALID_REQUEST,
      `Send one message in each request: only revision ${REVISION} has batches`,
    );
  if (batch.length === 0 || batch.length > MAX_MESSAGES)
    return rpcError(400, INVALID_REQUEST, `Send 1 to ${MAX_MESSAGES} messages in a batch`);
  // One call was counted before the body was read.
  const others = batch.length - 1;
  const busy = await refuseBusyCaller(caller, settings, schedule, others);
  if (busy?.first) recordLimitedCall(caller, startedAt, context);
  const refusal = busy?.response ?? refuseOverload(caller, settings, schedule, others);
  if (refusal !== undefined) return refusal;

  span.start(new ActiveCall(request, caller, readOperation(batch, request.headers), schedule), undefined);
  const accepted = acceptedTypes(request.headers);
  const headers = new Headers(request.headers);
  headers.set('accept', 'application/json');
  const { url, signal } = request;
  const responses = batch.map(async (message) => {
    const own = {
      ...context,
      request: new Request(url, { method: 'POST', headers, signal }),
      span: new CallSpan(undefined),
    };
    return messageText(await respondTo(message, own), message);
  });
  const joined = Promise.all(responses).then((texts) => {
    const present = texts.filter((text) => text !== '');
    const response =
      present.length === 0
        ? new Response(null, { status: 202 })
        : new Response(`[${present.join(',')}]`, { headers: { 'content-type': 'application/json' } });
    return inAcceptedForm(response, accepted, batch);
  });
  return withHeartbeat(joined, accepted, batch);
}
