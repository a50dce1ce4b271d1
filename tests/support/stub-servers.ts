import type { RequestListener } from 'node:http';

type Answer = {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** `hang`: accepts the request and never answers. `close`: closes the connection without an answer. */
  instead?: 'hang' | 'close';
  /** Whether more could follow: the response does not end. */
  open?: boolean;
};
export type StubRoutes = Record<string, Answer | ((headers: Record<string, unknown>) => Answer)>;

/**
 * A server to discover, as data.
 *
 * - `network`: how its host is reached; `page` is a loopback server, which a page in a browser can be given.
 * - `finding`: the id of the one finding that it gets; undefined for a server without a fault.
 */
export type StubServer = {
  name: string;
  finding: string | undefined;
  /** Findings that no server with this fault can be without. */
  and?: readonly string[];
  routes?: (origin: string) => StubRoutes;
  /** What is entered; default: the URL of `/mcp`. */
  enter?: (origin: string) => string;
  /** Text of the finding: what was seen, or what to do. */
  says?: string;
  network?:
    | 'page'
    | 'closed port'
    | 'unknown host'
    | 'private host'
    | 'certificate of another host'
    | 'no TLS';
  revision?: '2025-06-18' | '2025-11-25' | '2026-07-28';
  registration?: 'cimd' | 'dcr' | 'pre-registered';
};

