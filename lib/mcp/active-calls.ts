import { checkRevocation, RevocationUnavailableError } from '#lib/connections/revocation.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import type { After } from '#lib/server/after.ts';
import { drainSignal } from '#lib/server/drain.ts';
import type { Call } from './call.ts';
import type { Operation } from './operation.ts';

/** The method whose answer is a stream without an end (2026-07-28, subscriptions). */
const ENDLESS = 'subscriptions/listen';
/** Milliseconds between two looks at who is still allowed. */
const LOOK_MS = 1000;

/** Why a call was ended while it ran; the `reason` of its signal. */
export class CallEndedError extends Error {
  readonly code = 'call_ended';
  readonly why: 'revoked' | 'expired' | 'unknown' | 'stopping';

  constructor(why: CallEndedError['why']) {
    super(`The call was ended: ${why}`);
    this.why = why;
  }
}

type Running = { caller: Caller; endless: boolean; ending: AbortController };

const running = new Set<Running>();
let timer: NodeJS.Timeout | undefined;

/**
 * Watches a call until its response is sent. Permission is judged when a call begins; one that is still running when
 * its connection is revoked is ended within about a second. A stream without an end is also ended when its token
 * expires, when revocation cannot be looked up, and when the process is told to stop: the client listens again.
 * Other calls are left to finish then.
 *
 * @returns the signal of the call: aborted then, with a {@link CallEndedError}, or when the client goes away
 */
export function watchCall(
  request: Request,
  caller: Caller,
  { method }: Operation,
  after: After,
): AbortSignal {
  const ending = new AbortController();
  const gone = () => ending.abort(request.signal.reason);
  if (request.signal.aborted) gone();
  else request.signal.addEventListener('abort', gone, { once: true });
  const call = { caller, endless: method === ENDLESS, ending };
  running.add(call);
  after(() => void running.delete(call));
  startLooking();
  return ending.signal;
}

/** A call that is watched from when its signal is first asked for: one that is answered at once need not be. */
export class RunningCall implements Call {
  outcome: Call['outcome'] = 'allowed';
  reason: string | undefined;
  readonly caller: Caller;
  readonly operation: Operation;
  readonly #request: Request;
  readonly #after: After;
  #signal: AbortSignal | undefined;

  constructor(request: Request, caller: Caller, operation: Operation, after: After) {
    this.caller = caller;
    this.operation = operation;
    this.#request = request;
    this.#after = after;
  }

  get signal(): AbortSignal {
    this.#signal ??= watchCall(this.#request, this.caller, this.operation, this.#after);
    return this.#signal;
  }

  get ended(): AbortSignal {
    return this.#signal ?? this.#request.signal;
  }
}

function startLooking(): void {
  if (timer !== undefined) return;
  timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  drainSignal().addEventListener('abort', () => endAll('stopping'), { once: true });
}

function endAll(why: CallEndedError['why']): void {
  for (const { endless, ending } of running) if (endless) ending.abort(new CallEndedError(why));
}

async function look(): Promise<void> {
  const now = Date.now() / 1000;
  for (const { caller, endless, ending } of running) {
    const why = await whyEnded(caller, endless, now);
    if (why !== undefined) ending.abort(new CallEndedError(why));
  }
}

async function whyEnded(
  caller: Caller,
  endless: boolean,
  now: number,
): Promise<CallEndedError['why'] | undefined> {
  if (endless && now > caller.expiresAt + CLOCK_TOLERANCE_SECONDS) return 'expired';
  try {
    return (await checkRevocation(caller)) === 'revoked' ? 'revoked' : undefined;
  } catch (error) {
    if (!(error instanceof RevocationUnavailableError)) throw error;
    return endless ? 'unknown' : undefined;
  }
}

/** Gives a request the signal of its call. In place: a copy would cost as much as verifying the token. */
export function withSignal(request: Request, signal: AbortSignal): Request {
  return Object.defineProperty(request, 'signal', { value: signal });
}
