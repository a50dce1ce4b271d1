import { z } from 'zod';
import type { Exchange } from '#features/discovery/exchange.ts';
import { readToken } from '#features/discovery/token-facts.ts';
import type { Trace } from '#features/discovery/trace.ts';
import { bySeverity } from '#lib/checks/finding.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { SessionUser } from '#lib/session/user.ts';
import { problemFinding } from '../problems.ts';
import { inspectorCallbackUrl } from '../sign-in/callback-url.ts';
import { clearChunked, OUTCOME_COOKIE, readChunked, readCookies } from '../sign-in/cookies.ts';
import type { Flow, Session } from '../sign-in/flow.ts';
import { unseal } from '../sign-in/sealed.ts';
import { redeemCode } from '../sign-in/token-request.ts';
import { tokenFindings } from '../token-rules.ts';
import type { CallbackOutcome } from './callback.ts';
import type { CompleteAnswer } from './messages.ts';
import {
  answer,
  type InspectorContext,
  inspectorContext,
  ownKey,
  personTrace,
  readRequest,
  sealing,
  secureCookies,
} from './request.ts';
import { summarize, writeSession } from './session.ts';

/**
 * `POST /inspector/api/complete`: goes on after the callback: redeems the code once and keeps the tokens in a
 * sealed cookie, or says why not.
 */
export async function completeSignIn(
  request: Request,
  person: SessionUser | MutationRefusal,
  context: InspectorContext = inspectorContext(),
): Promise<Response> {
  const read = await readRequest(request, person, z.object({}));
  if (read instanceof Response) return read;
  const { user } = read;
  const trace = personTrace(context, user);
  const spent = clearChunked(OUTCOME_COOKIE, secureCookies(context));
  const reply = (more: Partial<CompleteAnswer>, cookies: readonly string[] = []) =>
    answer({ exchanges: trace.exchanges, findings: [], ...more } satisfies CompleteAnswer, [
      ...spent,
      ...cookies,
    ]);

  const sealed = readChunked(readCookies(request), OUTCOME_COOKIE);
  const outcome =
    sealed === undefined
      ? undefined
      : await unseal<CallbackOutcome>(sealed, { ...sealing(context, user), kind: 'outcome' });
  if (outcome === undefined) return reply({ findings: [problemFinding({ reason: 'state_unknown' })] });
  const { flow, code, problem } = outcome;
  const callback = noteCallback(trace, context, flow, code !== undefined);
  if (problem || !flow || code === undefined)
    return reply({
      findings: [{ ...problemFinding(problem ?? { reason: 'code_missing' }), exchangeId: callback.id }],
    });

  const redeemed = await redeemCode(trace, flow, code, { key: ownKey(context) });
  if (redeemed.problem) return reply({ findings: [problemFinding(redeemed.problem)] });
  const { tokens, exchangeId } = redeemed;
  const session: Session = {
    target: flow.target,
    client: flow.client,
    requested: flow.scopes ?? [],
    tokens,
    ...(flow.stepUp && { stepUp: flow.stepUp }),
  };
  const cookies = await writeSession(session, user, context);
  if (cookies === undefined) return reply({ findings: [problemFinding({ reason: 'session_too_large' })] });
  const findings = tokenFindings({
    target: flow.target,
    token: readToken(tokens.accessToken),
    requested: flow.scopes,
    granted: tokens.scopes,
    hasRefreshToken: tokens.refreshToken !== undefined,
    exchangeId,
  });
  return reply({ findings: bySeverity(findings), session: summarize(session) }, cookies);
}

/** The redirect with which the person's browser came back. */
function noteCallback(
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
          next: 'state and iss are right: redeem the code at the token endpoint.',
        },
      }),
    durationMs: 0,
  });
}
