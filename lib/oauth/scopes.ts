/**
 * The scopes that a client should request, in the `scope` of the challenge (RFC 6750 section 3). AuthKit grants only
 * identity scopes, so these are identity scopes.
 */
export const BASE_SCOPES = ['openid', 'profile'] as const;

/**
 * Base and step-up scopes, published as `scopes_supported` (RFC 9728 section 2). Without `offline_access`, which
 * concerns only the client and the authorization server.
 */
export const SUPPORTED_SCOPES = [...BASE_SCOPES, 'email'] as const;

/** The first revision that forbids `offline_access` in a challenge. */
const OFFLINE_ACCESS_FORBIDDEN_SINCE = '2026-07-28';

/**
 * The scopes that a challenge names. Clients of earlier revisions request exactly these, and get no refresh token unless
 * `offline_access` is one of them. Later clients add it themselves (MCP 2026-07-28 authorization, "Refresh Tokens").
 *
 * @param protocolVersion - of the request; one without is of an early revision
 */
export function challengedScopes(
  scopes: readonly string[],
  protocolVersion: string | null | undefined,
): readonly string[] {
  return (protocolVersion ?? '') >= OFFLINE_ACCESS_FORBIDDEN_SINCE ? scopes : [...scopes, 'offline_access'];
}

export type Scope = (typeof SUPPORTED_SCOPES)[number];

/** What a scope or a permission allows, as shown to people: a short title, and a phrase that continues "It may …". */
type AccessText = { title: string; description: string };

/** The texts of scopes and permissions, by name. Add the ones that your tools need. */
export const ACCESS_TEXTS = {
  openid: { title: 'Identity', description: 'Know who you are' },
  profile: { title: 'Profile', description: 'See your name and picture' },
  email: { title: 'E-mail', description: 'See your e-mail address' },
  offline_access: {
    title: 'Offline access',
    description: 'Stay connected while you are away, until you revoke it',
  },
  'connections:revoke': { title: 'Revoke apps', description: 'Revoke your connected apps' },
  'organization:manage': {
    title: 'Manage organization',
    description: 'Manage the connected apps of your organization',
  },
} as const satisfies Record<string, AccessText>;

/** The text of a scope or permission; undefined for one that {@link ACCESS_TEXTS} does not list. */
export function accessText(name: string): AccessText | undefined {
  return Object.hasOwn(ACCESS_TEXTS, name) ? ACCESS_TEXTS[name as keyof typeof ACCESS_TEXTS] : undefined;
}
