import type { Settings } from '../options.ts';

type Claims = Record<string, unknown>;

/** Claims that a JWT template cannot replace. */
const RESERVED = new Set(['iss', 'sub', 'exp', 'iat', 'nbf', 'jti']);

/**
 * The claims of an access token for MCP.
 *
 * @param claims - those of `oidc-provider`
 * @param consent - the consent (`sid`), its organization, and what the person's roles permit there
 */
export function accessTokenClaims(
  { behaviour }: Pick<Settings, 'behaviour'>,
  claims: Claims,
  consent: { id: string | undefined; organizationId: string | undefined; permissions: string[] },
): Claims {
  const { iss, aud, sub, jti, client_id, scope } = claims;
  const shift = behaviour.clockAheadSeconds + (behaviour.fractionalTimes ? (Date.now() % 1000) / 1000 : 0);
  const { aud: templateAudience, ...template } = Object.fromEntries(
    Object.entries(behaviour.jwtTemplate).filter(([name]) => !RESERVED.has(name)),
  );
  return {
    iss,
    aud,
    sub,
    ...(behaviour.claims !== 'older' && { client_id, scope }),
    ...(consent.organizationId && { org_id: consent.organizationId }),
    ...(consent.id && { sid: consent.id }),
    jti,
    exp: Number(claims.exp) + shift,
    iat: Number(claims.iat) + shift,
    ...(behaviour.claims === 'permissions' && { permissions: consent.permissions }),
    ...template,
    ...(templateAudience !== undefined && behaviour.templateAudienceWins && { aud: templateAudience }),
  };
}
