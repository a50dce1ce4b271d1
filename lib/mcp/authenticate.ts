import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Config } from '#lib/config/env.ts';
import { jwksUrl, resourceUrl } from '#lib/config/urls.ts';
import { refuseFlood } from '#lib/limits/limits.ts';
import { verifyAccessToken } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { challengeResponse } from '#lib/oauth/challenge.ts';
import { type IssuerKeys, remoteKeys } from '#lib/oauth/jwks.ts';
import { AccessTokenRejectedError, rejectionLogFields, type TokenRejection } from '#lib/oauth/rejection.ts';
import { log } from '#lib/observability/log.ts';
import { clientIp } from '#lib/server/client-ip.ts';
import type { RequestContext } from './context.ts';

const MAX_CACHED_CALLERS = 100_000;
const MAX_CACHED_REJECTIONS = 20_000;
const REJECTION_TTL_SECONDS = 60;

/** The caller of a verified token, and the key set that verified its signature. */
type Verified = { caller: Caller; keySet: string };

/** Keyed by a hash of the token: the memory of the process contains no usable token. */
const callers = new LRUCache<string, Verified>({ max: MAX_CACHED_CALLERS });
/** A cache of its own, so that a flood of bad tokens cannot evict good ones. */
const rejections = new LRUCache<string, { rejection: TokenRejection; until: number }>({
  max: MAX_CACHED_REJECTIONS,
});

/** Reasons that can disappear without a new token. They are not cached. */
const TRANSIENT = new Set<TokenRejection['reason']>(['unknown_key', 'issued_in_future', 'keys_unavailable']);

/**
 * Reasons that prove nothing about the sender, which count against its address. A token with a good signature was issued to
 * a client, which may share its address with thousands of others: expired tokens are how most clients learn of expiry.
 */
const FORGEABLE = new Set<TokenRejection['reason']>([
  'malformed_authorization',
  'malformed_token',
  'token_too_large',
  'type',
  'algorithm',
  'unknown_key',
  'signature',
]);

let issuer: { url: string; keys: IssuerKeys } | undefined;

function issuerKeys(config: Config): IssuerKeys {
  const url = jwksUrl(config);
  if (issuer?.url !== url) issuer = { url, keys: remoteKeys(url) };
  return issuer.keys;
}

const cacheKey = (token: string) => hash('sha256', token, 'base64url');

/**
 * The caller of a token that was verified before with the key set that is still in use, and that has not expired.
 * Revocation is not cached: it is the next step of the endpoint.
 */
export function cachedCaller(token: string, now: Date = new Date()): Caller | undefined {
  const verified = callers.get(cacheKey(token));
  if (verified === undefined || verified.keySet !== issuer?.keys.currentKeySet()) return undefined;
  return now.getTime() / 1000 < verified.caller.expiresAt ? verified.caller : undefined;
}

/**
 * Verifies an access token for this resource, and caches the result: the caller, or a rejection that is final.
 *
 * @throws {AccessTokenRejectedError}
 */
export async function verifyToken(token: string, config: Config, now: Date = new Date()): Promise<Caller> {
  const seconds = now.getTime() / 1000;
  const key = cacheKey(token);
  const rejected = rejections.get(key);
  if (rejected !== undefined && seconds < rejected.until)
    throw new AccessTokenRejectedError(rejected.rejection);
  const keys = issuerKeys(config);
  // Read before the verification: a key set that is replaced meanwhile must not be taken for the one that verified.
  const keySet = keys.currentKeySet();
  try {
    const caller = await verifyAccessToken(token, {
      issuer: config.authkitDomain,
      audiences: [resourceUrl(config), ...config.extraAudiences],
      keys: keys.lookup,
      now,
    });
    if (keySet !== undefined) callers.set(key, { caller, keySet });
    return caller;
  } catch (error) {
    if (error instanceof AccessTokenRejectedError && !TRANSIENT.has(error.rejection.reason))
      rejections.set(key, { rejection: error.rejection, until: seconds + REJECTION_TTL_SECONDS });
    throw error;
  }
}

/** Authenticates a token that {@link cachedCaller} does not know. A valid one is accepted whatever else its client IP sends. */
export async function authenticate(token: string, context: RequestContext): Promise<Caller | Response> {
  try {
    return await verifyToken(token, context.settings);
  } catch (error) {
    if (error instanceof AccessTokenRejectedError) return refuseToken(error.rejection, context);
    throw error;
  }
}

/** The challenge for a rejection, which is logged. 429 for a token that can be forged during a flood of such tokens. */
export async function refuseToken(rejection: TokenRejection, context: RequestContext): Promise<Response> {
  const { request, settings, schedule, span } = context;
  span.rejection = rejection.reason;
  if (rejection.reason !== 'missing') {
    const address = clientIp(request, settings);
    const flood = FORGEABLE.has(rejection.reason) && (await refuseFlood(address, settings, schedule));
    if (flood) return flood;
    log('warn', 'mcp.token_rejected', { address, ...rejectionLogFields(rejection) });
  }
  return challengeResponse(rejection, settings, request.headers.get('mcp-protocol-version'));
}
