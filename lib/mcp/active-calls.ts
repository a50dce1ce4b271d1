import { checkRevocation, RevocationUnavailableError } from '#lib/connections/revocation.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { drainSignal } from '#lib/server/drain.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import type { Call } from './call.ts';
import type { Operation } from './operation.ts';

/** The method whose response is a stream without an end (2026-07-28, subscriptions). */
const SUBSCRIPTION = 'subscriptions/listen';
const SWEEP_INTERVAL_MS = 1000;

/** The reason of the signal of a call that was ended while it ran. */
export class CallEndedError extends Error {
  readonly code = 'call_ended';
  readonly why: 'revoked' | 'limited' | 'expired' | 'unknown' | 'stopping';

  constructor(why: CallEndedError['why']) {
    super(`The call was ended: ${why}`);
    this.name = 'CallEndedError';
    this.why = why;
  }
}

type Watched = {
  caller: Caller;
  isSubscription: boolean;
  controller: AbortController;
  flags: Pick<Call, 'endsOwnAccess' | 'isForbidden'>;
};

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches a call until its response was sent. The endpoint checks permission when a call begins; a call that still runs
 * when its connection is revoked, or limited so that it is forbidden, is aborted within about a second. A subscription is also aborted when its token expires,
 * when revocation cannot be checked, and when the process shuts down: the client subscribes again. Other calls may
 * finish in these cases.
 *
 * @param flags - read with each look at the connection
 *
 * @returns a signal that is then aborted with a {@link CallEndedError}, and also when the client disconnects
 */
export function watchCall(
  request: Request,
  caller: Caller,
  { method }: Operation,
  schedule: Schedule,
  flags: Watched['flags'] = {},
): AbortSignal {
  const controller = new AbortController();
  const disconnected = () => controller.abort(request.signal.reason);
  if (request.signal.aborted) disconnected();
  else request.signal.addEventListener('abort', disconnected, { once: true });
  const call = { caller, isSubscription: method === SUBSCRIPTION, controller, flags };
  watched.add(call);
  schedule(() => void watched.delete(call));
  startSweeping();
  return controller.signal;
}

/** A call that is watched from the first use of its signal on: a call that ends sooner need not be. */
export class ActiveCall implements Call {
  permissions: Call['permissions'];
  toolsOff: Call['toolsOff'];
  isForbidden: Call['isForbidden'];
  endsOwnAccess = false;
  isUnjudged = false;
  outcome: Call['outcome'] = 'allowed';
  reason: string | undefined;
  readonly caller: Caller;
  readonly operation: Operation;
  readonly #request: Request;
  readonly #schedule: Schedule;
  #signal: AbortSignal | undefined;

  constructor(request: Request, caller: Caller, operation: Operation, schedule: Schedule) {
    this.caller = caller;
    this.operation = operation;
    this.#request = request;
    this.#schedule = schedule;
  }

  get signal(): AbortSignal {
    this.#signal ??= watchCall(this.#request, this.caller, this.operation, this.#schedule, this);
    return this.#signal;
  }

  get abortState(): Call['abortState'] {
    return this.#signal ?? this.#request.signal;
  }
}

function startSweeping(): void {
  if (timer !== undefined) return;
  timer = setInterval(() => void sweep(), SWEEP_INTERVAL_MS);
  timer.unref();
  drainSignal().addEventListener('abort', endSubscriptions, { once: true });
}

function endSubscriptions(): void {
  for (const { isSubscription, controller } of watched)
    if (isSubscription) controller.abort(new CallEndedError('stopping'));
}

async function sweep(): Promise<void> {
  const now = Date.now() / 1000;
  for (const { caller, isSubscription, controller, flags } of watched) {
    if (flags.endsOwnAccess) continue;
    const why = await abortReason(caller, isSubscription, now, flags);
    if (why !== undefined) controller.abort(new CallEndedError(why));
  }
}

async function abortReason(
  caller: Caller,
  isSubscription: boolean,
  now: number,
  { isForbidden }: Watched['flags'],
): Promise<CallEndedError['why'] | undefined> {
  if (isSubscription && now > caller.expiresAt + CLOCK_TOLERANCE_SECONDS) return 'expired';
  try {
    if ((await checkRevocation(caller)) !== 'active') return 'revoked';
    return (await isForbidden?.()) ? 'limited' : undefined;
  } catch (error) {
    if (!(error instanceof RevocationUnavailableError)) throw error;
    return isSubscription ? 'unknown' : undefined;
  }
}

/** Sets the signal of a request to that of its call. In place: a copy would cost as much as verifying the token. */
export function withSignal(request: Request, signal: AbortSignal): Request {
  return Object.defineProperty(request, 'signal', { value: signal });
}
