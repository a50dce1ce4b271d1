'use client';

import { useSyncExternalStore } from 'react';
import { absoluteTime, relativeTime } from './format.ts';

const TICK = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

// One timer for every time on the page.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * How long ago, kept current, with the absolute time in the reader's locale and zone as its title.
 *
 * @param props.at - ISO 8601
 * @param props.renderedAt - when the server rendered it, ms since the epoch, so that both sides agree at first
 */
export function RelativeTime({ at, renderedAt }: { at: string; renderedAt: number }) {
  const current = useSyncExternalStore(
    subscribe,
    () => (now = Math.max(now, renderedAt)),
    () => renderedAt,
  );
  const title = useSyncExternalStore(
    () => () => {},
    () => absoluteTime(new Date(at)),
    () => absoluteTime(new Date(at), 'en', 'UTC'),
  );
  return (
    <time dateTime={at} title={title} className="whitespace-nowrap tabular-nums">
      {relativeTime(Date.parse(at), current)}
    </time>
  );
}
