import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { signIn } from '#dev/authkit/driver.ts';

const REDIRECT_URI = 'http://localhost:49153/oauth/callback';

/**
 * A client on the 1.x line of the official SDK, which knows no revision after 2025-11-25.
 *
 * @param clientMetadataUrl - identifies it by its metadata document; without it, it registers itself
 */
export async function connectWithSdk1(url: string, clientMetadataUrl?: string): Promise<Client> {
  let information: OAuthClientInformationMixed | undefined;
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  let code: string | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: REDIRECT_URI,
    clientMetadataUrl,
    clientMetadata: {
      client_name: 'Client of the 1.x SDK',
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => information,
    saveClientInformation(given) {
      information = given;
    },
    tokens: () => tokens,
    saveTokens(given) {
      tokens = given;
    },
    saveCodeVerifier(given) {
      verifier = given;
    },
    codeVerifier: () => verifier,
    async redirectToAuthorization(authorizationUrl) {
      const callback = await signIn({ authorizationUrl, account: 'ada' });
      code = callback.searchParams.get('code') ?? undefined;
    },
  };
  const open = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const newClient = () => new Client({ name: 'sdk-1-client', version: '1.0.0' });
  const first = open();
  try {
    await newClient().connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || code === undefined) throw error;
    await first.finishAuth(code);
  }
  const client = newClient();
  await client.connect(open());
  return client;
}
