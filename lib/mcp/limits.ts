import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config/env.ts';
import { connectionKey } from '../connections/identity.ts';
import type { Caller } from '../oauth/caller.ts';
import { unavailableResponse } from '../oauth/challenge.ts';
import type { After } from './endpoint.ts';

const WINDOW_SECONDS = 60;
/** Addresses, and connections, that are counted at once; the one unseen for longest is forgotten for a new one. */
const MAX_COUNTED = 50_000;

type Settings = Pick<Config, 'limits'>;

/** Counts by key in fixed windows, in bounded memory. */
class Counter {
  readonly #limiter: RateLimiterMemory;
  readonly #counted = new LRUCache<string, true>({
    max: MAX_COUNTED,
    dispose: (_value, key, reason) => {
      if (reason === 'evict') void this.#limiter.delete(key);
    },
  });

  constructor(points: number) {
    this.#limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  }

  /** How often `key` was counted in its window; null when it was not. */
  seen(key: string): Promise<RateLimiterRes | null> {
    return this.#limiter.get(key);
  }

  /** Counts `key` once more, also beyond its points. */
  add(key: string): Promise<RateLimiterRes> {
    this.#counted.set(key, true);
    return this.#limiter.penalty(key);
  }
}

let failedAuthentications: Counter | undefined;
let calls: Counter | undefined;
let running = 0;
const runningOf = new Map<string, number>();

/** 429 (RFC 6585 section 4) with `Retry-After` and the RateLimit fields of draft-ietf-httpapi-ratelimit-headers. */
function tooMany(policy: string, quota: number, seconds: number): Response {
  return Response.json(
    { error: 'too_many_requests', error_description: `Try again in ${seconds} s` },
    {
      status: 429,
      headers: {
        'cache-control': 'no-store',
        'retry-after': String(seconds),
        'ratelimit-policy': `"${policy}";q=${quota}${policy === 'concurrent-calls' ? '' : `;w=${WINDOW_SECONDS}`}`,
        ratelimit: `"${policy}";r=0;t=${seconds}`,
      },
    },
  );
}

const secondsLeft = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000));

/** Counts a token that was refused against the address it came from. */
export function countFailedAuthentication(address: string, { limits }: Settings): void {
  failedAuthentications ??= new Counter(limits.failedAuthPerMinute);
  void failedAuthentications.add(address);
}

/** 429 for an address that sent too many bad tokens in the last minute, before any work on the next one. */
export async function refuseFlood(address: string, { limits }: Settings): Promise<Response | undefined> {
  const seen = (await failedAuthentications?.seen(address)) ?? null;
  const quota = limits.failedAuthPerMinute;
  return seen !== null && seen.consumedPoints >= quota
    ? tooMany('failed-authentication', quota, secondsLeft(seen))
    : undefined;
}

/** A refusal; `first` for the first one in its minute, which is worth a line in the connection's activity. */
export type BusyConnection = { response: Response; first: boolean };

/** Counts a call of a connection; 429 when it made too many in the last minute. */
export async function refuseBusyConnection(
  caller: Caller,
  { limits }: Settings,
): Promise<BusyConnection | undefined> {
  const quota = limits.callsPerMinute;
  calls ??= new Counter(quota);
  const result = await calls.add(connectionKey(caller));
  if (result.consumedPoints <= quota) return undefined;
  return {
    response: tooMany('calls', quota, secondsLeft(result)),
    first: result.consumedPoints === quota + 1,
  };
}

/**
 * Holds a place for a call until its response is sent. 429 when the connection already has as many calls and streams
 * running as one may, 503 when this instance has: one client cannot take all places.
 */
export function refuseOverload(caller: Caller, { limits }: Settings, after: After): Response | undefined {
  const key = connectionKey(caller);
  const own = runningOf.get(key) ?? 0;
  if (own >= limits.concurrentCallsPerConnection)
    return tooMany('concurrent-calls', limits.concurrentCallsPerConnection, 1);
  if (running >= limits.concurrentCalls) return unavailableResponse();
  running += 1;
  runningOf.set(key, own + 1);
  after(() => {
    running -= 1;
    const left = (runningOf.get(key) ?? 1) - 1;
    if (left > 0) runningOf.set(key, left);
    else runningOf.delete(key);
  });
  return undefined;
}
