'use client';

import { useSyncExternalStore } from 'react';
import { absoluteTime, relativeTime } from './format.ts';

const TICK_MS = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

// All times of a page share one timer.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * A relative time that updates itself. Its title is the absolute time in the locale and zone of the reader.
 *
 * @param props.at - ISO 8601
 * @param props.renderedAt - time of rendering on the server, in ms since the epoch, so that hydration matches
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
