import type { Caller } from '#lib/oauth/caller.ts';

export const ISSUER = 'https://auth.example.com';

/** A caller as the verifier makes it; every call makes a new object. */
export function callerOf(parts: Partial<Caller> = {}): Caller {
  const now = Math.floor(Date.now() / 1000);
  return {
    issuer: ISSUER,
    subject: 'user_ada',
    clientId: 'https://client.example.com/metadata.json',
    sessionId: 'consent_1',
    organizationId: undefined,
    scopes: new Set(['openid', 'profile']),
    hasScopeClaim: true,
    permissions: new Set(),
    issuedAt: now - 60,
    expiresAt: now + 300,
    ...parts,
  };
}
