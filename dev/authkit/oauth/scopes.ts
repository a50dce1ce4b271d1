/** The scopes of AuthKit: about the person, never about the resource. */
export const SCOPES = ['email', 'offline_access', 'openid', 'profile'] as const;

/** Granted to a client that requests no scope, which `oidc-provider` would refuse. */
export const DEFAULT_SCOPE = 'openid profile';

function isScope(text: string): text is (typeof SCOPES)[number] {
  return (SCOPES as readonly string[]).includes(text);
}

/** The scopes of a `scope` parameter that exist here, each once, in the order given. */
export function knownScopes(scope: unknown): (typeof SCOPES)[number][] {
  return typeof scope === 'string' ? [...new Set(scope.split(' '))].filter(isScope) : [];
}
