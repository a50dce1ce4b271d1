import type { Caller } from '#lib/oauth/caller.ts';

export { RevocationUnavailableError } from '#lib/connections/revocation.ts';

/** Whoever calls. */
const caller: Caller = {
  issuer: 'https://issuer.example',
  subject: 'user',
  clientId: 'https://client.example/id.json',
  sessionId: 'session',
  organizationId: undefined,
  scopes: new Set(['openid', 'profile']),
  permissions: new Set<string>(),
  issuedAt: 0,
  expiresAt: 4_000_000_000,
};

/** Stands in for reading the token of a request. */
export const readBearerToken = () => '';

/** Stands in for knowing a token. */
export const recognise = (): Caller | undefined => caller;

/** Stands in for verifying a token. */
export const authenticate = async () => caller;

/** Stands in for asking whether a grant was revoked. */
export const checkRevocation = async (): Promise<'active' | 'revoked'> => 'active';
