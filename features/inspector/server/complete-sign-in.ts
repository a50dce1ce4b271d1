import type { Exchange } from '#features/discovery/exchange.ts';
import { readToken } from '#features/discovery/token-facts.ts';
import type { Trace } from '#features/discovery/trace.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import type { CompleteAnswer } from '../messages.ts';
import { type InspectorContext, ownKey, userTrace } from './context.ts';
import { problemFinding } from './problems.ts';
import type { CallbackOutcome } from './receive-callback.ts';
import { deleteSealedCookie, OUTCOME_COOKIE, readSealedCookie } from './sealed-cookies.ts';
import { summarize, writeSession } from './session.ts';
import { inspectorCallbackUrl } from './sign-in/callback-url.ts';
import type { Flow, Session } from './sign-in/flow.ts';
import { redeemCode } from './sign-in/token-request.ts';
import { tokenFindings } from './token-rules.ts';

/**
 * Completes a sign-in after its callback: redeems the code, once, and keeps the tokens in a sealed cookie. A finding
 * says why it cannot.
 */
export async function completeSignIn(context: InspectorContext): Promise<CompleteAnswer> {
  const trace = userTrace(context);
  const { exchanges } = trace;
  const outcome = await readSealedCookie<CallbackOutcome>(context, OUTCOME_COOKIE);
  deleteSealedCookie(context, OUTCOME_COOKIE);
  if (!outcome) return { exchanges, findings: [problemFinding({ reason: 'state_unknown' })] };
  const { flow, code, problem } = outcome;
  const { id: exchangeId } = recordCallback(trace, context, flow, code !== undefined);
  if (problem || !flow || code === undefined)
    return {
      exchanges,
      findings: [{ ...problemFinding(problem ?? { reason: 'code_missing' }), exchangeId }],
    };
  const redeemed = await redeemCode(trace, flow, code, { key: ownKey(context) });
  if (redeemed.problem) return { exchanges, findings: [problemFinding(redeemed.problem)] };
  const { tokens } = redeemed;
  const session: Session = {
    target: flow.target,
    client: flow.client,
    requested: flow.scopes ?? [],
    tokens,
    stepUp: flow.stepUp,
  };
  if (!(await writeSession(context, session)))
    return { exchanges, findings: [problemFinding({ reason: 'session_too_large' })] };
  const findings = tokenFindings({
    target: flow.target,
    token: readToken(tokens.accessToken),
    requested: flow.scopes,
    granted: tokens.scopes,
    hasRefreshToken: tokens.refreshToken !== undefined,
    exchangeId: redeemed.exchangeId,
  });
  return { exchanges, findings: bySeverity(findings), session: summarize(session) };
}

/** Records the redirect that brought the user's browser back. */
function recordCallback(
  trace: Trace,
  { config }: InspectorContext,
  flow: Flow | undefined,
  hasCode: boolean,
): Exchange {
  const url = new URL(inspectorCallbackUrl(config));
  url.searchParams.set('state', 'hidden');
  if (hasCode) url.searchParams.set('code', 'hidden');
  return trace.note({
    step: 'authorization',
    title: 'Callback, in the browser',
    from: 'authorization-server',
    to: 'client',
    request: { method: 'GET', url: url.href, headers: [] },
    ...(hasCode &&
      flow && {
        evidence: {
          in: 'url',
          field: 'code',
          value: flow.target.sendsIssuer ? `hidden, iss is ${flow.target.issuer}` : 'hidden',
          next: 'state and iss are valid: redeem the code at the token endpoint.',
        },
      }),
    durationMs: 0,
  });
}
