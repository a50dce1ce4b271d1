/**
 * The person and client of a verified access token. Only `verifyAccessToken` creates one.
 *
 * AuthKit documents the claims `iss aud sub client_id scope org_id? sid jti exp iat`. Older tokens lack `client_id` and
 * `scope`; none has `permissions` unless a JWT template adds it.
 */
export type Caller = {
  issuer: string;
  /** The person: `sub`, a WorkOS user id. */
  subject: string;
  /** The client the token was issued to: `client_id`, else `azp` (RFC 9068 section 2.2). */
  clientId: string | undefined;
  /** The consent the token belongs to: `sid`. Refreshed tokens keep it, a new consent has a new one. */
  sessionId: string | undefined;
  organizationId: string | undefined;
  /** Granted scopes; the base scopes when the token has no `scope` claim. */
  scopes: ReadonlySet<string>;
  /** Whether the token has a `scope` claim. Without one, no consent can add a scope. */
  hasScopeClaim: boolean;
  /** Permissions of the person's role; empty when the token has no `permissions` claim. */
  permissions: ReadonlySet<string>;
  /** `iat`, seconds since the epoch. */
  issuedAt: number;
  /** `exp`, seconds since the epoch. */
  expiresAt: number;
};
