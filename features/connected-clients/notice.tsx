'use client';

import { useSyncExternalStore } from 'react';
import { Callout } from '#components/ui/callout.tsx';

type Message = { tone: 'ok' | 'warn' | 'bad'; text: string };

let message: Message | undefined;
const listeners = new Set<() => void>();

/** Shows a message at the top of the page, in place of the last one. */
export function showNotice(next: Message): void {
  message = next;
  for (const listener of listeners) listener();
}

/** The live region of {@link showNotice}. Rendered empty first, so that screen readers announce the message. */
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
