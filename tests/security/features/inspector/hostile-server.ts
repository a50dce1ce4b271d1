import type { RequestListener } from 'node:http';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { type SignInTarget, signInTarget } from '#features/discovery/target.ts';
import { Trace } from '#features/discovery/trace.ts';
import { authorizationRequest } from '#features/inspector/server/sign-in/authorization-request.ts';
import type { Flow, OAuthClient } from '#features/inspector/server/sign-in/flow.ts';
import { startFakeInternet } from '#tests/support/fake-internet.ts';

export const SERVER = 'https://mcp.example.com/mcp';
export const ISSUER = 'https://auth.example.com';
const PLACE = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };
/** Answers by `host/path`, for instance `mcp.example.com/mcp`. */
export type World = Record<string, Answer | (() => Answer)>;

/** A correct MCP server with its authorization server. */
function honestWorld(): World {
  return {
    'mcp.example.com/mcp': {
      status: 401,
      headers: { 'www-authenticate': `Bearer resource_metadata="${PLACE}", scope="openid"` },
    },
    'mcp.example.com/.well-known/oauth-protected-resource/mcp': {
      body: { resource: SERVER, authorization_servers: [ISSUER] },
    },
    'auth.example.com/.well-known/oauth-authorization-server': { body: metadata() },
    'auth.example.com/token': {
      body: { access_token: 'access-token-1', token_type: 'Bearer', expires_in: 300 },
    },
  };
}

/** Authorization server metadata of {@link ISSUER}, with changes. */
export function metadata(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['none'],
    ...change,
  };
}

const serve =
  (world: World): RequestListener =>
  (request, response) => {
    const { host = '' } = request.headers;
    const path = new URL(request.url ?? '/', 'https://x.example').pathname;
    const found = world[`${host}${path}`];
    const {
      status = found ? 200 : 404,
      headers = {},
      body,
    } = (typeof found === 'function' ? found() : found) ?? {};
    request.resume();
    const json = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
    response.writeHead(status, { ...json, ...headers });
    response.end(typeof body === 'object' ? JSON.stringify(body) : body);
  };

/**
 * The stand-in internet with an honest world changed in some places. What is dialled besides the public address
 * ends at a listener that only counts.
 */
export async function worldWith(change: World) {
  const internet = await startFakeInternet(
    ['mcp.example.com', 'auth.example.com', 'other.example.com'],
    serve({ ...honestWorld(), ...change }),
  );
  const network = { fetch: internet.fetch, allowLoopback: false };
  return {
    ...internet,
    network,
    trace: () => new Trace(network),
    async inspect(url = SERVER) {
      const discovery = await discover(url, { ...network, origin: 'https://app.example.com' });
      const findings = discoveryFindings(discovery);
      return {
        discovery,
        target: signInTarget(discovery),
        errors: findings.filter(({ severity }) => severity === 'error').map(({ id }) => id),
        findings,
      };
    },
    [Symbol.asyncDispose]: internet.close,
  };
}

export const DOCUMENT_CLIENT: OAuthClient = {
  kind: 'document',
  clientId: 'https://app.example.com/oauth/client-metadata.json',
  authMethod: 'none',
};

/** A target at {@link ISSUER}, with changes. */
export function targetWith(change: Partial<SignInTarget> = {}): SignInTarget {
  return {
    serverUrl: SERVER,
    resource: SERVER,
    issuer: ISSUER,
    authorizationEndpoint: `${ISSUER}/authorize`,
    tokenEndpoint: `${ISSUER}/token`,
    registrationEndpoint: undefined,
    acceptsClientDocuments: true,
    sendsIssuer: true,
    authMethods: ['none'],
    scopes: ['openid'],
    ...change,
  };
}

/** A sign-in in progress. */
export function begun(change: Partial<SignInTarget> = {}, client = DOCUMENT_CLIENT): Flow {
  const target = targetWith(change);
  const redirectUri = 'https://app.example.com/inspector/callback';
  return authorizationRequest({ target, client, scopes: target.scopes, redirectUri }).flow;
}
