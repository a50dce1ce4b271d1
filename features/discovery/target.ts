import type { Discovery } from './discovery.ts';
import type { DiscoveryProblem } from './problems.ts';
import { sameButSlash } from './steps/urls.ts';

/** Where and how to sign in; holds only checked values. Small enough for a sealed cookie. */
export type SignInTarget = {
  serverUrl: string;
  /** `resource` of authorization and token requests (RFC 8707), and the required audience of the token. */
  resource: string;
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  registrationEndpoint: string | undefined;
  acceptsClientDocuments: boolean;
  /** Whether a callback without `iss` must be refused (RFC 9207 section 2.4). */
  sendsIssuer: boolean;
  authMethods: readonly string[];
  /** Scopes of the first authorization request; undefined omits the parameter. */
  scopes: readonly string[] | undefined;
};

/**
 * The scopes of the first authorization request (MCP 2026-07-28 "Scope Selection Strategy"): those of the challenge,
 * else those of the protected resource metadata, else none. `offline_access` is added when the authorization server
 * supports it, because there may be no refresh token without it.
 */
function firstScopes(discovery: Discovery): readonly string[] | undefined {
  const scopes = discovery.challenge?.scopes ?? discovery.protectedResource?.scopesSupported;
  if (scopes === undefined || scopes.length === 0) return undefined;
  const offline = discovery.authorizationServer?.scopesSupported?.includes('offline_access') === true;
  return [...new Set(offline ? [...scopes, 'offline_access'] : scopes)];
}

/**
 * The target of a client that goes on where a strict one stops: `resource` or the issuer differ by a trailing slash, or
 * `resource` is the origin or a parent path of the server, as the official SDK accepts; there is no `resource`; the URL
 * in the challenge is unusable; PKCE is not advertised. Nothing in it leads a token to another origin.
 *
 * @returns undefined when no client could sign in, or when a strict one can
 */
export function lenientTarget(discovery: Discovery): SignInTarget | undefined {
  if (signInTarget(discovery) !== undefined) return undefined;
  const { problems, protectedResource, serverUrl } = discovery;
  if (problems.some((problem) => stopsSignIn(problem) && !passable(problem, discovery))) return undefined;
  const stated = protectedResource?.document.resource;
  return signInTarget({
    ...discovery,
    problems: [],
    protectedResource: protectedResource && {
      ...protectedResource,
      resource: typeof stated === 'string' ? stated : serverUrl,
    },
    authorizationServer: discovery.authorizationServer && {
      ...discovery.authorizationServer,
      registrationEndpoint: problems.some(
        (problem) => problem.reason === 'endpoint_invalid' && problem.field === 'registration_endpoint',
      )
        ? undefined
        : discovery.authorizationServer.registrationEndpoint,
    },
  });
}

function passable(problem: DiscoveryProblem, { protectedResource, serverUrl }: Discovery): boolean {
  switch (problem.reason) {
    case 'resource_mismatch':
      return sameButSlash(problem.got, serverUrl) || isAncestor(problem.got, serverUrl);
    case 'issuer_mismatch':
      return sameButSlash(problem.got, problem.expected);
    case 'pkce_unsupported':
      return problem.methods === undefined;
    case 'endpoint_invalid':
      return problem.field === 'registration_endpoint';
    case 'not_fetched':
    case 'redirected':
    case 'document_status':
    case 'document_is_html':
    case 'document_not_json':
    case 'document_invalid':
      // Another place had the document.
      return problem.subject === 'the protected resource metadata' && protectedResource !== undefined;
    default:
      return false;
  }
}

/** Whether `resource` is the origin of `serverUrl` or a path above its own. */
function isAncestor(resource: string, serverUrl: string): boolean {
  const [upper, lower] = [URL.parse(resource), URL.parse(serverUrl)];
  if (upper === null || lower === null || upper.origin !== lower.origin) return false;
  if (upper.search !== '' || upper.hash !== '' || upper.username !== '') return false;
  return lower.pathname.startsWith(upper.pathname.endsWith('/') ? upper.pathname : `${upper.pathname}/`);
}

/**
 * The target of sign-in; undefined when discovery had a problem (`discovery.problems`) or no sign-in is needed.
 */
export function signInTarget(discovery: Discovery): SignInTarget | undefined {
  const { authorizationServer: server, protectedResource } = discovery;
  if (discovery.problems.some(stopsSignIn) || server === undefined) return undefined;
  const { authorizationEndpoint, tokenEndpoint } = server;
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined) return undefined;
  const resource = protectedResource ? protectedResource.resource : discovery.serverUrl;
  if (resource === undefined) return undefined;
  return {
    serverUrl: discovery.serverUrl,
    resource,
    issuer: server.issuer,
    authorizationEndpoint,
    tokenEndpoint,
    registrationEndpoint: server.registrationEndpoint,
    acceptsClientDocuments: server.acceptsClientDocuments,
    sendsIssuer: server.sendsIssuer,
    authMethods: server.authMethods,
    scopes: firstScopes(discovery),
  };
}

/**
 * Whether a problem stops a client. Some leave another way: with an invalid `resource_metadata` the well-known URLs,
 * with one invalid issuer the others; and a server of revision 2025-03-26 has no protected resource metadata.
 */
function stopsSignIn({ reason }: Discovery['problems'][number]): boolean {
  return (
    reason !== 'resource_metadata_invalid' &&
    reason !== 'issuer_invalid' &&
    reason !== 'protected_resource_metadata_missing'
  );
}
