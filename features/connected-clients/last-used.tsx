'use client';

import { useSyncExternalStore } from 'react';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { lastUsedOf, subscribe } from './live-store.ts';

/** When a client was last used; moves on in place while it is calling. */
export function LastUsed({ id, at, renderedAt }: { id: string; at: string | undefined; renderedAt: number }) {
  const heard = useSyncExternalStore(
    subscribe,
    () => lastUsedOf(id),
    () => undefined,
  );
  const latest = heard !== undefined && (at === undefined || heard > at) ? heard : at;
  return latest === undefined ? <>Never</> : <RelativeTime at={latest} renderedAt={renderedAt} />;
}
