import type { Arrival, GuardedResponse } from '#lib/guarded-fetch/guarded-fetch.ts';

const MAX_CHARACTERS = 4096;

/**
 * Receives an event stream, which never ends by itself, until its first event is complete.
 *
 * @returns `signal` aborts the request then; `response` is what arrived, undefined before that
 */
export function untilFirstEvent(url: string) {
  const seen = new AbortController();
  const decoder = new TextDecoder();
  let head: { status: number; headers: Headers } | undefined;
  let text = '';
  const arrival: Arrival = {
    head(status, headers) {
      head = { status, headers };
    },
    part(bytes) {
      if (!head?.headers.get('content-type')?.startsWith('text/event-stream')) return;
      text += decoder.decode(bytes, { stream: true });
      if (/\r?\n\r?\n/.test(text) || text.length > MAX_CHARACTERS) seen.abort();
    },
  };
  const response = (): GuardedResponse | undefined => {
    if (head === undefined || !seen.signal.aborted) return undefined;
    const event = text.slice(0, MAX_CHARACTERS);
    return {
      url,
      ...head,
      body: new TextEncoder().encode(event),
      text: () => event,
      json: () => JSON.parse(event),
      durationMs: 0,
    };
  };
  return { arrival, signal: seen.signal, response };
}
