import { type Dispatch, useState } from 'react';
import type { Access } from './access.ts';
import { nextId, type Send } from './send.ts';
import type { InspectorEvent } from './state.ts';
import type { Running } from './use-running.ts';

/** The stream of notifications outside of calls, and the resources that it is about. */
export function useListening({
  serverUrl,
  dispatch,
  send,
  access,
  running,
}: {
  serverUrl: string | undefined;
  dispatch: Dispatch<InspectorEvent>;
  send: Send;
  access: Access;
  running: Running;
}) {
  const [subscribed, setSubscribed] = useState<readonly string[]>([]);

  /** Receives notifications outside of calls, and those about the given resources. */
  async function listen(resources: readonly string[] = subscribed) {
    stopListening();
    if (serverUrl === undefined) return;
    const abort = new AbortController();
    running.current.set('listen', abort);
    dispatch({ type: 'listening', listening: 'opening' });
    const outcome = await send(
      serverUrl,
      access,
      { kind: 'listen', resources: [...resources] },
      (event) => event.type === 'listening' && dispatch({ type: 'listening', listening: 'on' }),
      abort.signal,
    );
    if (running.current.get('listen') !== abort) return;
    running.current.delete('listen');
    dispatch({ type: 'listening', listening: 'off' });
    const reason = outcome?.failure?.message ?? outcome?.findings[0]?.title ?? 'The server ended it.';
    const ended = { id: nextId(), at: Date.now(), method: 'The stream ended', params: { reason } };
    dispatch({ type: 'notified', notification: ended });
  }

  function stopListening() {
    running.current.get('listen')?.abort();
    running.current.delete('listen');
    dispatch({ type: 'listening', listening: 'off' });
  }

  function subscribe(uri: string, on: boolean) {
    const next = on ? [...subscribed, uri] : subscribed.filter((item) => item !== uri);
    setSubscribed(next);
    void listen(next);
  }

  return { subscribed, listen: () => listen(), stopListening, subscribe };
}
