'use client';

import { useSyncExternalStore } from 'react';
import { Callout } from '#components/ui/callout.tsx';

type Message = { tone: 'ok' | 'warn' | 'bad'; text: string };

let message: Message | undefined;
const listeners = new Set<() => void>();

/** Shows a message at the top of the page until the next one. */
export function notify(next: Message): void {
  message = next;
  for (const listener of listeners) listener();
}

/** The place of {@link notify}'s messages; its live region is there before they are. */
export function Notice() {
  const current = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => message,
    () => undefined,
  );
  return (
    <div role="status" className={current ? 'mb-4' : undefined}>
      {current && <Callout tone={current.tone}>{current.text}</Callout>}
    </div>
  );
}
