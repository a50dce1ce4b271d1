import { checkRevocation, RevocationUnavailableError } from '#lib/connections/revocation.ts';
import { refuseBusyCaller } from '#lib/limits/limits.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { challengeResponse, unavailableResponse } from '#lib/oauth/challenge.ts';
import { log } from '#lib/observability/log.ts';
import { ActiveCall } from './active-calls.ts';
import { readJsonBody } from './body.ts';
import { deny } from './call.ts';
import type { RequestContext } from './context.ts';
import { readOperation } from './operation.ts';
import { recordAfterResponse, recordLimitedCall } from './record-call.ts';

/** Why the access of a connection ended. */
type Ended = 'revoked' | 'expired';

/** Whether the connection of a caller is revoked or expired; 503 when the database cannot be reached. */
export async function revocationState(caller: Caller): Promise<'active' | Ended | Response> {
  try {
    return await checkRevocation(caller);
  } catch (error) {
    if (!(error instanceof RevocationUnavailableError)) throw error;
    log('error', 'mcp.revocation_unavailable');
    return unavailableResponse();
  }
}

/**
 * The challenge for a connection whose access ended, even if its body or its rate would be refused as well. The call counts and is
 * recorded like any other, with the operation that its body names.
 */
export async function refuseRevoked(
  caller: Caller,
  ended: Ended,
  startedAt: number,
  context: RequestContext,
): Promise<Response> {
  const { request, settings, schedule, span } = context;
  const busy = await refuseBusyCaller(caller, settings, schedule);
  if (busy === undefined) {
    const body = await readJsonBody(request);
    const json = body instanceof Response ? undefined : body.json;
    const call = new ActiveCall(request, caller, readOperation(json, request.headers), schedule);
    span.start(call, json);
    deny(call, ended);
    recordAfterResponse(call, startedAt, context);
  } else if (busy.first) recordLimitedCall(caller, startedAt, context);
  const reason = ended === 'expired' ? 'connection_expired' : ended;
  return challengeResponse({ reason }, settings, request.headers.get('mcp-protocol-version'));
}
