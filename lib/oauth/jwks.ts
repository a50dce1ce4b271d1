import { createRemoteJWKSet, customFetch, type JWKSCacheInput, type JWTVerifyGetKey, jwksCache } from 'jose';
import { type RefreshAges, withBreaker } from './jwks-breaker.ts';
import { fetchKeySet } from './key-set.ts';

const TIMEOUT_MS = 3000;
/** A withdrawn key stops working after `due`, or, while the issuer cannot be reached, after `stale`. */
const AGES: RefreshAges = { early: 8 * 60_000, due: 10 * 60_000, stale: 60 * 60_000 };
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
 * The issuer's public keys (RFC 7517): jose's `createRemoteJWKSet`, with a size limit and without redirects. They are
 * fetched again before ten minutes are over, and for a token with an unknown `kid`, at most every ten seconds, because the keys
 * may have been rotated. {@link withBreaker} keeps an unreachable issuer from delaying calls: the last key set is then used for
 * up to an hour.
 *
 * @param url - the JWKS URL, from the configuration
 * @param now - milliseconds since the epoch
 */
export function remoteKeys(url: string, now: () => number = () => Date.now()): IssuerKeys {
  // jose replaces `jwks` in this object whenever it starts to use another key set.
  const inUse: JWKSCacheInput = {};
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: AGES.stale,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: fetchKeySet,
    [jwksCache]: inUse,
  });
  let serialized: { keySet: unknown; json: string } | undefined;
  const age = () => (inUse.uat === undefined ? Number.POSITIVE_INFINITY : now() - inUse.uat);
  const { lookup, usable } = withBreaker(keySet, AGES, age, now);
  return {
    lookup,
    currentKeySet() {
      if (!usable()) return undefined;
      if (serialized === undefined || serialized.keySet !== inUse.jwks)
        serialized = { keySet: inUse.jwks, json: JSON.stringify(inUse.jwks) };
      return serialized.json;
    },
  };
}
