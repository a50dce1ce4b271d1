import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { type Config, config } from '#lib/config/env.ts';
import { protectedResourceMetadataUrl } from '#lib/config/urls.ts';
import { pendingWrite, recordCall } from '#lib/connections/activity.ts';
import { checkRevocation, RevocationUnavailableError } from '#lib/connections/revocation.ts';
import {
  countFailedAuthentication,
  refuseBusyConnection,
  refuseFlood,
  refuseOverload,
} from '#lib/limits/limits.ts';
import { readBearerToken } from '#lib/oauth/bearer.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { challengeResponse, insufficientScopeResponse, unavailableResponse } from '#lib/oauth/challenge.ts';
import { AccessTokenRejectedError, rejectionLogFields, type TokenRejection } from '#lib/oauth/rejection.ts';
import { BASE_SCOPES } from '#lib/oauth/scopes.ts';
import { log } from '#lib/observability/log.ts';
import type { After } from '#lib/server/after.ts';
import { peerAddress } from '#lib/server/client-ip.ts';
import { CallEndedError, RunningCall } from './active-calls.ts';
import { withTasksAfter } from './after-response.ts';
import { authenticate, recognise } from './authenticate.ts';
import { BodyRefusedError, readJsonBody, refuseBodyByHeaders } from './body.ts';
import { authInfoOf, type Call } from './call.ts';
import { type Observation, observed } from './instrument.ts';
import { type Operation, readOperation } from './operation.ts';
import { preflightResponse, refuseForeignHost, refuseForeignOrigin, withCors } from './origin.ts';
import { rpcError } from './rpc-error.ts';
import { mcpHandler } from './server.ts';

/** What serving a request takes besides the request. */
type Serving = { settings: Config; after: After; handler: McpHttpHandler; observation: Observation };

/**
 * The MCP endpoint: guards, authentication, revocation, then the handler. Whatever is refused is refused before a
 * tool runs.
 *
 * @param request - the request; of its URL nothing is used
 * @param after - runs a task after the response
 * @param handler - what stands behind the guards; the tests of the protocol put their own server there
 */
export async function handleMcp(
  request: Request,
  after: After,
  handler: McpHttpHandler = mcpHandler(),
): Promise<Response> {
  const settings = config();
  return withTasksAfter(after, (afterwards) =>
    observed(request, settings, afterwards, (observation) =>
      guarded(request, { settings, after: afterwards, handler, observation }),
    ),
  );
}

async function guarded(request: Request, serving: Serving): Promise<Response> {
  const { settings } = serving;
  const foreign = refuseForeignHost(request, settings) ?? refuseForeignOrigin(request, settings);
  if (foreign !== undefined) return foreign;
  if (request.method === 'OPTIONS') return preflightResponse(request);
  return withCors(request, await serve(request, serving));
}

async function serve(request: Request, serving: Serving): Promise<Response> {
  const { settings } = serving;
  try {
    const token = readBearerToken(request.headers);
    if (request.method === 'POST') refuseBodyByHeaders(request.headers);
    const known = recognise(token);
    // A token that is known to be good needs no flood check, and is not held up by a flood from its address.
    const flooded =
      known === undefined ? await refuseFlood(peerAddress(request, settings), settings) : undefined;
    if (flooded !== undefined) return flooded;
    const caller = known ?? (await authenticate(token, settings));
    if (request.method !== 'POST') return methodNotAllowed();
    return await serveCaller(request, caller, serving);
  } catch (error) {
    if (error instanceof AccessTokenRejectedError) return refuseToken(error.rejection, request, serving);
    if (error instanceof BodyRefusedError) return rpcError(error.status, error.rpcCode, error.message);
    if (error instanceof RevocationUnavailableError) {
      log('error', 'mcp.revocation_unavailable');
      return unavailableResponse();
    }
    return serving.observation.failed(error);
  }
}

/** From a verified caller on: every outcome is recorded as this connection's activity. */
async function serveCaller(request: Request, caller: Caller, serving: Serving): Promise<Response> {
  const { settings, after } = serving;
  const startedAt = performance.now();
  const revoked = (await checkRevocation(caller)) === 'revoked';
  const busy = await refuseBusyConnection(caller, settings, after);
  if (busy !== undefined) {
    const call = callOfHeaders(request, caller);
    deny(call, 'call_limit');
    if (busy.first) recordAfter(after, call, startedAt);
    return revoked ? challengeResponse({ reason: 'revoked' }, settings) : busy.response;
  }
  const overload = refuseOverload(caller, settings, after);
  if (overload !== undefined && !revoked) return overload;
  const body = await readJsonBody(request).catch((error: unknown) => {
    // Whoever is cut off is told so, whatever they sent.
    if (revoked && error instanceof BodyRefusedError) return undefined;
    throw error;
  });
  const operation = readOperation(body, request.headers);
  const call = new RunningCall(request, caller, operation, after);
  const response = await serving.observation.run(call, body, () =>
    revoked ? refuseRevoked(call, settings) : run(request, body, call, serving),
  );
  recordAfter(after, call, startedAt);
  return response;
}

/** A call whose body nobody reads. */
function callOfHeaders(request: Request, caller: Caller): Call {
  const operation: Operation = readOperation(undefined, request.headers);
  return {
    caller,
    operation,
    signal: request.signal,
    ended: request.signal,
    outcome: 'allowed',
    reason: undefined,
  };
}

function recordAfter(after: After, call: Call, startedAt: number): void {
  const durationMs = performance.now() - startedAt;
  after(() => {
    // Who goes away in the middle of an answer has not been served.
    if (call.ended.aborted && call.outcome === 'allowed') {
      call.outcome = 'failed';
      call.reason = 'ended';
    }
    const { caller, operation, outcome, reason } = call;
    recordCall({ caller, at: new Date(), ...operation, outcome, reason, durationMs });
    return pendingWrite();
  });
}

function refuseRevoked(call: Call, settings: Config): Response {
  deny(call, 'revoked');
  return challengeResponse({ reason: 'revoked' }, settings);
}

async function run(
  request: Request,
  body: unknown,
  call: Call,
  { settings, handler }: Serving,
): Promise<Response> {
  if (!BASE_SCOPES.every((scope) => call.caller.scopes.has(scope))) {
    deny(call, 'insufficient_scope');
    return insufficientScopeResponse(BASE_SCOPES, settings);
  }
  const authInfo = authInfoOf(call, protectedResourceMetadataUrl(settings));
  const response = await handler.fetch(request, { authInfo, parsedBody: body });
  const { reason } = call.ended;
  if (reason instanceof CallEndedError && reason.why === 'revoked') return refuseRevoked(call, settings);
  if (response.status === 403) deny(call, 'insufficient_scope');
  else if (response.status >= 400) {
    call.outcome = 'failed';
    call.reason = 'protocol';
  }
  return response;
}

function deny(call: Call, reason: string): void {
  call.outcome = 'denied';
  call.reason = reason;
}

async function refuseToken(
  rejection: TokenRejection,
  request: Request,
  { settings, observation, after }: Serving,
): Promise<Response> {
  observation.rejection = rejection.reason;
  if (rejection.reason !== 'missing') {
    const address = peerAddress(request, settings);
    log('warn', 'mcp.token_rejected', { address, ...rejectionLogFields(rejection) });
    if (rejection.reason !== 'keys_unavailable') await countFailedAuthentication(address, settings, after);
  }
  return challengeResponse(rejection, settings);
}

function methodNotAllowed(): Response {
  const response = rpcError(405, -32000, 'Send JSON-RPC messages with POST');
  response.headers.set('allow', 'POST, OPTIONS');
  return response;
}
