import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Caller } from './caller.ts';
import { AccessTokenRejectedError, loggable, type TokenRejection } from './rejection.ts';
import { BASE_SCOPES } from './scopes.ts';

/** Allowed difference between the issuer's clock and ours. */
export const CLOCK_TOLERANCE_SECONDS = 10;
/** Longest accepted time from `iat` to `exp`. A token with a longer lifetime was not issued as an access token. */
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60;

/** Accepted `typ` headers in lower case (RFC 9068 section 2.1). AuthKit's documented tokens have `JWT` or none. */
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const MAX_CLAIM_LENGTH = 512;
/** Control characters and lone surrogates. No issuer puts them in an id, and PostgreSQL cannot store all of them. */
const INVALID_IN_ID = /[\p{Cc}\p{Cs}]/u;
// Up to 100,000 callers are cached, so they share these sets.
const BASE: ReadonlySet<string> = new Set(BASE_SCOPES);
const NONE: ReadonlySet<string> = new Set();

type AccessTokenRules = {
  issuer: string;
  /** Accepted audiences: the resource identifier, and those of `MCP_EXTRA_AUDIENCES`. */
  audiences: readonly string[];
  /** The issuer's keys, from `remoteKeys`. */
  keys: JWTVerifyGetKey;
  now: Date;
};

function reject(rejection: TokenRejection): never {
  throw new AccessTokenRejectedError(rejection);
}

/**
 * Verifies a JWT access token for this resource (RFC 9068 section 4, RFC 8707 section 2, MCP authorization "Token
 * Handling"): signed with RS256 by a key of the issuer; `iss` and `aud` match exactly; `exp`, `iat` and `sub` are present
 * and of the right type; at most {@link MAX_LIFETIME_SECONDS} from `iat` to `exp`. A token whose `sub` is its client belongs
 * to no person (RFC 9068 section 5) and is refused.
 *
 * The audience check is what makes a token for another server useless here: the signature and the issuer of that token
 * are valid too. Key material in the header of the token (`jwk`, `jku`, `x5u`) is ignored.
 *
 * @throws {AccessTokenRejectedError} with the reason
 * @example
 * const { lookup } = remoteKeys('https://example.authkit.app/oauth2/jwks');
 * const caller = await verifyAccessToken(token, {
 *   issuer: 'https://example.authkit.app',
 *   audiences: ['https://app.example/mcp'],
 *   keys: lookup,
 *   now: new Date(),
 * });
 */
export async function verifyAccessToken(token: string, rules: AccessTokenRules): Promise<Caller> {
  rejectUnexpectedHeader(token);
  const claims = await verifiedClaims(token, rules);
  // Not rounded: `iat` may have a fraction.
  const now = rules.now.getTime() / 1000;
  const issuedAt = numericDate(claims, 'iat');
  const expiresAt = numericDate(claims, 'exp');
  if (issuedAt > now + CLOCK_TOLERANCE_SECONDS) reject({ reason: 'issued_in_future' });
  if (expiresAt - issuedAt > MAX_LIFETIME_SECONDS)
    reject({ reason: 'lifetime', seconds: expiresAt - issuedAt });
  const subject = requiredText(claims, 'sub');
  const clientId = optionalText(claims, 'client_id') ?? optionalText(claims, 'azp');
  if (subject === clientId) reject({ reason: 'machine' });
  return {
    issuer: rules.issuer,
    subject,
    clientId,
    sessionId: optionalText(claims, 'sid'),
    // A JWT template gives `null` for a person without an organization.
    organizationId: claims.org_id === null ? undefined : optionalText(claims, 'org_id'),
    scopes: grantedScopes(claims),
    hasScopeClaim: claims.scope !== undefined,
    permissions: permissions(claims),
    issuedAt,
    expiresAt,
  };
}

function readHeader(token: string): ReturnType<typeof decodeProtectedHeader> {
  if (token.split('.').length !== 3) reject({ reason: 'malformed_token' });
  try {
    return decodeProtectedHeader(token);
  } catch {
    return reject({ reason: 'malformed_token' });
  }
}

/** Rejects by the header alone, before a key is fetched or a signature is verified. */
function rejectUnexpectedHeader(token: string): void {
  const header = readHeader(token);
  if (header.alg !== 'RS256') reject({ reason: 'algorithm', got: loggable(header.alg) });
  if (header.typ !== undefined && !(typeof header.typ === 'string' && TYPES.has(header.typ.toLowerCase())))
    reject({ reason: 'type', got: loggable(header.typ) });
}

async function verifiedClaims(token: string, rules: AccessTokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, rules.keys, {
      algorithms: ['RS256'],
      issuer: rules.issuer,
      audience: [...rules.audiences],
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: rules.now,
    });
    return payload;
  } catch (error) {
    return reject(rejectionOf(error, rules));
  }
}

function rejectionOf(error: unknown, { issuer, audiences }: AccessTokenRules): TokenRejection {
  if (error instanceof AccessTokenRejectedError) return error.rejection;
  if (error instanceof errors.JWTExpired) return { reason: 'expired' };
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, payload } = error;
    if (claim === 'iss' && payload.iss !== undefined)
      return { reason: 'issuer', got: loggable(payload.iss), expected: issuer };
    if (claim === 'aud' && payload.aud !== undefined)
      return { reason: 'audience', got: loggable(payload.aud), expected: audiences.join(' or ') };
    return { reason: 'claim', claim: loggable(claim) };
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return { reason: 'unknown_key' };
  if (error instanceof errors.JWSSignatureVerificationFailed) return { reason: 'signature' };
  if (error instanceof errors.JOSEError || error instanceof TypeError) return { reason: 'malformed_token' };
  throw error;
}

function numericDate(claims: JWTPayload, claim: 'iat' | 'exp'): number {
  const value = claims[claim];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    return reject({ reason: 'claim', claim });
  return value;
}

function requiredText(claims: JWTPayload, claim: string): string {
  return optionalText(claims, claim) ?? reject({ reason: 'claim', claim });
}

/** A claim that must be a valid id if it is present: an invalid one is rejected, not treated as absent. */
function optionalText(claims: JWTPayload, claim: string): string | undefined {
  const value = claims[claim];
  if (value === undefined) return undefined;
  if (
    typeof value !== 'string' ||
    value.trim() === '' ||
    value.length > MAX_CLAIM_LENGTH ||
    INVALID_IN_ID.test(value)
  )
    return reject({ reason: 'claim', claim });
  return value;
}

/** Exact scope tokens (RFC 6749 section 3.3). A `scope` that is not a string grants nothing. */
function grantedScopes(claims: JWTPayload): ReadonlySet<string> {
  if (claims.scope === undefined) return BASE;
  return new Set(typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : []);
}

function permissions(claims: JWTPayload): ReadonlySet<string> {
  const value = claims.permissions;
  return Array.isArray(value) ? new Set(value.filter((item) => typeof item === 'string')) : NONE;
}
