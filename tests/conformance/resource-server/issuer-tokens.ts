import type { TestIssuer } from '#tests/support/tokens.ts';
import type { TokenSource } from './subject.ts';

const HOUR_S = 3600;

/** Tokens of an issuer of the test's own, which makes any token there can be. */
export function issuerTokens(issuer: TestIssuer, resource: string): TokenSource {
  const make = (changes: Record<string, unknown>) =>
    issuer.token({
      aud: resource,
      client_id: 'https://client.example/id',
      scope: 'openid profile',
      ...changes,
    });
  const anHourAgo = () => Math.floor(Date.now() / 1000) - HOUR_S;
  return {
    valid: () => make({}),
    otherAudience: () => make({ aud: 'client_of_the_environment' }),
    expired: () => make({ iat: anHourAgo() - HOUR_S, exp: anHourAgo() }),
    withScopes: (scopes) => make({ scope: scopes.join(' ') }),
    mint: make,
  };
}
