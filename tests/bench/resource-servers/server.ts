import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createMcpProtectedRequestHandler } from '@better-auth/mcp';
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  McpServer,
  OAuthError,
  OAuthErrorCode,
  oauthMetadataResponse,
  originValidationResponse,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createMcpHandler as createRouteHandler, protectedResourceHandler, withMcpAuth } from 'mcp-handler';
import { issuerTokens } from '../../conformance/resource-server/issuer-tokens.ts';
import { report } from '../../conformance/resource-server/report.ts';
import { REVISIONS } from '../../conformance/resource-server/requirement.ts';
import { runTests } from '../../conformance/resource-server/suite.ts';
import { startIssuer } from '../../support/tokens.ts';
import { registerTools } from '../routes/peers.ts';

/** Headers of a document that browsers may read. */
const ANY_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'mcp-protocol-version',
};

type Peer = (request: Request) => Response | Promise<Response>;

const SCOPES = ['openid', 'profile'];
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Verification with jose, as the documentation of each peer shows it or leaves it to its user. */
function verifier(issuer: string, audience: string) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/jwks`));
  return async (token: string) => {
    const { payload } = await jwtVerify(token, keys, { issuer, audience });
    return {
      token,
      clientId: String(payload.client_id),
      scopes: String(payload.scope ?? '').split(' '),
      expiresAt: payload.exp,
      resource: new URL(audience),
    };
  };
}

const mcpServer = () => {
  const server = new McpServer({ name: 'peer', version: '1.0.0' });
  registerTools(server, 2);
  return server;
};

const PEERS: Record<string, (issuer: string, resource: string, metadata: never) => Peer> = {
  'mcp-handler': (issuer, resource) => {
    const verify = verifier(issuer, resource);
    const endpoint = withMcpAuth(
      createRouteHandler((server) => registerTools(server, 2)),
      async (_request, token) => (token ? verify(token).catch(() => undefined) : undefined),
      {
        required: true,
        requiredScopes: SCOPES,
        resourceMetadataPath: `${WELL_KNOWN}/mcp`,
        resourceUrl: resource,
      },
    );
    const metadata = protectedResourceHandler({ authServerUrls: [issuer], resourceUrl: resource });
    return (request) => (new URL(request.url).pathname === '/mcp' ? endpoint(request) : metadata(request));
  },
  '@better-auth/mcp': (issuer, resource) => {
    const mcp = createMcpHandler(mcpServer, { legacy: 'reject' });
    const options = { audience: resource, issuer, jwksUrl: `${issuer}/oauth2/jwks`, challengeScopes: SCOPES };
    const endpoint = createMcpProtectedRequestHandler(options, (verified, claims) =>
      mcp.fetch(verified, { authInfo: { token: '', clientId: String(claims.client_id), scopes: [] } }),
    );
    // Its authorization server would serve this document; the tokens here come from another one.
    const metadata = { resource, authorization_servers: [issuer], bearer_methods_supported: ['header'] };
    return (request) => {
      if (new URL(request.url).pathname !== '/mcp') return Response.json(metadata, { headers: ANY_ORIGIN });
      return request.method === 'POST' ? endpoint(request) : new Response(null, { status: 405 });
    };
  },
  '@modelcontextprotocol/server': (issuer, resource, oauthMetadata) => {
    const verify = verifier(issuer, resource);
    const mcp = createMcpHandler(mcpServer);
    const resourceServerUrl = new URL(resource);
    const gate = requireBearerAuth({
      verifier: {
        verifyAccessToken: (token) =>
          verify(token).catch(() => {
            throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is invalid');
          }),
      },
      requiredScopes: SCOPES,
      expectedResource: resourceServerUrl,
      resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resourceServerUrl),
    });
    return async (request) => {
      const options = { oauthMetadata, resourceServerUrl, dangerouslyAllowInsecureIssuerUrl: true };
      const document = oauthMetadataResponse(request, options);
      if (document) return document;
      const refused =
        hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
        originValidationResponse(request, localhostAllowedOrigins());
      if (refused) return refused;
      const auth = await gate(request);
      return auth instanceof Response ? auth : mcp.fetch(request, { authInfo: auth });
    };
  },
};

/** Serves a peer on a loopback port, behind an issuer that makes any token, and judges it. */
async function judge(name: string): Promise<string> {
  const issuer = await startIssuer();
  const metadata = await (await fetch(`${issuer.url}/.well-known/oauth-authorization-server`)).json();
  let peer: Peer | undefined;
  const server = createServer(async (incoming, outgoing) => {
    const headers = new Headers();
    for (let at = 0; at < incoming.rawHeaders.length; at += 2)
      headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
    const method = incoming.method ?? 'GET';
    const request = new Request(new URL(incoming.url ?? '/', origin), {
      method,
      headers,
      ...(method !== 'GET' &&
        method !== 'HEAD' && { body: Readable.toWeb(incoming) as never, duplex: 'half' }),
    });
    const response = (await peer?.(request)) ?? new Response(null, { status: 503 });
    const { status, headers: answered, body } = response;
    outgoing.writeHead(status, Object.fromEntries(answered));
    if (body) Readable.fromWeb(body as NodeReadableStream).pipe(outgoing);
    else outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const url = `${origin}/mcp`;
  peer = PEERS[name]?.(issuer.url, url, metadata as never);
  const results = await runTests({ url, tokens: issuerTokens(issuer, url) });
  server.closeAllConnections();
  server.close();
  await issuer.close();
  return report(name, results, REVISIONS);
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => PEERS[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`${unknown} is none of ${Object.keys(PEERS).join(', ')}.\n`);
  process.exitCode = 2;
} else
  for (const name of asked.length > 0 ? asked : Object.keys(PEERS))
    process.stdout.write(`${await judge(name)}\n\n`);
