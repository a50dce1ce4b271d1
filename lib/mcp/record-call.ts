import { pendingWrite, recordCall } from '#lib/connections/activity.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { ActiveCall } from './active-calls.ts';
import { type Call, deny, fail } from './call.ts';
import type { RequestContext } from './context.ts';
import { readOperation } from './operation.ts';

/**
 * Records a call in the activity of its connection, after the response, unless it could not be judged.
 *
 * @param startedAt - by `performance.now()`
 */
export function recordAfterResponse(
  call: Call,
  startedAt: number,
  { schedule }: Pick<RequestContext, 'schedule'>,
): void {
  schedule(() => {
    if (call.isUnjudged) return undefined;
    const durationMs = performance.now() - startedAt;
    // The client disconnected before it had the whole response.
    if (call.abortState.aborted && call.outcome === 'allowed') fail(call, 'ended');
    const { caller, operation, outcome, reason } = call;
    recordCall({ caller, at: new Date(), ...operation, outcome, reason, durationMs });
    // What the write reports is sent before a serverless function is frozen.
    return pendingWrite()?.then(backgroundWork);
  });
}

/** Records a call that was refused by the call limit, so its body was not read. */
export function recordLimitedCall(caller: Caller, startedAt: number, context: RequestContext): void {
  const { request, schedule } = context;
  const call = new ActiveCall(request, caller, readOperation(undefined, request.headers), schedule);
  deny(call, 'call_limit');
  recordAfterResponse(call, startedAt, context);
}
