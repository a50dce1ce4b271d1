import { serverUrlProblem } from '#features/discovery/steps/urls.ts';
import type { Trace } from '#features/discovery/trace.ts';
import type { CallRequest } from '../call-messages.ts';
import type { RefreshAnswer } from '../messages.ts';
import { type InspectorContext, userTrace } from './context.ts';
import { type DirectAccess, isExpired } from './mcp-session.ts';
import { type Problem, problemFinding } from './problems.ts';
import { newestTokens, refreshOnce } from './refresh-once.ts';
import { endSession, readSession, summarize, writeSession } from './session.ts';
import type { Session } from './sign-in/flow.ts';

/** `session` is set when it can still be used later. */
type NoAccess = { problem: Problem; session?: Session };

/** Access to the server of a request. The tokens of a session are refreshed when they have expired. */
export async function accessTo(
  context: InspectorContext,
  { server, authorization }: CallRequest,
  trace: Trace,
): Promise<Session | DirectAccess | NoAccess> {
  const problem = serverUrlProblem(server, context.config.loopback);
  if (problem) return { problem };
  switch (authorization.kind) {
    case 'none':
      return { serverUrl: server, headers: [] };
    case 'bearer':
      return { serverUrl: server, headers: [['authorization', `Bearer ${authorization.token}`]] };
    case 'headers':
      return { serverUrl: server, headers: authorization.headers.map(({ name, value }) => [name, value]) };
    case 'session': {
      const session = await readSession(context, server);
      if (!session) return { problem: { reason: 'session_expired' } };
      return isExpired(session) ? renew(context, server, trace, session) : session;
    }
  }
}

/** Refreshes the tokens of a session and keeps them in its cookies. A refused refresh token ends it. */
async function renew(
  context: InspectorContext,
  server: string,
  trace: Trace,
  session: Session,
): Promise<Session | NoAccess> {
  trace.masker.remember(session.tokens.accessToken);
  const { tokens, problem } = await refreshOnce(context, trace, session);
  if (tokens) {
    const renewed = { ...session, tokens };
    await writeSession(context, renewed);
    return renewed;
  }
  if (problem.reason !== 'refresh_refused') return { problem, session };
  endSession(context, server);
  return { problem };
}

/** Refreshes the tokens of a session, as a person asks for it. */
export async function refreshSession(context: InspectorContext, serverUrl: string): Promise<RefreshAnswer> {
  const trace = userTrace(context);
  const session = await readSession(context, serverUrl);
  if (!session) return { exchanges: [], findings: [problemFinding({ reason: 'session_expired' })] };
  const renewed = await renew(context, serverUrl, trace, session);
  const { exchanges } = trace;
  if (!('problem' in renewed)) return { exchanges, findings: [], session: summarize(renewed) };
  const { problem, session: kept } = renewed;
  return { exchanges, findings: [problemFinding(problem)], session: kept && summarize(kept) };
}

/** Keeps the tokens that a request refreshed while its response was on its way, when no cookie can be set any more. */
export async function keepRenewedTokens(context: InspectorContext, serverUrl: string): Promise<void> {
  const session = await readSession(context, serverUrl);
  if (session) await writeSession(context, { ...session, tokens: await newestTokens(context, session) });
}
