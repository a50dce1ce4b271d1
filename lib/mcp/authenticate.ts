import { hash } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/env.ts';
import { jwksUrl, resourceUrl } from '../config/urls.ts';
import { verifyAccessToken } from '../oauth/access-token.ts';
import type { Caller } from '../oauth/caller.ts';
import { remoteKeys } from '../oauth/jwks.ts';
import { AccessTokenRejected, type TokenRejection } from '../oauth/rejection.ts';

/** Seconds a verdict is remembered; a key that the issuer withdrew stops working after this. */
const REMEMBER_SECONDS = 60;
const REMEMBERED_TOKENS = 20_000;

/** Keyed by a hash: the memory of a process holds no usable token. */
const callers = new LRUCache<string, { caller: Caller; until: number }>({ max: REMEMBERED_TOKENS });
/** Apart from the good ones, so that a flood of bad tokens pushes none of those out. */
const refusals = new LRUCache<string, { rejection: TokenRejection; until: number }>({
  max: REMEMBERED_TOKENS,
});

/** What may be different a moment later, and so is judged anew each time. */
const PASSING = new Set<TokenRejection['reason']>(['unknown_key', 'issued_in_future', 'keys_unavailable']);

let keys: { url: string; lookup: JWTVerifyGetKey } | undefined;

function issuerKeys(config: Config): JWTVerifyGetKey {
  const url = jwksUrl(config);
  if (keys?.url !== url) keys = { url, lookup: remoteKeys(url) };
  return keys.lookup;
}

const keyOf = (token: string) => hash('sha256', token, 'base64url');

/**
 * Says who a token belongs to if that was found out in the last minute. Its `exp` is looked at every time, and
 * revocation is the next step of {@link import('./endpoint.ts').handleMcp} in any case.
 */
export function recognise(token: string, now: Date = new Date()): Caller | undefined {
  const known = callers.get(keyOf(token));
  return known !== undefined && now.getTime() / 1000 < known.until ? known.caller : undefined;
}

/**
 * Says who a bearer token belongs to, and remembers it; also remembers what can only be refused again.
 *
 * @throws {AccessTokenRejected}
 */
export async function authenticate(token: string, config: Config, now: Date = new Date()): Promise<Caller> {
  const seconds = now.getTime() / 1000;
  const key = keyOf(token);
  const known = refusals.get(key);
  if (known !== undefined && seconds < known.until) throw new AccessTokenRejected(known.rejection);
  const until = seconds + REMEMBER_SECONDS;
  try {
    const caller = await verifyAccessToken(token, {
      issuer: config.authkitDomain,
      audiences: [resourceUrl(config), ...config.extraAudiences],
      keys: issuerKeys(config),
      now,
    });
    callers.set(key, { caller, until: Math.min(caller.expiresAt, until) });
    return caller;
  } catch (error) {
    if (error instanceof AccessTokenRejected && !PASSING.has(error.rejection.reason))
      refusals.set(key, { rejection: error.rejection, until });
    throw error;
  }
}
