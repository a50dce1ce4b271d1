/**
 * Who is calling, as a verified access token says. Only `verifyAccessToken` makes one.
 *
 * AuthKit documents `iss aud sub org_id? sid jti exp iat`; `clientId`, `scopes` and `permissions` are filled
 * when the token has them.
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
  /** Granted scopes; a token without a `scope` claim counts as holding the base scopes, never more. */
  scopes: ReadonlySet<string>;
  /** What the person's role allows; empty when the token has no `permissions` claim. */
  permissions: ReadonlySet<string>;
  /** `iat`, seconds since the epoch. */
  issuedAt: number;
  /** `exp`, seconds since the epoch. */
  expiresAt: number;
};
