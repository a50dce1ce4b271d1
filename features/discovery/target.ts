import type { Discovery } from './discovery.ts';

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
