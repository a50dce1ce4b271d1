import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { member } from '#lib/text/json.ts';
import { AccessTokenRejectedError } from './rejection.ts';

const TIMEOUT_MS = 3000;
/** Keys are fetched again after this long, so a key that was withdrawn stops working. */
const CACHE_MAX_AGE_MS = 10 * 60_000;
/** An unknown `kid` causes at most one fetch in this time. */
const COOLDOWN_MS = 10_000;
const MAX_BYTES = 64 * 1024;
const FIRST_BREAK_MS = 500;
const LONGEST_BREAK_MS = 15_000;

/** A key set that cannot be had right now; the token may be good (503, not 401). */
function unavailable(detail: string): AccessTokenRejectedError {
  return new AccessTokenRejectedError({ reason: 'keys_unavailable', detail });
}

async function fetchKeySet(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.status !== 200) throw unavailable(`the key set answered ${response.status}`);
  const bytes = await boundedBody(response, MAX_BYTES);
  if (bytes === undefined) throw unavailable('the key set is too large');
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw unavailable('the key set is not JSON');
  }
  const keys = member(document, 'keys');
  if (!Array.isArray(keys) || keys.length === 0) throw unavailable('the key set has no keys');
  return Response.json(document);
}

/** The keys of an issuer. */
export type IssuerKeys = {
  /**
   * The lookup for `jwtVerify`. Throws jose's `JWKSNoMatchingKey` for an unknown key, and {@link AccessTokenRejectedError}
   * `keys_unavailable` when the keys cannot be had.
   */
  lookup: JWTVerifyGetKey;
  /**
   * The key set that is held, as text: what was verified while it said the same need not be verified again. Undefined
   * when there is none, or when it is so old that it has to be fetched before anything is verified with it.
   */
  held(): string | undefined;
};

/**
 * The issuer's public keys (RFC 7517), fetched when needed and remembered for ten minutes.
 *
 * A token with an unknown `kid` makes it look for a rotated key, at most every ten seconds. A breaker opens
 * when the keys cannot be fetched: for 0.5 s, then twice as long each time up to 15 s, callers are told
 * `keys_unavailable` at once instead of each waiting for a fetch of their own. Keys that are still fresh go on
 * working meanwhile: nobody shuts the others out with a token whose key is unknown.
 *
 * @param url - the JWKS URL, from the configuration
 * @param now - milliseconds since the epoch
 */
export function remoteKeys(url: string, now: () => number = Date.now): IssuerKeys {
  // jose puts a key set in here in the same moment as it begins to use it.
  const inUse: JWKSCacheInput = {};
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: CACHE_MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: fetchKeySet,
    [jwksCache]: inUse,
  });
  let read: { keys: unknown; text: string } | undefined;
  let failures = 0;
  let closedAt = 0;

  const heldKey: JWTVerifyGetKey = async (header, token) => {
    const held = keySet.fresh ? keySet.jwks() : undefined;
    try {
      if (held !== undefined) return await createLocalJWKSet(held)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    throw unavailable('the key set could not be fetched a moment ago');
  };

  const lookup: JWTVerifyGetKey = async (header, token) => {
    if (now() < closedAt) return heldKey(header, token);
    try {
      const key = await keySet(header, token);
      failures = 0;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      if (now() >= closedAt) {
        closedAt = now() + Math.min(FIRST_BREAK_MS * 2 ** failures, LONGEST_BREAK_MS);
        failures += 1;
      }
      throw error instanceof AccessTokenRejectedError
        ? error
        : unavailable(error instanceof Error ? error.message : 'unknown');
    }
  };

  return {
    lookup,
    held() {
      if (!keySet.fresh) return undefined;
      if (read === undefined || read.keys !== inUse.jwks)
        read = { keys: inUse.jwks, text: JSON.stringify(inUse.jwks) };
      return read.text;
    },
  };
}
