import { createServer, type Server } from 'node:http';
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve } from '#tests/support/sign-in.ts';
import { clientId, type StandIn, startStandIn } from './fake-app.ts';
import { verified } from './oauth-client.ts';

const CLIENT = {
  client_name: 'SDK client',
  redirect_uris: ['http://localhost:5007/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};
let standIn: StandIn;
/** An MCP server that has nothing but its protected resource metadata. */
let mcpServer: Server;
let resource: string;

beforeAll(async () => {
  mcpServer = createServer((request, response) => {
    const answers: Record<string, object> = {
      '/.well-known/oauth-protected-resource/mcp': {
        resource,
        authorization_servers: [standIn.authkit.url],
        scopes_supported: ['openid', 'profile'],
      },
      '/sdk.json': { client_id: clientId('sdk'), ...CLIENT },
    };
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => mcpServer.listen(0, 'localhost', resolve));
  const address = mcpServer.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  resource = `http://localhost:${port}/mcp`;
  standIn = await startStandIn({ appUrl: `http://localhost:${port}` });
});
afterAll(async () => {
  await standIn.close();
  await new Promise((resolve) => mcpServer.close(resolve));
});

/** A client that keeps everything in memory. */
function memoryProvider(clientMetadataUrl?: string) {
  const kept: Record<string, unknown> = {};
  let sentTo: URL | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: 'http://localhost:5007/callback',
    clientMetadataUrl,
    clientMetadata: CLIENT,
    clientInformation: () => kept.information as ReturnType<OAuthClientProvider['clientInformation']>,
    saveClientInformation: (information) => {
      kept.information = information;
    },
    tokens: () => kept.tokens as ReturnType<OAuthClientProvider['tokens']>,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    codeVerifier: () => String(kept.verifier),
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    discoveryState: () => kept.discovery as ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>,
    saveDiscoveryState: (state) => {
      kept.discovery = state;
    },
    redirectToAuthorization: (url) => {
      sentTo = url;
    },
  };
  return { provider, authorizationUrl: () => sentTo ?? new URL('about:blank') };
}

describe('the client of the official SDK, given only the URL of a server', () => {
  test.each([
    ['is known by its metadata document', clientId('sdk')],
    ['registers itself', undefined],
  ])('%s, signs a person in, and renews its token', async (_how, clientMetadataUrl) => {
    const { provider, authorizationUrl } = memoryProvider(clientMetadataUrl);
    expect(await auth(provider, { serverUrl: resource })).toBe('REDIRECT');
    if (clientMetadataUrl) expect(authorizationUrl().searchParams.get('client_id')).toBe(clientMetadataUrl);
    const redirect = await approve(authorizationUrl(), { account: 'ben' });
    const authorizationCode = redirect.searchParams.get('code') ?? '';
    const iss = redirect.searchParams.get('iss') ?? undefined;
    expect(await auth(provider, { serverUrl: resource, authorizationCode, iss })).toBe('AUTHORIZED');
    const first = await provider.tokens();
    const claims = await verified(standIn.authkit.url, first?.access_token ?? '', resource);
    expect(claims.scope).toBe('openid profile offline_access');

    expect(await auth(provider, { serverUrl: resource })).toBe('AUTHORIZED');
    const second = await provider.tokens();
    expect(second?.access_token).not.toBe(first?.access_token);
    await verified(standIn.authkit.url, second?.access_token ?? '', resource);
  });
});
