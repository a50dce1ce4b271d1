import type { Config } from '#lib/config/env.ts';
import { protectedResourceMetadataUrl } from '#lib/config/urls.ts';
import type { TokenRejection } from './rejection.ts';
import { BASE_SCOPES, challengedScopes } from './scopes.ts';

type Challenge = { error?: string; errorDescription?: string; scopes: readonly string[] };
type Urls = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>;

/** Seconds after which a client should retry when the keys or the database are unavailable. */
export const RETRY_AFTER_SECONDS = 5;

const INVALID_TOKEN = 'The access token is missing, expired or not valid for this resource';
const CONNECTION_EXPIRED = 'This connection has expired: connect again to renew it';
const MALFORMED = 'Send exactly one access token: Authorization: Bearer <token>';

/**
 * The value of a `WWW-Authenticate` header (RFC 6750 section 3, RFC 9728 section 5.1). Every part is a constant or comes
 * from the configuration, never from a request or a token.
 *
 * - `error` is omitted when the request had no credentials (RFC 6750 section 3.1).
 * - `resource_metadata` is the URL for this resource: its path follows the well-known path (RFC 9728 section 3.1), because
 *   the resource identifier is `…/mcp` and not the origin.
 * - `scope` names what to request, so that the client need not guess (MCP authorization, "Scope Selection Strategy").
 */
export function challengeHeader(config: Urls, { error, errorDescription, scopes }: Challenge): string {
  const parameters = [
    error && `error="${error}"`,
    errorDescription && `error_description="${errorDescription}"`,
    `resource_metadata="${protectedResourceMetadataUrl(config)}"`,
    `scope="${scopes.join(' ')}"`,
  ];
  return `Bearer ${parameters.filter(Boolean).join(', ')}`;
}

/**
 * The response to a request that was not authenticated.
 *
 * - 401 with a challenge. Every defect of a token gets the same response, so that an attacker learns nothing from it; the
 *   log has the reason. A connection that expired has a valid token, and its person learns why.
 * - 400 when the `Authorization` header does not hold exactly one token.
 * - 503 with `Retry-After` when the token could not be verified because the keys are unavailable: a 401 would make the
 *   client discard a token that may be valid.
 *
 * @param protocolVersion - of the request, which decides about `offline_access` ({@link challengedScopes})
 * @example
 * challengeResponse({ reason: 'missing' }, config(), '2026-07-28').headers.get('www-authenticate');
 * // Bearer resource_metadata="https://app.example/.well-known/oauth-protected-resource/mcp", scope="openid profile"
 */
export function challengeResponse(
  rejection: TokenRejection,
  config: Urls,
  protocolVersion: string | null,
): Response {
  const scopes = challengedScopes(BASE_SCOPES, protocolVersion);
  switch (rejection.reason) {
    case 'missing':
      return errorResponse(
        401,
        { error: 'unauthorized', error_description: 'Authorization is required; see WWW-Authenticate' },
        { 'www-authenticate': challengeHeader(config, { scopes }) },
      );
    case 'malformed_authorization':
      return challengeWithError(400, 'invalid_request', MALFORMED, scopes, config);
    case 'keys_unavailable':
      return unavailableResponse();
    case 'connection_expired':
      return challengeWithError(401, 'invalid_token', CONNECTION_EXPIRED, scopes, config);
    case 'malformed_token':
    case 'token_too_large':
    case 'type':
    case 'algorithm':
    case 'unknown_key':
    case 'signature':
    case 'expired':
    case 'issued_in_future':
    case 'lifetime':
    case 'issuer':
    case 'audience':
    case 'claim':
    case 'machine':
    case 'revoked':
      return challengeWithError(401, 'invalid_token', INVALID_TOKEN, scopes, config);
  }
}

/** 503 with `Retry-After`: the request could not be judged, and nothing was executed. */
export function unavailableResponse(): Response {
  return errorResponse(
    503,
    { error: 'temporarily_unavailable', error_description: 'Try again shortly' },
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
  );
}

/** 403 `insufficient_scope` (RFC 6750 section 3.1) with every scope the request needs, so that one consent is enough. */
export function insufficientScopeResponse(
  needed: readonly string[],
  config: Urls,
  protocolVersion: string | null,
): Response {
  const description = `This needs the scopes ${needed.join(' ')}: connect again and allow them`;
  const scopes = challengedScopes(needed, protocolVersion);
  const scope = { scope: scopes.join(' ') };
  return challengeWithError(403, 'insufficient_scope', description, scopes, config, scope);
}

function challengeWithError(
  status: 400 | 401 | 403,
  error: string,
  errorDescription: string,
  scopes: readonly string[],
  config: Urls,
  members: Record<string, string> = {},
): Response {
  return errorResponse(
    status,
    { error, error_description: errorDescription, ...members },
    { 'www-authenticate': challengeHeader(config, { error, errorDescription, scopes }) },
  );
}

function errorResponse(
  status: number,
  body: Record<string, string>,
  headers: Record<string, string>,
): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}
