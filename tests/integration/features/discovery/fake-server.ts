import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type FakeAnswer = {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Closes the connection without an answer. */
  silent?: boolean;
};
type FakeRequest = { method: string; path: string; headers: IncomingMessage['headers']; url: URL };
export type FakeRoutes = Record<string, FakeAnswer | ((request: FakeRequest) => FakeAnswer)>;

export type FakeServer = AsyncDisposable & {
  origin: string;
  /** Every request that arrived, as `METHOD /path`. */
  seen: string[];
  /** Answers by `METHOD /path`, else by `/path`; anything else is 404. */
  routes: FakeRoutes;
};

/** An HTTP server on a free loopback port that answers from a table, for servers that misbehave on purpose. */
export async function fakeServer(routes: (origin: string) => FakeRoutes): Promise<FakeServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', fake.origin);
    const key = `${request.method} ${url.pathname}`;
    fake.seen.push(key);
    const route = fake.routes[key] ?? fake.routes[url.pathname] ?? { status: 404 };
    const seen = { method: request.method ?? '', path: url.pathname, headers: request.headers, url };
    const { status = 200, headers = {}, body, silent } = typeof route === 'function' ? route(seen) : route;
    request.resume();
    if (silent) return request.socket.destroy();
    response.writeHead(status, {
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    });
    response.end(typeof body === 'object' ? JSON.stringify(body) : body);
  });
  const fake: FakeServer = {
    origin: '',
    seen: [],
    routes: {},
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  fake.routes = routes(fake.origin);
  return fake;
}

/** The routes of an MCP server at `/mcp` with its authorization server on the same origin, all of it right. */
export function goodRoutes(origin: string): FakeRoutes {
  return {
    'POST /mcp': {
      status: 401,
      headers: {
        'www-authenticate': `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp", scope="openid profile"`,
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'WWW-Authenticate',
      },
    },
    'OPTIONS /mcp': {
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
      },
    },
    '/.well-known/oauth-protected-resource/mcp': {
      headers: { 'access-control-allow-origin': '*' },
      body: {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
        scopes_supported: ['openid', 'profile'],
      },
    },
    '/.well-known/oauth-authorization-server': {
      headers: { 'access-control-allow-origin': '*' },
      body: goodMetadata(origin),
    },
  };
}

/** Authorization server metadata that leaves nothing to say. */
export function goodMetadata(origin: string) {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth2/authorize`,
    token_endpoint: `${origin}/oauth2/token`,
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  };
}
