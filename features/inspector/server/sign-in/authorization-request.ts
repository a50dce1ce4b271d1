import { createHash, randomBytes } from 'node:crypto';
import type { SignInTarget } from '#features/discovery/target.ts';
import type { Flow, OAuthClient, StepUp } from './flow.ts';

const random = () => randomBytes(32).toString('base64url');

/**
 * Builds an authorization request (OAuth 2.1 section 4.1.1) with PKCE S256, a new `state` and `resource`, and the flow
 * that its callback is checked against.
 *
 * @returns `url` to send the browser to; `flow` to keep where only this server can read it
 */
export function authorizationRequest(options: {
  target: SignInTarget;
  client: OAuthClient;
  scopes: readonly string[] | undefined;
  redirectUri: string;
  stepUp?: StepUp;
}): { url: string; flow: Flow } {
  const { target, client, scopes, redirectUri, stepUp } = options;
  const state = random();
  const codeVerifier = random();
  const url = new URL(target.authorizationEndpoint);
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: target.resource,
    ...(scopes && scopes.length > 0 && { scope: scopes.join(' ') }),
    // Refresh tokens are issued with consent only (OpenID Connect Core section 11).
    ...(scopes?.includes('offline_access') && { prompt: 'consent' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return {
    url: url.href,
    flow: { target, client, scopes, state, codeVerifier, redirectUri, stepUp },
  };
}
