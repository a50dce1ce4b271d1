import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Config } from '#lib/config/env.ts';
import { jwksUrl, resourceUrl } from '#lib/config/urls.ts';
import { verifyAccessToken } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { type IssuerKeys, remoteKeys } from '#lib/oauth/jwks.ts';
import { AccessTokenRejectedError, type TokenRejection } from '#lib/oauth/rejection.ts';

const REMEMBERED_TOKENS = 100_000;
const REMEMBERED_REFUSALS = 20_000;
/** Seconds a refusal is remembered. */
const REFUSED_SECONDS = 60;

/** Who a token belongs to, and the key set that its signature was verified with. */
type Verdict = { caller: Caller; keySet: string };

/** Keyed by a hash: the memory of a process holds no usable token. */
const verdicts = new LRUCache<string, Verdict>({ max: REMEMBERED_TOKENS });
/** Apart from the good ones, so that a flood of bad tokens pushes none of those out. */
const refusals = new LRUCache<string, { rejection: TokenRejection; until: number }>({
  max: REMEMBERED_REFUSALS,
});

/** What may be different a moment later, and so is judged anew each time. */
const PASSING = new Set<TokenRejection['reason']>(['unknown_key', 'issued_in_future', 'keys_unavailable']);

let issuer: { url: string; keys: IssuerKeys } | undefined;

function issuerKeys(config: Config): IssuerKeys {
  const url = jwksUrl(config);
  if (issuer?.url !== url) issuer = { url, keys: remoteKeys(url) };
  return issuer.keys;
}

const keyOf = (token: string) => hash('sha256', token, 'base64url');

/**
 * Says who a token belongs to if its signature was verified before, with the key set that is in use. Its `exp` is looked
 * at every time, and revocation is the next step of `handleMcp` in any case.
 */
export function recognise(token: string, now: Date = new Date()): Caller | undefined {
  const known = verdicts.get(keyOf(token));
  if (known === undefined || known.keySet !== issuer?.keys.currentKeySet()) return undefined;
  return now.getTime() / 1000 < known.caller.expiresAt ? known.caller : undefined;
}

/**
 * Says who a bearer token belongs to, and remembers it; also remembers what can only be refused again.
 *
 * @throws {AccessTokenRejectedError}
 */
export async function authenticate(token: string, config: Config, now: Date = new Date()): Promise<Caller> {
  const seconds = now.getTime() / 1000;
  const key = keyOf(token);
  const known = refusals.get(key);
  if (known !== undefined && seconds < known.until) throw new AccessTokenRejectedError(known.rejection);
  const keys = issuerKeys(config);
  // Asked before the key is looked up: a key set that is replaced meanwhile must not vouch for a key of the old one.
  const keySet = keys.currentKeySet();
  try {
    const caller = await verifyAccessToken(token, {
      issuer: config.authkitDomain,
      audiences: [resourceUrl(config), ...config.extraAudiences],
      keys: keys.lookup,
      now,
    });
    if (keySet !== undefined) verdicts.set(key, { caller, keySet });
    return caller;
  } catch (error) {
    if (error instanceof AccessTokenRejectedError && !PASSING.has(error.rejection.reason))
      refusals.set(key, { rejection: error.rejection, until: seconds + REFUSED_SECONDS });
    throw error;
  }
}
