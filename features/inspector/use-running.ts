import { type RefObject, useEffect, useRef } from 'react';

/** What can be cancelled: calls by their id, the run of discovery, and the stream of notifications. */
export type Running = RefObject<Map<string, AbortController>>;

/** Leaving the page or closing the server cancels everything. */
export function useRunning(): Running {
  const running = useRef(new Map<string, AbortController>());
  useEffect(() => {
    const all = running.current;
    return () => {
      for (const abort of all.values()) abort.abort();
    };
  }, []);
  return running;
}
