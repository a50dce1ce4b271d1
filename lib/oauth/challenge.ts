import type { Config } from '#lib/config/env.ts';
import { protectedResourceMetadataUrl } from '#lib/config/urls.ts';
import type { TokenRejection } from './rejection.ts';
import { BASE_SCOPES } from './scopes.ts';

type Challenge = { error?: string; errorDescription?: string; scopes: readonly string[] };
type Urls = Pick<Config, 'appUrl' | 'authkitDomain' | 'loopback'>;

/** Seconds after which a client should try again when keys or the database cannot be reached. */
export const RETRY_AFTER_SECONDS = 5;

/**
 * A `WWW-Authenticate` value (RFC 6750 section 3, RFC 9728 section 5.1). Every part is a constant of this
 * server or its configuration: nothing of a request or a token ever enters it.
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

function refuse(status: number, body: Record<string, string>, headers: Record<string, string>): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

const INVALID_TOKEN = 'The access token is missing, expired or not valid for this resource';
const MALFORMED = 'Send exactly one access token: Authorization: Bearer <token>';

/**
 * The answer to a request that was not authenticated. All reasons that concern the token itself give the same
 * answer, so that it tells a stranger nothing about what was wrong.
 *
 * @returns 401 with a challenge; without an `error` when there were no credentials (RFC 6750 section 3.1);
 *   400 when the header holds more or less than one token; 503 with `Retry-After` when the token could not be
 *   judged, because a 401 would make the client throw a good token away
 */
export function challengeResponse(rejection: TokenRejection, config: Urls): Response {
  switch (rejection.reason) {
    case 'missing':
      return refuse(
        401,
        { error: 'unauthorized', error_description: 'Authorization is required; see WWW-Authenticate' },
        { 'www-authenticate': challengeHeader(config, { scopes: BASE_SCOPES }) },
      );
    case 'malformed_authorization':
      return refuse(
        400,
        { error: 'invalid_request', error_description: MALFORMED },
        {
          'www-authenticate': challengeHeader(config, {
            error: 'invalid_request',
            errorDescription: MALFORMED,
            scopes: BASE_SCOPES,
          }),
        },
      );
    case 'keys_unavailable':
      return unavailableResponse();
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
    case 'revoked':
      return refuse(
        401,
        { error: 'invalid_token', error_description: INVALID_TOKEN },
        {
          'www-authenticate': challengeHeader(config, {
            error: 'invalid_token',
            errorDescription: INVALID_TOKEN,
            scopes: BASE_SCOPES,
          }),
        },
      );
  }
}

/** 503 with `Retry-After`: what is needed to judge the request cannot be reached, so nothing was run. */
export function unavailableResponse(): Response {
  return refuse(
    503,
    { error: 'temporarily_unavailable', error_description: 'Try again shortly' },
    { 'retry-after': String(RETRY_AFTER_SECONDS) },
  );
}

/**
 * 403 `insufficient_scope` (RFC 6750 section 3.1) with every scope the request needs, so that one consent is
 * enough.
 */
export function insufficientScopeResponse(scopes: readonly string[], config: Urls): Response {
  const errorDescription = 'This request needs more scopes than the access token has';
  return refuse(
    403,
    { error: 'insufficient_scope', error_description: errorDescription, scope: scopes.join(' ') },
    {
      'www-authenticate': challengeHeader(config, { error: 'insufficient_scope', errorDescription, scopes }),
    },
  );
}
