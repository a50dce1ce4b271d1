import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config/env.ts';
import { connectionKey } from '../connections/identity.ts';
import type { Caller } from '../oauth/caller.ts';
import { unavailableResponse } from '../oauth/challenge.ts';
import type { After } from './endpoint.ts';

const WINDOW_SECONDS = 60;

type Settings = Pick<Config, 'limits'>;

let failedAuthentications: RateLimiterMemory | undefined;
let calls: RateLimiterMemory | undefined;
let running = 0;

function failedAuthenticationLimiter({ limits }: Settings): RateLimiterMemory {
  failedAuthentications ??= new RateLimiterMemory({
    points: limits.failedAuthPerMinute,
    duration: WINDOW_SECONDS,
  });
  return failedAuthentications;
}

function callLimiter({ limits }: Settings): RateLimiterMemory {
  calls ??= new RateLimiterMemory({ points: limits.callsPerMinute, duration: WINDOW_SECONDS });
  return calls;
}

/** 429 (RFC 6585 section 4) with `Retry-After` and the RateLimit fields of draft-ietf-httpapi-ratelimit-headers. */
function tooMany(policy: string, quota: number, { msBeforeNext }: RateLimiterRes): Response {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return Response.json(
    { error: 'too_many_requests', error_description: `Try again in ${seconds} s` },
    {
      status: 429,
      headers: {
        'cache-control': 'no-store',
        'retry-after': String(seconds),
        'ratelimit-policy': `"${policy}";q=${quota};w=${WINDOW_SECONDS}`,
        ratelimit: `"${policy}";r=0;t=${seconds}`,
      },
    },
  );
}

/** Counts a token that was refused against the address it came from. */
export function countFailedAuthentication(address: string, settings: Settings): void {
  // `penalty` counts without rejecting; refuseFlood is where the count has an effect.
  void failedAuthenticationLimiter(settings).penalty(address);
}

/** 429 for an address that sent too many bad tokens in the last minute, before any work on the next one. */
export async function refuseFlood(address: string, settings: Settings): Promise<Response | undefined> {
  const seen = await failedAuthenticationLimiter(settings).get(address);
  const quota = settings.limits.failedAuthPerMinute;
  return seen !== null && seen.consumedPoints >= quota
    ? tooMany('failed-authentication', quota, seen)
    : undefined;
}

/** 429 for a connection that made too many calls in the last minute; counts this one. */
export async function refuseBusyConnection(
  caller: Caller,
  settings: Settings,
): Promise<Response | undefined> {
  const quota = settings.limits.callsPerMinute;
  const result = await callLimiter(settings)
    .consume(connectionKey(caller))
    .catch((reached: RateLimiterRes | Error) => reached);
  if (result instanceof Error) throw result;
  return result.consumedPoints > quota ? tooMany('calls', quota, result) : undefined;
}

/** 503 when this instance already serves as many calls at once as it may; else holds a place until the response is sent. */
export function refuseOverload({ limits }: Settings, after: After): Response | undefined {
  if (running >= limits.concurrentCalls) return unavailableResponse();
  running += 1;
  after(() => {
    running -= 1;
  });
  return undefined;
}
