import type { Config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { schedulePrune } from '#lib/connections/prune.ts';
import { db } from '#lib/db/connection.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { unavailableResponse } from '#lib/oauth/challenge.ts';
import { log } from '#lib/observability/log.ts';
import { drainSignal } from '#lib/server/drain.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import { addLimitCounts } from './limit-counts.ts';
import { RateWindow, WINDOW_SECONDS } from './rate-window.ts';
import { type SharedCounts, shareCounts } from './shared-counts.ts';

const FAILED_AUTHENTICATION = 'failed-authentication';
const CALLS = 'calls';
const CONCURRENT_CALLS = 'concurrent-calls';

type Settings = Pick<Config, 'limits' | 'database'>;

let failedAuthentications: RateWindow | undefined;
let calls: RateWindow | undefined;
let shared: SharedCounts | undefined;
let running = 0;
const runningByConnection = new Map<string, number>();

/** Where instances add up their counts: in PostgreSQL. PGlite serves a single process, which counts alone. */
function sharedCounts({ database }: Settings): SharedCounts | undefined {
  if (database.kind !== 'postgres') return undefined;
  shared ??= shareCounts({
    sync: async (added) => addLimitCounts(await db(), added),
    onError: (error) => log('warn', 'limits.not_shared', { reason: databaseErrorCode(error) }),
    onSync: schedulePrune,
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

/** Counts a rejected token against the client IP that sent it. */
export async function countFailedAuthentication(
  address: string,
  settings: Settings,
  schedule: Schedule,
): Promise<void> {
  failedAuthentications ??= new RateWindow(
    FAILED_AUTHENTICATION,
    settings.limits.failedAuthPerMinute,
    sharedCounts(settings),
  );
  await failedAuthentications.add(address, schedule);
}

/** 429 for a client IP that sent too many bad tokens in the last minute, before any work on the next one. */
export async function refuseFlood(address: string, { limits }: Settings): Promise<Response | undefined> {
  const msLeft = await failedAuthentications?.reached(address);
  return msLeft === undefined
    ? undefined
    : tooMany(FAILED_AUTHENTICATION, limits.failedAuthPerMinute, seconds(msLeft));
}

/** A refused call. `first`: the first one in its window, which is recorded in the connection's activity. */
type BusyConnection = { response: Response; first: boolean };

/** Counts a call of a connection. 429 when it made too many in the last minute. */
export async function refuseBusyConnection(
  caller: Caller,
  settings: Settings,
  schedule: Schedule,
): Promise<BusyConnection | undefined> {
  const quota = settings.limits.callsPerMinute;
  calls ??= new RateWindow(CALLS, quota, sharedCounts(settings));
  const over = await calls.add(connectionKey(caller), schedule);
  if (over === undefined) return undefined;
  return { response: tooMany(CALLS, quota, seconds(over.msLeft)), first: over.first };
}

/**
 * Counts a call as running until its response is sent. 429 when the connection already has the most calls and streams
 * that one connection may have at the same time, 503 when this instance has: one client cannot use up an instance.
 */
export function refuseOverload(
  caller: Caller,
  { limits }: Settings,
  schedule: Schedule,
): Response | undefined {
  const key = connectionKey(caller);
  const own = runningByConnection.get(key) ?? 0;
  if (own >= limits.concurrentCallsPerConnection)
    return tooMany(CONCURRENT_CALLS, limits.concurrentCallsPerConnection, 1);
  if (running >= limits.concurrentCalls) return unavailableResponse();
  running += 1;
  runningByConnection.set(key, own + 1);
  schedule(() => {
    running -= 1;
    const left = (runningByConnection.get(key) ?? 1) - 1;
    if (left > 0) runningByConnection.set(key, left);
    else runningByConnection.delete(key);
  });
  return undefined;
}
