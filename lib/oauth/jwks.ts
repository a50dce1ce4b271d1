import { createRemoteJWKSet, customFetch, type JWKSCacheInput, type JWTVerifyGetKey, jwksCache } from 'jose';
import { fetchKeySet, withBreaker } from './jwks-fetch.ts';

const TIMEOUT_MS = 3000;
/** Keys are fetched again after this time, so that a withdrawn key stops working. */
const CACHE_MAX_AGE_MS = 10 * 60_000;
/** Tokens with an unknown `kid` cause at most one fetch in this time. */
const COOLDOWN_MS = 10_000;

/** The public keys of an issuer. */
export type IssuerKeys = {
  /**
   * The `getKey` argument of jose's `jwtVerify`. Throws jose's `JWKSNoMatchingKey` for an unknown key, and
   * `AccessTokenRejectedError` with `keys_unavailable` when the key set cannot be fetched.
   */
  lookup: JWTVerifyGetKey;
  /**
   * The key set in use, as JSON: a token that was verified with an equal key set need not be verified again. Undefined
   * when no key set was fetched yet, or when the last one is too old to verify anything with.
   */
  currentKeySet(): string | undefined;
};

/**
 * The issuer's public keys (RFC 7517): jose's `createRemoteJWKSet`, with a size limit and without redirects. It caches a
 * key set for ten minutes, and fetches it again for a token with an unknown `kid`, at most every ten seconds, because the
 * keys may have been rotated. {@link withBreaker} keeps an unreachable issuer from delaying every call.
 *
 * @param url - the JWKS URL, from the configuration
 * @param now - milliseconds since the epoch
 */
export function remoteKeys(url: string, now: () => number = Date.now): IssuerKeys {
  // jose replaces `jwks` in this object whenever it starts to use another key set.
  const inUse: JWKSCacheInput = {};
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: CACHE_MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: fetchKeySet,
    [jwksCache]: inUse,
  });
  let serialized: { keySet: unknown; json: string } | undefined;
  return {
    lookup: withBreaker(keySet, now),
    currentKeySet() {
      if (!keySet.fresh) return undefined;
      if (serialized === undefined || serialized.keySet !== inUse.jwks)
        serialized = { keySet: inUse.jwks, json: JSON.stringify(inUse.jwks) };
      return serialized.json;
    },
  };
}
