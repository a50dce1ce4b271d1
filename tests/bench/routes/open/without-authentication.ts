import type { Caller } from '#lib/oauth/caller.ts';

const caller: Caller = {
  issuer: 'https://issuer.example',
  subject: 'user',
  clientId: 'https://client.example/id.json',
  sessionId: 'session',
  organizationId: undefined,
  scopes: new Set(['openid', 'profile']),
  hasScopeClaim: true,
  permissions: new Set<string>(),
  issuedAt: 0,
  expiresAt: 4_000_000_000,
};

/** Replaces reading the token of a request. */
export const readBearerToken = () => '';

/** Replaces the cache of verified tokens. */
export const cachedCaller = (): Caller | undefined => caller;

/** Replaces verifying a token. */
export const authenticate = async () => caller;

/** Replaces the revocation check. */
export const revocationState = async (): Promise<'active' | 'revoked'> => 'active';

/** Replaces the refusals of both, which never happen. */
export const refuseToken = async () => new Response(null, { status: 401 });
export const refuseRevoked = refuseToken;
