import { hash } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config/env.ts';
import { jwksUrl, resourceUrl } from '../config/urls.ts';
import { verifyAccessToken } from '../oauth/access-token.ts';
import type { Caller } from '../oauth/caller.ts';
import { remoteKeys } from '../oauth/jwks.ts';

/** Seconds a verified token is remembered; a key that the issuer withdrew stops working after this. */
const REMEMBER_SECONDS = 60;
const REMEMBERED_TOKENS = 20_000;

type Remembered = { caller: Caller; until: number };

/** Keyed by a hash: the memory of a process holds no usable token. */
const remembered = new LRUCache<string, Remembered>({ max: REMEMBERED_TOKENS });
let keys: { url: string; lookup: JWTVerifyGetKey } | undefined;

function issuerKeys(config: Config): JWTVerifyGetKey {
  const url = jwksUrl(config);
  if (keys?.url !== url) keys = { url, lookup: remoteKeys(url) };
  return keys.lookup;
}

/**
 * Says who a bearer token belongs to. A token that was verified in the last minute is recognised by its hash;
 * its `exp` is looked at every time, and revocation is the caller's next step in any case.
 *
 * @throws {AccessTokenRejected}
 */
export async function authenticate(token: string, config: Config, now: Date = new Date()): Promise<Caller> {
  const seconds = now.getTime() / 1000;
  const key = hash('sha256', token, 'base64url');
  const known = remembered.get(key);
  if (known !== undefined && seconds < known.until) return known.caller;
  const caller = await verifyAccessToken(token, {
    issuer: config.authkitDomain,
    audiences: [resourceUrl(config), ...config.extraAudiences],
    keys: issuerKeys(config),
    now,
  });
  remembered.set(key, { caller, until: Math.min(caller.expiresAt, seconds + REMEMBER_SECONDS) });
  return caller;
}
