import { isLoopback } from '#lib/config/loopback.ts';
import { connect } from '#tests/integration/authkit/oauth-client.ts';
import { findMetadata, type TokenSource } from './subject.ts';

const REDIRECT_URI = 'http://127.0.0.1:49152/callback';
const BASE_SCOPE = 'openid profile';

async function register(issuer: string): Promise<string | undefined> {
  const response = await fetch(`${issuer}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Resource server suite',
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
    }),
  });
  if (response.status !== 201) return undefined;
  const { client_id: clientId } = (await response.json()) as { client_id?: string };
  return clientId;
}

/**
 * Tokens of local AuthKit, for a server that names one: registers a client, and signs in as one of the people there.
 *
 * @param url - of the MCP endpoint
 * @returns undefined when the server's authorization server is not on this machine, or is something else
 */
export async function localAuthkitTokens(url: string): Promise<TokenSource | undefined> {
  const { document } = await findMetadata({ url, tokens: {} }, '2025-06-18');
  const [issuer] = [document?.authorization_servers].flat();
  if (typeof issuer !== 'string' || !isLoopback(new URL(issuer))) return undefined;
  const clientId = await register(issuer);
  if (clientId === undefined) return undefined;
  const signIn = async (scope: string, resource?: string) => {
    const request = { clientId, redirectUri: REDIRECT_URI, scope, resource };
    const { access_token: token, error_description: problem } = await connect(issuer, request);
    if (!token) throw new Error(`local AuthKit gave no token: ${problem}`);
    return token;
  };
  const once = <Value>(make: () => Promise<Value>) => {
    let made: Promise<Value> | undefined;
    return () => (made ??= make());
  };
  return {
    valid: once(() => signIn(BASE_SCOPE, url)),
    // Without a resource AuthKit names the client id of the environment as the audience.
    otherAudience: once(() => signIn(BASE_SCOPE)),
    withScopes: (scopes) => signIn(scopes.join(' '), url),
  };
}
