import type { SignInTarget } from '#features/discovery/target.ts';
import type { Answer, Trace } from '#features/discovery/trace.ts';
import type { ClientKey } from '#lib/cimd/client-key.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Problem } from '../problems.ts';
import { authenticateClient } from './client-authentication.ts';
import { issuerBindingProblem } from './clients.ts';
import type { Flow, OAuthClient, Session, Tokens } from './flow.ts';
import { jsonObject } from './registration.ts';

export type TokenOutcome =
  | { tokens: Tokens; exchangeId: string; problem?: undefined }
  | { problem: Problem; tokens?: undefined };
type TokenOptions = { key?: ClientKey | undefined; now?: number };

/** A longer access token would not fit into the session cookie. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * Redeems a code (OAuth 2.1 section 4.1.3) with the verifier and the `resource` of its flow. A redirect is not
 * followed: code and verifier go only to the endpoint from the checked metadata.
 */
export async function redeemCode(
  trace: Trace,
  flow: Flow,
  code: string,
  options: TokenOptions = {},
): Promise<TokenOutcome> {
  for (const secret of [code, flow.codeVerifier, flow.state]) trace.masker.remember(secret);
  const answer = await tokenRequest(trace, flow, options.key, 'token', 'Token request', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: flow.redirectUri,
    code_verifier: flow.codeVerifier,
  });
  return 'reason' in answer ? { problem: answer } : readTokens(trace, answer, options.now ?? Date.now());
}

/**
 * Refreshes the tokens of a session (OAuth 2.1 section 4.3). When the response has no new refresh token, the old one
 * remains in use.
 */
export async function refreshTokens(
  trace: Trace,
  session: Pick<Session, 'target' | 'client' | 'tokens'>,
  options: TokenOptions = {},
): Promise<TokenOutcome> {
  const { refreshToken } = session.tokens;
  if (refreshToken === undefined) return { problem: { reason: 'session_expired' } };
  trace.masker.remember(refreshToken);
  const answer = await tokenRequest(trace, session, options.key, 'refresh', 'Refresh', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
  if ('reason' in answer) return { problem: answer };
  const outcome = readTokens(trace, answer, options.now ?? Date.now());
  if (outcome.problem?.reason === 'token_refused' && outcome.problem.error === 'invalid_grant')
    return {
      problem: { reason: 'refresh_refused', exchangeId: outcome.problem.exchangeId, error: 'invalid_grant' },
    };
  return outcome.problem ? outcome : { ...outcome, tokens: { refreshToken, ...outcome.tokens } };
}

async function tokenRequest(
  trace: Trace,
  { target, client }: { target: SignInTarget; client: OAuthClient },
  key: ClientKey | undefined,
  step: 'token' | 'refresh',
  title: string,
  grant: Record<string, string>,
): Promise<Answer | Problem> {
  const bound = issuerBindingProblem(client, target);
  if (bound) return bound;
  if (client.authMethod === 'private_key_jwt' && key === undefined)
    return { reason: 'client_authentication_unsupported', methods: target.authMethods };
  const { headers, parameters } = await authenticateClient(client, target, key);
  for (const secret of [client.clientSecret, parameters.client_assertion]) trace.masker.remember(secret);
  return trace.send({
    step,
    title,
    to: 'authorization-server',
    url: target.tokenEndpoint,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams({ ...grant, resource: target.resource, ...parameters }).toString(),
  });
}

function readTokens(trace: Trace, answer: Answer, now: number): TokenOutcome {
  const exchangeId = answer.exchange.id;
  const subject = 'the token endpoint' as const;
  if (answer.failure)
    return { problem: { reason: 'not_fetched', exchangeId, subject, failure: answer.failure } };
  const { status, headers } = answer.response;
  if (status >= 300 && status < 400)
    return {
      problem: { reason: 'redirected', exchangeId, subject, location: headers.get('location') ?? '' },
    };
  const body = jsonObject(answer.response);
  if (status !== 200)
    return {
      problem: {
        reason: 'token_refused',
        exchangeId,
        status,
        error: sanitize(body?.error, 60),
        description: sanitize(body?.error_description, 200),
      },
    };
  const invalid = (why: string): TokenOutcome => ({ problem: { reason: 'token_invalid', exchangeId, why } });
  if (body === undefined) return invalid('The body is not a JSON object');
  const { access_token, refresh_token, token_type, expires_in, scope } = body;
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]+$/.test(access_token))
    return invalid('access_token is missing or not a token');
  if (access_token.length > MAX_TOKEN_LENGTH)
    return invalid(`access_token is longer than ${MAX_TOKEN_LENGTH} characters`);
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer')
    return invalid(`token_type is ${sanitize(token_type, 40) || 'missing'}, not Bearer`);
  trace.masker.remember(access_token);
  const tokens: Tokens = { accessToken: access_token };
  if (typeof refresh_token === 'string' && refresh_token !== '') {
    trace.masker.remember(refresh_token);
    tokens.refreshToken = refresh_token;
  }
  if (typeof expires_in === 'number' && expires_in > 0) tokens.expiresAt = now + expires_in * 1000;
  if (typeof scope === 'string') tokens.scopes = scope.split(' ').filter((item) => item !== '');
  trace.recordEvidence(answer.exchange, {
    in: 'body',
    field: 'access_token',
    value: `${access_token.length} characters`,
    next: 'Send it to the MCP server with every request.',
  });
  return { tokens, exchangeId };
}