const CORS = { 'access-control-allow-origin': '*' };
const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
const SERVER = '/.well-known/oauth-authorization-server';
const HTML = { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Welcome</title>' };

/** Authorization server metadata that leaves nothing to say. */
export const stubMetadata = (issuer: string, change: Record<string, unknown> = {}) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth2/authorize`,
  token_endpoint: `${issuer}/oauth2/token`,
  code_challenge_methods_supported: ['S256'],
  client_id_metadata_document_supported: true,
  authorization_response_iss_parameter_supported: true,
  token_endpoint_auth_methods_supported: ['none'],
  scopes_supported: ['openid', 'profile', 'offline_access'],
  ...change,
});

const challenged = (value: string, headers: Record<string, string> = {}, status = 401): StubRoutes => ({
  'POST /mcp': {
    status,
    headers: {
      'www-authenticate': value,
      'cache-control': 'no-store',
      'access-control-expose-headers': 'WWW-Authenticate',
      ...CORS,
      ...headers,
    },
  },
});
const pointer = (origin: string) => `Bearer resource_metadata="${origin}${RESOURCE}", scope="openid profile"`;

/** The routes of an MCP server at `/mcp` and its authorization server on the same origin, without a fault. */
export const faultless = (origin: string): StubRoutes => ({
  ...challenged(pointer(origin)),
  'OPTIONS /mcp': {
    status: 204,
    headers: {
      ...CORS,
      'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version',
    },
  },
  [RESOURCE]: {
    headers: CORS,
    body: {
      resource: `${origin}/mcp`,
      authorization_servers: [origin],
      scopes_supported: ['openid', 'profile'],
    },
  },
  [SERVER]: { headers: CORS, body: stubMetadata(origin) },
});

const resource =
  (change: (origin: string) => Record<string, unknown>, headers = {}) =>
  (origin: string) => ({
    [RESOURCE]: {
      headers: { ...CORS, ...headers },
      body: { resource: `${origin}/mcp`, authorization_servers: [origin], ...change(origin) },
    },
  });
const metadata = (change: (origin: string) => Record<string, unknown>) => (origin: string) => ({
  [SERVER]: { headers: CORS, body: stubMetadata(origin, change(origin)) },
});
const nothing = (answer: Answer): StubRoutes => ({
  'POST /mcp': { status: 404 },
  'POST /': answer,
  [RESOURCE]: { status: 404 },
});

/** Servers with one fault each. */
export const FAULTY: readonly StubServer[] = [
  // The URL and the network
  { name: 'text that is no URL', finding: 'url-invalid', enter: () => 'http://', says: 'not a URL' },
  {
    name: 'a URL with a password',
    finding: 'url-invalid',
    enter: (origin) => origin.replace('//', '//ada:geheim-1234@'),
    says: 'has a user name or a password',
  },
  {
    name: 'another scheme',
    finding: 'url-invalid',
    enter: () => 'javascript:alert(1)',
    says: 'Only https URLs',
  },
  {
    name: 'a URL without a scheme',
    finding: 'scheme-added',
    enter: (origin) => `${origin.replace('http://', '')}/mcp`,
    says: 'http:// was put in front',
  },
  {
    name: 'a closed port',
    finding: 'connection-refused',
    network: 'closed port',
    says: 'refused the connection',
  },
  { name: 'an unknown host', finding: 'host-unknown', network: 'unknown host', says: 'DNS has no address' },
  {
    name: 'a private address behind a name',
    finding: 'address-blocked',
    network: 'private host',
    says: 'address that is not public',
  },
  {
    name: 'a private address in the URL',
    finding: 'address-blocked',
    enter: () => 'https://10.0.0.1/mcp',
    says: 'a private address',
  },
  {
    name: 'a port that the guard does not allow',
    finding: 'address-blocked',
    enter: () => 'https://mcp.example.com:8443/mcp',
    says: 'a port other than 443',
  },
  {
    name: 'a certificate of another host',
    finding: 'tls-failed',
    network: 'certificate of another host',
    says: 'does not name',
  },
  { name: 'plain http on an https port', finding: 'tls-failed', network: 'no TLS', says: 'handshake failed' },
  {
    name: 'a server that never answers',
    finding: 'timed-out',
    routes: () => ({ 'POST /mcp': { instead: 'hang' } }),
    says: 'did not answer within',
  },
  {
    name: 'a server that closes the connection',
    finding: 'connection-closed',
    routes: () => ({ 'POST /mcp': { instead: 'close' } }),
    says: 'closed the connection',
  },
  {
    name: 'a response of megabytes',
    finding: 'response-too-large',
    routes: () => ({ 'POST /mcp': { status: 401, body: 'x'.repeat(600_000) } }),
    says: 'larger than a client should accept',
  },
  {
    name: 'a response that is compressed without being asked',
    finding: 'response-compressed',
    routes: () => ({ 'POST /mcp': { status: 401, headers: { 'content-encoding': 'gzip' }, body: 'x' } }),
    says: 'Content-Encoding',
  },
  // The path
  {
    name: 'a redirect to another host',
    finding: 'redirected',
    routes: () => ({
      'POST /mcp': { status: 307, headers: { location: 'https://login.example.com/' } },
      [RESOURCE]: { status: 404 },
    }),
    says: 'https://login.example.com/',
  },
  {
    name: 'a trailing slash that redirects',
    finding: 'wrong-path',
    enter: (origin) => `${origin}/mcp/`,
    routes: () => ({ 'POST /mcp/': { status: 308, headers: { location: '/mcp' } } }),
    says: 'answers as an MCP server',
  },
  {
    name: 'the host of a server at /mcp',
    finding: 'wrong-path',
    enter: (origin) => origin,
    routes: () => ({ 'POST /': HTML }),
    says: 'You left out /mcp',
  },
  {
    name: 'a server that the metadata of the host names',
    finding: 'wrong-path',
    enter: (origin) => `${origin}/sse`,
    routes: (origin) => ({
      '/.well-known/oauth-protected-resource': {
        body: { resource: `${origin}/mcp`, authorization_servers: [origin] },
      },
    }),
    says: 'The metadata of this host names',
  },
  {
    name: 'a web page',
    finding: 'web-page',
    enter: (origin) => origin,
    routes: () => nothing(HTML),
    says: 'it often ends in /mcp',
  },
  {
    name: '404 everywhere',
    finding: 'path-not-found',
    enter: (origin) => `${origin}/x`,
    routes: () => nothing({ status: 404 }),
    says: 'Check the path',
  },
  {
    name: 'another JSON API',
    finding: 'not-mcp',
    enter: (origin) => origin,
    routes: () => nothing({ body: { ok: true } }),
    says: 'status 200 and application/json',
  },
  {
    name: 'a server that has only the transport of 2024',
    finding: 'sse-only',
    enter: (origin) => `${origin}/sse`,
    routes: () => ({
      ...nothing({ status: 404 }),
      'GET /sse': {
        headers: { 'content-type': 'text/event-stream' },
        body: 'event: endpoint\ndata: /messages?sessionId=1\n\n',
        open: true,
      },
    }),
    says: 'begins with the event "endpoint"',
  },
  {
    name: 'a server of the transport of 2024 that needs a token',
    finding: 'stream-only',
    routes: (origin) => ({
      'POST /mcp': { status: 404 },
      'GET /mcp': faultless(origin)['POST /mcp'] ?? {},
    }),
    says: 'connects with HTTP+SSE',
  },
  // The challenge
  {
    name: '403 in place of 401',
    finding: 'status-not-401',
    routes: (origin) => challenged(pointer(origin), {}, 403),
    says: 'got status 403',
  },
  {
    name: '500 without a token',
    finding: 'status-not-401',
    routes: (origin) => challenged(pointer(origin), {}, 500),
    says: 'not a server error',
  },
  {
    name: 'a revision that the server does not accept',
    finding: 'revision-not-supported',
    revision: '2026-07-28',
    routes: () => ({ 'POST /mcp': { status: 400, body: { jsonrpc: '2.0', error: { code: -32000 } } } }),
    says: 'got status 400',
  },
  {
    name: '401 without a challenge',
    finding: 'challenge-missing',
    routes: () => ({ 'POST /mcp': { status: 401, headers: CORS_EXPOSED } }),
    says: 'no WWW-Authenticate header',
  },
  {
    name: 'a challenge without resource_metadata',
    finding: 'resource-metadata-missing',
    routes: () => challenged('Bearer scope="openid"'),
    says: 'well-known URLs',
  },
  {
    name: 'a relative resource_metadata',
    finding: 'resource-metadata-not-absolute',
    routes: () => challenged(`Bearer resource_metadata="${RESOURCE}", scope="openid"`),
    says: 'not an absolute URL',
  },
  {
    name: 'a challenge without scope',
    finding: 'challenge-scope-missing',
    routes: (origin) => challenged(`Bearer resource_metadata="${origin}${RESOURCE}"`),
  },
  {
    name: 'a challenge with an error',
    finding: 'challenge-error-without-token',
    routes: (origin) => challenged(`${pointer(origin)}, error="invalid_token"`),
  },
  {
    name: 'a challenge that may be cached',
    finding: 'challenge-cacheable',
    routes: (origin) => challenged(pointer(origin), { 'cache-control': 'public, max-age=60' }),
  },
  {
    name: 'no answer to a preflight',
    finding: 'cors-missing',
    routes: () => ({ 'OPTIONS /mcp': { status: 405 } }),
  },
  {
    name: 'a preflight that allows no Authorization',
    finding: 'cors-headers-missing',
    routes: () => ({
      'OPTIONS /mcp': { status: 204, headers: { ...CORS, 'access-control-allow-headers': '*' } },
    }),
  },
  {
    name: 'a challenge that browsers cannot read',
    finding: 'cors-challenge-hidden',
    routes: (origin) => challenged(pointer(origin), { 'access-control-expose-headers': 'x' }),
  },
  {
    name: 'a scope for everything',
    finding: 'scopes-too-broad',
    routes: (origin) => challenged(`Bearer resource_metadata="${origin}${RESOURCE}", scope="admin:*"`),
  },
  {
    name: 'offline_access in the challenge',
    finding: 'offline-access-asked',
    routes: (origin) =>
      challenged(`Bearer resource_metadata="${origin}${RESOURCE}", scope="openid offline_access"`),
  },
  // Protected resource metadata
  {
    name: 'no protected resource metadata',
    finding: 'protected-resource-metadata-missing',
    routes: () => ({
      ...challenged('Bearer scope="openid"'),
      [RESOURCE]: { status: 404 },
      [SERVER]: { status: 404 },
    }),
    says: 'answered 404',
  },
  {
    name: 'metadata behind a login',
    finding: 'document-status',
    routes: () => ({ [RESOURCE]: { status: 403 }, [SERVER]: { status: 404 } }),
    says: 'status 403',
  },
  {
    name: 'metadata that is a web page',
    finding: 'document-is-html',
    routes: () => ({ [RESOURCE]: HTML, [SERVER]: { status: 404 } }),
    says: 'HTML in place of JSON',
  },
  {
    name: 'metadata that is not JSON',
    finding: 'document-not-json',
    routes: () => ({
      [RESOURCE]: { headers: { 'content-type': 'application/json' }, body: '{"resource":' },
      [SERVER]: { status: 404 },
    }),
    says: 'cannot be parsed',
  },
  {
    name: 'metadata without resource',
    finding: 'document-invalid',
    routes: resource(() => ({ resource: undefined })),
    says: 'it has no resource',
  },
  {
    name: 'a resource with a slash too many',
    finding: 'resource-mismatch',
    routes: resource((origin) => ({ resource: `${origin}/mcp/` })),
    says: 'Only a trailing slash differs',
  },
  {
    name: 'no authorization server',
    finding: 'authorization-servers-missing',
    routes: resource(() => ({ authorization_servers: [] })),
  },
  {
    name: 'an issuer that is no URL, beside a good one',
    finding: 'issuer-invalid',
    routes: resource((origin) => ({ authorization_servers: [origin, 'auth'] })),
  },
  {
    name: 'two authorization servers',
    finding: 'several-authorization-servers',
    routes: resource((origin) => ({ authorization_servers: [origin, 'https://auth.example.com'] })),
  },
  {
    name: 'tokens in the query',
    finding: 'tokens-in-query',
    routes: resource(() => ({ bearer_methods_supported: ['header', 'query'] })),
  },
  {
    name: 'metadata of the wrong media type',
    finding: 'content-type-wrong',
    routes: resource(() => ({}), { 'content-type': 'text/plain' }),
  },
  {
    name: 'metadata that browsers cannot read',
    finding: 'metadata-cors-missing',
    routes: (origin) => ({ [SERVER]: { body: stubMetadata(origin) } }),
  },
  {
    name: 'metadata that is cached for a year',
    finding: 'metadata-cached-long',
    routes: resource(() => ({}), { 'cache-control': 'max-age=31536000' }),
  },
  {
    name: 'an error that is cached',
    finding: 'error-cacheable',
    and: ['only-openid-discovery'],
    routes: (origin) => ({
      [SERVER]: { status: 404, headers: { 'cache-control': 'max-age=3600' } },
      '/.well-known/openid-configuration': { headers: CORS, body: stubMetadata(origin) },
    }),
    says: 'stays missing',
  },
  {
    name: 'metadata at the root of the host only',
    finding: 'resource-metadata-at-root-only',
    and: ['resource-metadata-missing'],
    routes: (origin) => ({
      ...challenged('Bearer scope="openid"'),
      [RESOURCE]: { status: 404 },
      '/.well-known/oauth-protected-resource': {
        headers: CORS,
        body: { resource: `${origin}/mcp`, authorization_servers: [origin] },
      },
    }),
  },
  // Authorization server metadata
  {
    name: 'no authorization server metadata',
    finding: 'authorization-server-metadata-missing',
    routes: () => ({ [SERVER]: { status: 404 } }),
    says: 'answered 404',
  },
  {
    name: 'an issuer with a slash too many',
    finding: 'issuer-mismatch',
    routes: metadata((origin) => ({ issuer: `${origin}/` })),
    says: 'Only a trailing slash differs',
  },
  {
    name: 'no authorization endpoint',
    finding: 'endpoint-missing',
    routes: metadata(() => ({ authorization_endpoint: undefined })),
  },
  {
    name: 'a token endpoint without https',
    finding: 'endpoint-invalid',
    routes: metadata(() => ({ token_endpoint: 'http://auth.example.com/token' })),
  },
  {
    name: 'no PKCE',
    finding: 'pkce-s256-missing',
    routes: metadata(() => ({ code_challenge_methods_supported: undefined })),
    says: 'must then refuse',
  },
  {
    name: 'PKCE with plain',
    finding: 'pkce-plain-allowed',
    routes: metadata(() => ({ code_challenge_methods_supported: ['S256', 'plain'] })),
  },
  {
    name: 'only OpenID Connect discovery',
    finding: 'only-openid-discovery',
    routes: (origin) => ({
      [SERVER]: { status: 404 },
      '/.well-known/openid-configuration': { headers: CORS, body: stubMetadata(origin) },
    }),
  },
  {
    name: 'no client metadata documents',
    finding: 'client-documents-not-accepted',
    routes: metadata(() => ({ client_id_metadata_document_supported: undefined })),
  },
  {
    name: 'no registration, which was chosen',
    finding: 'registration-not-offered',
    registration: 'dcr',
  },
  {
    name: 'open registration',
    finding: 'registration-open',
    routes: metadata((origin) => ({ registration_endpoint: `${origin}/register` })),
  },
  {
    name: 'no issuer in the authorization response',
    finding: 'response-issuer-not-advertised',
    routes: metadata(() => ({ authorization_response_iss_parameter_supported: undefined })),
  },
  {
    name: 'a server without authorization',
    finding: 'no-sign-in-needed',
    routes: () => ({
      'POST /mcp': { headers: CORS, body: { jsonrpc: '2.0', id: 1, result: {} } },
    }),
  },
];

const CORS_EXPOSED = { ...CORS, 'access-control-expose-headers': 'WWW-Authenticate' };

const initialized = (version: string): Answer => ({
  headers: CORS,
  body: {
    jsonrpc: '2.0',
    id: 'initialize-1',
    result: { protocolVersion: version, capabilities: {}, serverInfo: {} },
  },
});

/** Servers without a fault. */
export const FAULTLESS: readonly StubServer[] = [
  { name: 'a server of 2026-07-28', finding: undefined },
  {
    name: 'a server of 2025-11-25, which answers initialize without a token',
    finding: undefined,
    routes: (origin) => {
      const guarded = challenged(pointer(origin))['POST /mcp'] as Answer;
      return {
        'POST /mcp': (headers) => {
          if (headers['mcp-method']) return { ...guarded, status: headers.origin ? 401 : 400 };
          return headers['mcp-protocol-version'] ? guarded : initialized('2025-11-25');
        },
      };
    },
  },
  {
    name: 'a server of 2025-06-18 with registration',
    finding: undefined,
    revision: '2025-06-18',
    registration: 'pre-registered',
    routes: metadata(() => ({
      client_id_metadata_document_supported: undefined,
      authorization_response_iss_parameter_supported: undefined,
    })),
  },
  {
    name: 'a server whose issuer has a path and serves OpenID Connect discovery beside it',
    finding: undefined,
    routes: (origin) => ({
      ...resource(() => ({ authorization_servers: [`${origin}/tenant`] }))(origin),
      '/.well-known/oauth-authorization-server/tenant': {
        headers: CORS,
        body: stubMetadata(`${origin}/tenant`),
      },
    }),
  },
  {
    name: 'a server at the root of its host',
    finding: undefined,
    enter: (origin) => origin,
    routes: (origin) => ({
      'POST /': challenged(
        `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource", scope="openid"`,
      )['POST /mcp'] as Answer,
      'OPTIONS /': faultless(origin)['OPTIONS /mcp'] as Answer,
      '/.well-known/oauth-protected-resource': {
        headers: CORS,
        body: { resource: origin, authorization_servers: [origin] },
      },
    }),
  },
];

/** Answers from a table of routes by `METHOD /path`, else by `/path`; anything else is 404. */
export const serveStub =
  (routes: () => StubRoutes): RequestListener =>
  (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stub.example');
    const table = routes();
    const found = table[`${request.method} ${pathname}`] ?? table[pathname] ?? { status: 404 };
    const answer = typeof found === 'function' ? found(request.headers) : found;
    request.resume();
    if (answer.instead === 'hang') return;
    if (answer.instead === 'close') {
      request.socket.destroy();
      return;
    }
    const json = typeof answer.body === 'object';
    response.writeHead(answer.status ?? 200, {
      ...(json && { 'content-type': 'application/json' }),
      ...answer.headers,
    });
    const body = json ? JSON.stringify(answer.body) : answer.body;
    if (answer.open) response.write(body);
    else response.end(body);
  };
