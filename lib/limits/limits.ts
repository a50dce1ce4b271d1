import type { Config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { schedulePrune } from '#lib/connections/prune.ts';
import { db } from '#lib/db/connection.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { unavailableResponse } from '#lib/oauth/challenge.ts';
import { log } from '#lib/observability/log.ts';
import type { After } from '#lib/server/after.ts';
import { drainSignal } from '#lib/server/drain.ts';
import { addLimitCounts } from './limit-counts.ts';
import { Counter, WINDOW_SECONDS } from './rate-window.ts';
import { type SharedCounts, shareCounts } from './shared-counts.ts';

const FAILED_AUTHENTICATION = 'failed-authentication';
const CALLS = 'calls';
const CONCURRENT_CALLS = 'concurrent-calls';

type Settings = Pick<Config, 'limits' | 'database'>;

let failedAuthentications: Counter | undefined;
let calls: Counter | undefined;
let shared: SharedCounts | undefined;
let running = 0;
const runningOf = new Map<string, number>();

/** Where instances add up their counts: in PostgreSQL. PGlite serves one process, which has nobody to share with. */
function sharedCounts({ database }: Settings): SharedCounts | undefined {
  if (database.kind !== 'postgres') return undefined;
  shared ??= shareCounts({
    exchange: async (added) => addLimitCounts(await db(), added),
    failed: (error) => log('warn', 'limits.not_shared', { reason: databaseErrorCode(error) }),
    exchanged: schedulePrune,
    signal: drainSignal(),
  });
  return shared;
}

/** 429 (RFC 6585 section 4) with `Retry-After` and the RateLimit fields of draft-ietf-httpapi-ratelimit-headers. */
function tooMany(policy: string, quota: number, seconds: number): Response {
  return Response.json(
    { error: 'too_many_requests', error_description: `Try again in ${seconds} s` },
    {
      status: 429,
      headers: {
        'cache-control': 'no-store',
        'retry-after': String(seconds),
        'ratelimit-policy': `"${policy}";q=${quota}${policy === CONCURRENT_CALLS ? '' : `;w=${WINDOW_SECONDS}`}`,
        ratelimit: `"${policy}";r=0;t=${seconds}`,
      },
    },
  );
}

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/** Counts a token that was refused against the address it came from. */
export async function countFailedAuthentication(
  address: string,
  settings: Settings,
  after: After,
): Promise<void> {
  failedAuthentications ??= new Counter(
    FAILED_AUTHENTICATION,
    settings.limits.failedAuthPerMinute,
    sharedCounts(settings),
  );
  await failedAuthentications.add(address, after);
}

/** 429 for an address that sent too many bad tokens in the last minute, before any work on the next one. */
export async function refuseFlood(address: string, { limits }: Settings): Promise<Response | undefined> {
  const msLeft = await failedAuthentications?.reached(address);
  return msLeft === undefined
    ? undefined
    : tooMany(FAILED_AUTHENTICATION, limits.failedAuthPerMinute, seconds(msLeft));
}

/** A refusal; `first` for the first one in its minute, which is worth a line in the connection's activity. */
export type BusyConnection = { response: Response; first: boolean };

/** Counts a call of a connection; 429 when it made too many in the last minute. */
export async function refuseBusyConnection(
  caller: Caller,
  settings: Settings,
  after: After,
): Promise<BusyConnection | undefined> {
  const quota = settings.limits.callsPerMinute;
  calls ??= new Counter(CALLS, quota, sharedCounts(settings));
  const over = await calls.add(connectionKey(caller), after);
  if (over === undefined) return undefined;
  return { response: tooMany(CALLS, quota, seconds(over.msLeft)), first: over.first };
}

/**
 * Holds a place for a call until its response is sent. 429 when the connection already has as many calls and streams
 * running as one may, 503 when this instance has: one client cannot take all places.
 */
export function refuseOverload(caller: Caller, { limits }: Settings, after: After): Response | undefined {
  const key = connectionKey(caller);
  const own = runningOf.get(key) ?? 0;
  if (own >= limits.concurrentCallsPerConnection)
    return tooMany(CONCURRENT_CALLS, limits.concurrentCallsPerConnection, 1);
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
