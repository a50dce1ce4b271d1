import type { Client } from '@modelcontextprotocol/client';
import type { Trace } from '#features/discovery/trace.ts';
import type { CallAnswer, CallResult } from '../messages.ts';
import { type InspectorContext, userTrace } from './context.ts';
import { type McpOutcome, withMcpClient } from './mcp-session.ts';
import { problemFinding } from './problems.ts';
import { newestTokens, refreshOnce } from './refresh-once.ts';
import { endSession, readSession, summarize, writeSession } from './session.ts';
import type { Session } from './sign-in/flow.ts';

/**
 * Connects to the server of the session and makes one request there.
 *
 * @param operation - name of the request, by which step-ups are counted
 */
export function callServer<Result extends CallResult>(
  context: InspectorContext,
  operation: string,
  request: (client: Client) => Promise<Result>,
): Promise<CallAnswer<Result>> {
  return withSession(context, (session, trace) =>
    withMcpClient(
      session,
      operation,
      { trace, refresh: (expired) => refreshOnce(context, trace, expired) },
      request,
    ),
  );
}

/** Refreshes the tokens of the session. A refused refresh token ends it. */
export function refreshSession(context: InspectorContext): Promise<CallAnswer> {
  return withSession(context, async (session, trace) => {
    trace.masker.remember(session.tokens.accessToken);
    const outcome = await refreshOnce(context, trace, session);
    if (!outcome.problem) return { value: undefined, session: { ...session, tokens: outcome.tokens } };
    const ended = outcome.problem.reason === 'refresh_refused';
    return { problems: [outcome.problem], session: ended ? undefined : session };
  });
}

async function withSession<Result extends CallResult>(
  context: InspectorContext,
  run: (session: Session, trace: Trace) => Promise<McpOutcome<Result | undefined>>,
): Promise<CallAnswer<Result>> {
  const trace = userTrace(context);
  const before = await readSession(context);
  if (!before) return { exchanges: [], findings: [problemFinding({ reason: 'session_expired' })] };
  const { session, value: result, failure, problems = [] } = await run(before, trace);
  if (!session) endSession(context);
  // Another tab may have refreshed the tokens while this request ran.
  else if (session !== before)
    await writeSession(context, { ...session, tokens: await newestTokens(context, session) });
  return {
    exchanges: trace.exchanges,
    findings: problems.map(problemFinding),
    result,
    failure,
    session: session && summarize(session),
    stepUp: problems.some(({ reason }) => reason === 'insufficient_scope')
      ? session?.needed?.scopes
      : undefined,
  };
}
