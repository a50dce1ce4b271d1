import type { Config } from '#lib/config/env.ts';
import { callerPersonKey, connectionKey } from '#lib/connections/identity.ts';
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
const PERSON_CALLS = 'calls-of-a-person';
const CONCURRENT_CALLS = 'concurrent-calls';
/** What one person may use through all clients together, in limits of a connection. A client id costs nothing. */
const CONNECTIONS_PER_PERSON = 2;
/** Most people have one client, whose own limit is reached first. Their counts cause no statements. */
const PERSON_MIN_SHARED = 1 / 4;

type Settings = Pick<Config, 'limits' | 'database'>;

let failedAuthentications: RateWindow | undefined;
let calls: RateWindow | undefined;
let personCalls: RateWindow | undefined;
let shared: SharedCounts | undefined;
let running = 0;
/** Running calls by connection and by person. */
const runningByKey = new Map<string, number>();

/** Where instances add up their counts: in PostgreSQL. PGlite serves a single process, which counts alone. */
function sharedCounts({ database }: Settings): SharedCounts | undefined {
  if (database.kind !== 'postgres') return undefined;
  shared ??= shareCounts({
    sync: async (added) => addLimitCounts(await db('background'), added),
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

/** Counts a token that can be forged against the client IP that sent it. 429 after too many in the last minute. */
export async function refuseFlood(
  address: string,
  settings: Settings,
  schedule: Schedule,
): Promise<Response | undefined> {
  const quota = settings.limits.failedAuthPerMinute;
  failedAuthentications ??= new RateWindow(FAILED_AUTHENTICATION, quota, sharedCounts(settings));
  const msLeft = await failedAuthentications.reached(address);
  if (msLeft !== undefined) return tooMany(FAILED_AUTHENTICATION, quota, seconds(msLeft));
  await failedAuthentications.add(address, schedule);
  return undefined;
}

/** A refused call. `first`: the first one in its window, which is recorded in the connection's activity. */
type BusyCaller = { response: Response; first: boolean };

/**
 * Counts calls of a connection and of its person. 429 when either made too many in the last minute. What the connection
 * is refused does not count for the person, so one client leaves a share to the others.
 */
export async function refuseBusyCaller(
  caller: Caller,
  settings: Settings,
  schedule: Schedule,
  count = 1,
): Promise<BusyCaller | undefined> {
  const quota = settings.limits.callsPerMinute;
  const personQuota = quota * CONNECTIONS_PER_PERSON;
  calls ??= new RateWindow(CALLS, quota, sharedCounts(settings));
  personCalls ??= new RateWindow(PERSON_CALLS, personQuota, sharedCounts(settings), PERSON_MIN_SHARED);
  const over = await calls.add(connectionKey(caller), schedule, count);
  if (over !== undefined) return { response: tooMany(CALLS, quota, seconds(over.msLeft)), first: over.first };
  const overPerson = await personCalls.add(callerPersonKey(caller), schedule, count);
  return (
    overPerson && {
      response: tooMany(PERSON_CALLS, personQuota, seconds(overPerson.msLeft)),
      first: overPerson.first,
    }
  );
}

/**
 * Counts calls as running until their response is sent. 429 when the connection or its person would have more calls and
 * streams than they may have at the same time, 503 when this instance would: no person can use up an instance.
 */
export function refuseOverload(
  caller: Caller,
  { limits }: Settings,
  schedule: Schedule,
  count = 1,
): Response | undefined {
  const ofConnection = limits.concurrentCallsPerConnection;
  const bounds = [
    [connectionKey(caller), ofConnection],
    [callerPersonKey(caller), ofConnection * CONNECTIONS_PER_PERSON],
  ] as const;
  for (const [key, most] of bounds)
    if ((runningByKey.get(key) ?? 0) + count > most) return tooMany(CONCURRENT_CALLS, most, 1);
  if (running + count > limits.concurrentCalls) return unavailableResponse();
  const occupy = (places: number) => {
    running += places;
    for (const [key] of bounds) {
      const now = (runningByKey.get(key) ?? 0) + places;
      if (now > 0) runningByKey.set(key, now);
      else runningByKey.delete(key);
    }
  };
  occupy(count);
  schedule(() => occupy(-count));
  return undefined;
}
