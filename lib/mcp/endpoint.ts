import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { config } from '#lib/config/env.ts';
import { refuseBusyCaller, refuseOverload } from '#lib/limits/limits.ts';
import { readBearerToken } from '#lib/oauth/bearer.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { backgroundWork } from '#lib/server/background.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import { ActiveCall } from './active-calls.ts';
import { runAfterResponse, type Task } from './after-response.ts';
import { authenticate, cachedCaller, refuseToken } from './authenticate.ts';
import { respondToBatch } from './batch.ts';
import { CLIENT_LEFT, readJsonBody, refuseBodyHeaders } from './body.ts';
import { callHandler, refuseMissingScopes } from './call-handler.ts';
import type { RequestContext } from './context.ts';
import { instrument } from './instrument.ts';
import { mergeRepeatedHeaders, normalizeMessage } from './message.ts';
import { readOperation } from './operation.ts';
import { preflightResponse, refuseForeignHost, refuseForeignOrigin, withCors } from './origin.ts';
import { recordAfterResponse, recordLimitedCall } from './record-call.ts';
import { refuseRevoked, revocationState } from './revocation.ts';
import { rpcError, SERVER_ERROR } from './rpc-error.ts';
import { mcpHandler } from './server.ts';

/**
 * The MCP endpoint: answers with {@link respond}, and adds a request id and CORS headers.
 *
 * @param request - the request; its URL is not used
 * @param after - Next's `after`
 * @param handler - the MCP server behind the guards; tests pass their own
 */
export async function handleMcp(
  request: Request,
  after: Schedule,
  handler: McpHttpHandler = mcpHandler(),
): Promise<Response> {
  const settings = config();
  mergeRepeatedHeaders(request.headers);
  const tasks: Task[] = [];
  const schedule: Schedule = (task) => void tasks.push(task);
  const response = await instrument(request, settings, schedule, (span) =>
    respond({ request, settings, schedule, span }, handler),
  );
  withCors(request, response, settings);
  schedule(backgroundWork);
  runAfterResponse(tasks, response, after);
  return response;
}

/** Every check of a request, in order. Each step returns a refusal, or what the next step needs. */
async function respond(context: RequestContext, handler: McpHttpHandler): Promise<Response> {
  const { request, settings, schedule, span } = context;

  // 1. Host and Origin: 403. A preflight has no credentials, so it is answered here.
  const foreign = refuseForeignHost(request, settings) ?? refuseForeignOrigin(request, settings);
  if (foreign !== undefined) return foreign;
  if (request.method === 'OPTIONS') return preflightResponse(request);

  // 2. The Authorization header: without a token every method gets the challenge, 401; a malformed one is 400. Then the
  // headers of the body: 415 or 413.
  const token = readBearerToken(request.headers);
  if (typeof token !== 'string') return refuseToken(token, context);
  const badHeaders = request.method === 'POST' ? refuseBodyHeaders(request.headers) : undefined;
  if (badHeaders !== undefined) return badHeaders;

  // 3. The token: 401, 429 for a forged one during a flood of them, 503 without keys. With a valid token, anything but POST
  // is 405.
  const caller = cachedCaller(token) ?? (await authenticate(token, context));
  if (caller instanceof Response) return caller;
  if (request.method !== 'POST') return methodNotAllowed();
  const startedAt = performance.now();

  // 4. Revocation, at the point of use: 401, or 503 without the database.
  const state = await revocationState(caller);
  if (state instanceof Response) return state;
  if (state !== 'active') return refuseRevoked(caller, state, startedAt, context);

  // 5. Limits of the connection, of the person and of this instance: 429 or 503.
  const busy = await refuseBusyCaller(caller, settings, schedule);
  if (busy?.first) recordLimitedCall(caller, startedAt, context);
  if (busy !== undefined) return busy.response;
  const overload = refuseOverload(caller, settings, schedule);
  if (overload !== undefined) return overload;

  // 6. The body, read within these limits: 400, 408 or 413. From here on each message is a call.
  const body = await readJsonBody(request);
  if (body instanceof Response) {
    if (body.status === CLIENT_LEFT) span.rejection = 'ended';
    return body;
  }
  const respondTo = (message: unknown, context: RequestContext) =>
    respondToMessage(message, caller, startedAt, context, handler);
  if (Array.isArray(body.json)) return respondToBatch(body.json, caller, startedAt, context, respondTo);
  return respondTo(body.json, context);
}

async function respondToMessage(
  message: unknown,
  caller: Caller,
  startedAt: number,
  context: RequestContext,
  handler: McpHttpHandler,
): Promise<Response> {
  const { request, schedule, span } = context;
  normalizeMessage(message);
  const call = new ActiveCall(request, caller, readOperation(message, request.headers), schedule);
  span.start(call, message);

  // 7. Scopes that every call needs: 403. Then the MCP server: it validates the message, checks the scopes of the tool (its
  // own 403) and runs it. A call that is revoked meanwhile ends in 401.
  const response =
    refuseMissingScopes(call, context) ??
    (await span.run(() => callHandler(handler, call, message, context)));

  // 8. The activity is recorded after the response.
  recordAfterResponse(call, startedAt, context);
  return response;
}

function methodNotAllowed(): Response {
  const response = rpcError(405, SERVER_ERROR, 'Send JSON-RPC messages with POST');
  response.headers.set('allow', 'POST, OPTIONS');
  return response;
}
