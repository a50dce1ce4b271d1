import type { Dispatch } from 'react';
import { requestFailure } from '#components/ui/request-failure.ts';
import { route } from '#lib/config/route.ts';
import { type Access, authorizationOf } from './access.ts';
import * as actions from './actions.ts';
import type { CallEvent, CallOutcome, CallRequest, Operation } from './call-messages.ts';
import { postLines } from './post-lines.ts';
import type { ServerView } from './server/server-view.ts';
import type { InspectorEvent } from './state.ts';

/** What a person sets for all calls to a server. */
export type CallSettings = Pick<CallRequest, 'timeoutSeconds' | 'era' | 'logLevel'>;

export type Send = ReturnType<typeof sender>;

let lastId = 0;
/** An id for a call or a notification. */
export const nextId = () => `${Date.now().toString(36)}-${++lastId}`;

/**
 * The way to a server. Exchanges, notifications and the state of the session go into the state of the page.
 *
 * @param view - what is known of the server
 * @param onListChanged - called when the server says that one of its lists has changed
 */
export function sender(
  dispatch: Dispatch<InspectorEvent>,
  settings: CallSettings,
  view: ServerView | undefined,
  onListChanged: () => void,
) {
  function notify({ at, method, params }: Extract<CallEvent, { type: 'notification' }>) {
    dispatch({ type: 'notified', notification: { id: nextId(), at, method, params } });
    if (method.endsWith('/list_changed')) onListChanged();
  }

  /** Sends one operation; undefined when it was refused, failed or cancelled before an outcome. */
  return async function send(
    server: string,
    by: Access,
    operation: Operation,
    onEvent: (event: CallEvent) => void,
    signal?: AbortSignal,
  ): Promise<CallOutcome | undefined> {
    let outcome: CallOutcome | undefined;
    const body: CallRequest = { server, authorization: authorizationOf(by), operation, ...settings };
    if (view?.sse && operation.kind !== 'view') body.era = 'sse';
    try {
      const refusal = await postLines<CallEvent>(
        route('/inspector/api/call'),
        body,
        (event) => {
          if (event.type === 'started' || event.type === 'exchange') dispatch({ type: 'traced', event });
          else if (event.type === 'done') outcome = event.outcome;
          else if (event.type === 'notification') notify(event);
          else onEvent(event);
        },
        signal,
      );
      if (refusal) dispatch({ type: 'request-failed', failure: refusal.refused });
    } catch (error) {
      if (!signal?.aborted) dispatch({ type: 'request-failed', failure: requestFailure(error) });
    }
    if (outcome && by.kind === 'session') {
      if (outcome.renewed) void actions.keepTokens({ server });
      if (!outcome.session) void actions.disconnect({ server });
      dispatch({ type: 'session-changed', session: outcome.session });
    }
    return outcome;
  };
}
