import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { protectedResourceMetadataUrl } from '#lib/config/urls.ts';
import { challengeResponse, insufficientScopeResponse } from '#lib/oauth/challenge.ts';
import { BASE_SCOPES } from '#lib/oauth/scopes.ts';
import { CallEndedError } from './active-calls.ts';
import { authInfoOf, type Call, deny, fail } from './call.ts';
import type { RequestContext } from './context.ts';
import {
  type Accepted,
  acceptedTypes,
  BOTH_TYPES,
  inAcceptedForm,
  refuseAccept,
  withHeartbeat,
} from './negotiation.ts';

/** 403 `insufficient_scope` for a token without the base scopes, which every call needs. */
export function refuseMissingScopes(call: Call, { request, settings }: RequestContext): Response | undefined {
  if (BASE_SCOPES.every((scope) => call.caller.scopes.has(scope))) return undefined;
  deny(call, 'insufficient_scope');
  return insufficientScopeResponse(BASE_SCOPES, settings, request.headers.get('mcp-protocol-version'));
}

/**
 * Passes a call to the handler and sets its outcome. 406 when the client accepts no form of the response; the challenge
 * when the call was revoked while it ran.
 */
export async function callHandler(
  handler: McpHttpHandler,
  call: Call,
  json: unknown,
  context: RequestContext,
): Promise<Response> {
  const accepted = acceptedTypes(context.request.headers);
  const refusal = refuseAccept(accepted, json);
  if (refusal !== undefined) {
    fail(call, 'protocol');
    return refusal;
  }
  return withHeartbeat(runHandler(handler, call, json, accepted, context), accepted, json);
}

async function runHandler(
  handler: McpHttpHandler,
  call: Call,
  json: unknown,
  accepted: Accepted,
  { request, settings }: RequestContext,
): Promise<Response> {
  const authInfo = authInfoOf(call, protectedResourceMetadataUrl(settings));
  request.headers.set('accept', BOTH_TYPES);
  const answer = await handler.fetch(request, { authInfo, parsedBody: json });
  const response = await inAcceptedForm(answer, accepted, json);
  const { reason } = call.abortState;
  if (reason instanceof CallEndedError && reason.why === 'revoked') {
    deny(call, 'revoked');
    return challengeResponse({ reason: 'revoked' }, settings, request.headers.get('mcp-protocol-version'));
  }
  if (call.outcome !== 'allowed') return response;
  if (response.status === 403) deny(call, 'insufficient_scope');
  else if (response.status >= 400) fail(call, call.abortState.aborted ? 'ended' : 'protocol');
  return response;
}
