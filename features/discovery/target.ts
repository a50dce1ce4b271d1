import type { Discovery } from './discovery.ts';

/** Where and how to sign in: only what was checked. Small enough to travel sealed. */
export type SignInTarget = {
  serverUrl: string;
  /** `resource` of authorization and token requests (RFC 8707); what the token's audience must be. */
  resource: string;
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  registrationEndpoint: string | undefined;
  acceptsClientDocuments: boolean;
  /** Whether a callback without `iss` is to be refused (RFC 9207 section 2.4). */
  sendsIssuer: boolean;
  authMethods: readonly string[];
  /** Scopes to ask for first; undefined leaves the parameter out. */
  scopes: readonly string[] | undefined;
};

/**
 * The scopes of the first authorization request (MCP 2026-07-28 "Scope Selection Strategy"): the challenge's,
 * else all that the protected resource metadata lists, else none; with `offline_access` where the authorization
 * server offers it, since without it there may be no refresh token.
 */
export function firstScopes(discovery: Discovery): readonly string[] | undefined {
  const scopes = discovery.challenge?.scopes ?? discovery.protectedResource?.scopesSupported;
  if (scopes === undefined || scopes.length === 0) return undefined;
  const offline = discovery.authorizationServer?.scopesSupported?.includes('offline_access') === true;
  return [...new Set(offline ? [...scopes, 'offline_access'] : scopes)];
}

/**
 * What to sign in with, or undefined when discovery met a problem or signing in is not needed: see
 * `discovery.problems`.
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
 * Some problems do not stop a client that can go another way: a challenge whose `resource_metadata` is unusable
 * still leaves the well-known places, one unusable issuer among several leaves the others, and a server of the
 * 2025-03-26 revision has no protected resource metadata.
 */
function stopsSignIn({ reason }: Discovery['problems'][number]): boolean {
  return (
    reason !== 'resource_metadata_invalid' &&
    reason !== 'issuer_invalid' &&
    reason !== 'protected_resource_metadata_missing'
  );
}
