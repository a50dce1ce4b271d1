import type { ConnectionRow } from '#lib/connections/queries.ts';

/**
 * Whether a client got no refresh token, by the scopes that WorkOS lists for its grant: it asks the person again each time
 * its access token expires.
 */
export function asksAgain({
  state,
  granted,
  grantedScopes,
}: Pick<ConnectionRow, 'state' | 'granted' | 'grantedScopes'>): boolean {
  return (
    state === 'active' && granted && grantedScopes.length > 0 && !grantedScopes.includes('offline_access')
  );
}
