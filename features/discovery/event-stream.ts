import type { Arrival, GuardedResponse } from '#lib/guarded-fetch/guarded-fetch.ts';

const MAX_CHARACTERS = 64 * 1024;
const MAX_FIRST_CHARACTERS = 4096;

/**
 * Receives an event stream, which need not end by itself.
 *
 * @param options.next - receives what arrives, too
 * @param options.firstOnly - whether `signal` aborts the request when the first event is complete
 * @returns `response` is what arrived, in whole events: a secret that is cut in two could not be masked. It is undefined
 *   while no event stream has begun, and with `firstOnly` while the first event is incomplete.
 */
export function receiveEvents(url: string, { next, firstOnly }: { next?: Arrival; firstOnly?: boolean }) {
  const seen = new AbortController();
  const decoder = new TextDecoder();
  let head: { status: number; headers: Headers } | undefined;
  let text = '';
  const arrival: Arrival = {
    head(status, headers) {
      if (headers.get('content-type')?.startsWith('text/event-stream')) head = { status, headers };
      next?.head(status, headers);
    },
    part(bytes) {
      next?.part(bytes);
      if (head === undefined || text.length > MAX_CHARACTERS) return;
      text += decoder.decode(bytes, { stream: true });
      if (firstOnly && (/\r?\n\r?\n/.test(text) || text.length > MAX_FIRST_CHARACTERS)) seen.abort();
    },
  };
  const response = (): GuardedResponse | undefined => {
    if (head === undefined || (firstOnly && !seen.signal.aborted)) return undefined;
    const events = firstOnly
      ? text.slice(0, MAX_FIRST_CHARACTERS)
      : (/^.*\r?\n\r?\n/s.exec(text.slice(0, MAX_CHARACTERS))?.[0] ?? '');
    return {
      url,
      ...head,
      body: new TextEncoder().encode(events),
      text: () => events,
      json: () => JSON.parse(events),
      durationMs: 0,
    };
  };
  return { arrival, signal: seen.signal, response };
}
