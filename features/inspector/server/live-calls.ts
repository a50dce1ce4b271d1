import { perProcess } from '#lib/server/per-process.ts';

/** Requests to servers that one person can have at the same time: calls and streams of notifications of several tabs. */
const MAX_PER_PERSON = 6;
/** Of all people. Guarded fetches for other purposes need the rest of what a process may have. */
const MAX_PER_PROCESS = 36;

const running = perProcess('inspector-live-calls', () => new Map<string, number>());

/**
 * Counts a request of a person until the returned function is called.
 *
 * @returns undefined when too many are running
 */
export function beginCall(userId: string): (() => void) | undefined {
  const calls = running();
  const own = calls.get(userId) ?? 0;
  const all = [...calls.values()].reduce((sum, count) => sum + count, 0);
  if (own >= MAX_PER_PERSON || all >= MAX_PER_PROCESS) return undefined;
  calls.set(userId, own + 1);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    const left = (calls.get(userId) ?? 1) - 1;
    if (left > 0) calls.set(userId, left);
    else calls.delete(userId);
  };
}
