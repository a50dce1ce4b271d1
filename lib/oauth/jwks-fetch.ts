import { createLocalJWKSet, type createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { boundedBody } from '#lib/http/bounded-body.ts';
import { member } from '#lib/text/json.ts';
import { AccessTokenRejectedError } from './rejection.ts';

const MAX_BYTES = 64 * 1024;
const FIRST_BREAK_MS = 500;
const LONGEST_BREAK_MS = 15_000;

/** The key set cannot be fetched now. The token may be valid, so the response is 503 and not 401. */
function unavailable(detail: string): AccessTokenRejectedError {
  return new AccessTokenRejectedError({ reason: 'keys_unavailable', detail });
}

/**
 * Fetches a key set for jose: status 200, JSON with at least one key, at most 64 KB, no redirect.
 *
 * @throws {AccessTokenRejectedError} `keys_unavailable`
 */
export async function fetchKeySet(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.status !== 200) throw unavailable(`the JWKS URL answered ${response.status}`);
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

/**
 * A circuit breaker around a remote key set. After a failed fetch it opens for 0.5 s, then twice as long each time up to
 * 15 s. While it is open, calls fail immediately with `keys_unavailable` instead of each waiting for a fetch; tokens
 * signed by a key that is still fresh are verified, so that an unknown `kid` does not affect them.
 *
 * @param now - milliseconds since the epoch
 */
export function withBreaker(
  keySet: ReturnType<typeof createRemoteJWKSet>,
  now: () => number,
): JWTVerifyGetKey {
  let failures = 0;
  let openUntil = 0;

  const cachedKey: JWTVerifyGetKey = async (header, token) => {
    const cached = keySet.fresh ? keySet.jwks() : undefined;
    try {
      if (cached !== undefined) return await createLocalJWKSet(cached)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    throw unavailable('the last fetch of the key set failed');
  };

  return async (header, token) => {
    if (now() < openUntil) return cachedKey(header, token);
    try {
      const key = await keySet(header, token);
      failures = 0;
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error;
      if (now() >= openUntil) {
        openUntil = now() + Math.min(FIRST_BREAK_MS * 2 ** failures, LONGEST_BREAK_MS);
        failures += 1;
      }
      throw error instanceof AccessTokenRejectedError
        ? error
        : unavailable(error instanceof Error ? error.message : 'unknown');
    }
  };
}
