import { decodeJwt } from 'jose';

/** Claims of an access token, without the token. Not verified: verification is the task of its server. */
export type TokenFacts = {
  /** A client cannot read an `opaque` token, and need not. */
  format: 'jwt' | 'opaque';
  issuer?: string;
  audience?: readonly string[];
  scopes?: readonly string[];
  /** Seconds from issue to expiry. */
  lifetime?: number;
  clientId?: string;
  /** Names of all claims. */
  claims?: readonly string[];
};

const strings = (value: unknown): string[] | undefined => {
  const list = Array.isArray(value) ? value : [value];
  const texts = list.filter((item): item is string => typeof item === 'string');
  return texts.length > 0 ? texts : undefined;
};

/** Reads the claims of an access token that help to debug a sign-in. */
export function readToken(token: string): TokenFacts {
  let claims: Record<string, unknown>;
  try {
    claims = decodeJwt(token);
  } catch {
    return { format: 'opaque' };
  }
  const { iss, aud, scope, iat, exp, client_id } = claims;
  const issuer = strings(iss)?.[0];
  const audience = strings(aud);
  const clientId = strings(client_id)?.[0];
  return {
    format: 'jwt',
    claims: Object.keys(claims).slice(0, 40),
    issuer,
    audience,
    clientId,
    scopes: typeof scope === 'string' ? scope.split(' ') : undefined,
    lifetime: typeof iat === 'number' && typeof exp === 'number' ? exp - iat : undefined,
  };
}
