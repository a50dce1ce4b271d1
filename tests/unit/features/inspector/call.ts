import type { CallEvent, CallOutcome, CallRequest } from '#features/inspector/call-messages.ts';
import { prepareCall } from '#features/inspector/server/call-server.ts';
import type { InspectorContext } from '#features/inspector/server/context.ts';

/** Makes one request as `POST /inspector/api/call` does, and returns everything that the page would get. */
export async function callServer(
  context: InspectorContext,
  request: Pick<CallRequest, 'server'> & Partial<CallRequest>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ events: CallEvent[]; outcome: CallOutcome }> {
  const events: CallEvent[] = [];
  const whole: CallRequest = {
    authorization: { kind: 'session' },
    operation: { kind: 'view' },
    timeoutSeconds: 60,
    era: 'auto',
    ...request,
  };
  const run = await prepareCall(context, whole, (event) => events.push(event));
  await run(signal);
  const done = events.find((event) => event.type === 'done');
  if (!done) throw new Error('There is no outcome.');
  return { events, outcome: done.outcome };
}
