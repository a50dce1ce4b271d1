/**
 * What every token for this server is asked to hold: the `scope` of the challenge (RFC 6750 section 3).
 * AuthKit grants identity scopes only, so these are identity scopes.
 */
export const BASE_SCOPES = ['openid', 'profile'] as const;

/**
 * Everything that may be asked for here, base and step-up: `scopes_supported` (RFC 9728 section 2).
 * `offline_access` is between client and authorization server and never stands here.
 */
export const SUPPORTED_SCOPES = [...BASE_SCOPES, 'email'] as const;

export type Scope = (typeof SUPPORTED_SCOPES)[number];
