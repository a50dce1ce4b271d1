import type { AccessToken } from 'oidc-provider';
import type { TokenShape } from '../options.ts';
import type { Person } from '../state/people.ts';

type Claims = Record<string, unknown>;

/**
 * The claims of an access token for MCP. AuthKit documents `iss aud sub org_id? sid jti exp iat`; `full` has
 * more, as an environment with a JWT template may.
 *
 * @param claims - the claims of `oidc-provider`
 */
export function accessTokenClaims(
  shape: TokenShape,
  claims: Claims,
  token: Pick<AccessToken, 'grantId'>,
  person: Person | undefined,
): Claims {
  const { iss, aud, sub, jti, exp, iat, client_id, scope } = claims;
  const organization = person?.organization;
  const documented = {
    iss,
    aud,
    sub,
    ...(organization && { org_id: organization.id }),
    sid: token.grantId,
    jti,
    exp,
    iat,
  };
  if (shape === 'documented') return documented;
  return { ...documented, client_id, scope, permissions: organization?.permissions ?? [] };
}
