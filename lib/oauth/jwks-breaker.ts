import { createLocalJWKSet, type createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { log } from '#lib/observability/log.ts';
import { keysUnavailable } from './key-set.ts';
import { AccessTokenRejectedError } from './rejection.ts';

const FIRST_BREAK_MS = 500;
const LONGEST_BREAK_MS = 15_000;

/** When a key set is fetched again; ages in milliseconds since it was fetched. */
export type RefreshAges = {
  /** Fetched in the background, so that no call waits. */
  early: number;
  /** Not used any more, unless the last fetch failed. */
  due: number;
  /** Not used any more. */
  stale: number;
};

/**
 * A circuit breaker around a remote key set, which also keeps it fresh. After a failed fetch the breaker opens for 0.5 s,
 * then twice as long each time up to 15 s. While it is open, nothing is fetched: tokens are verified with the last key set, if
 * that may still be used, and other calls fail immediately with `keys_unavailable`.
 *
 * @param age - of the key set, in milliseconds
 * @param now - milliseconds since the epoch
 */
export function withBreaker(
  keySet: ReturnType<typeof createRemoteJWKSet>,
  ages: RefreshAges,
  age: () => number,
  now: () => number,
): { lookup: JWTVerifyGetKey; usable(): boolean } {
  let failures = 0;
  let openUntil = 0;

  /** Runs what may fetch, and counts the fetches that fail. */
  async function counted<T>(work: () => Promise<T>): Promise<T> {
    const before = age();
    try {
      const result = await work();
      if (age() < before) failures = 0;
      return result;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      const detail = error instanceof Error ? error.message : 'unknown';
      if (now() >= openUntil) {
        openUntil = now() + Math.min(FIRST_BREAK_MS * 2 ** failures, LONGEST_BREAK_MS);
        failures += 1;
        log('warn', 'keys.fetch_failed', { detail, failures });
      }
      throw error instanceof AccessTokenRejectedError ? error : keysUnavailable(detail);
    }
  }

  const fetchAgain = () => counted(() => keySet.reload());
  const mayBeUsed = () => age() <= (failures > 0 ? ages.stale : ages.due);

  function usable(): boolean {
    if (!mayBeUsed()) return false;
    if (age() > ages.early && now() >= openUntil && !keySet.reloading) fetchAgain().catch(() => undefined);
    return true;
  }

  /** Without a key set that may be used, an unknown `kid` proves nothing. */
  const cachedKey: JWTVerifyGetKey = async (header, token) => {
    const cached = mayBeUsed() ? keySet.jwks() : undefined;
    try {
      if (cached !== undefined) return await createLocalJWKSet(cached)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    throw keysUnavailable('the last fetch of the key set failed');
  };

  return {
    usable,
    async lookup(header, token) {
      if (!usable() && now() >= openUntil) {
        // A failure allows the last key set, unless that is too old.
        await fetchAgain().catch(() => undefined);
      }
      if (now() < openUntil) return cachedKey(header, token);
      return counted(() => keySet(header, token));
    },
  };
}
