import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { Refusal } from '../messages.ts';

/** Headers of a response with one JSON object per line. */
export const STREAM_HEADERS = {
  'content-type': 'application/x-ndjson',
  'cache-control': 'private, no-store',
  // Reverse proxies that buffer a response would show everything at the end.
  'x-accel-buffering': 'no',
};

const STATUS: Record<MutationRefusal, number> = {
  cross_site: 403,
  signed_out: 401,
  session_unavailable: 503,
};

/** The response to a request that may not change anything. */
export const unauthorized = (refusal: MutationRefusal): Response => refuse(STATUS[refusal], refusal);

export function refuse(status: number, refused: Refusal['refused']): Response {
  return Response.json({ refused } satisfies Refusal, {
    status,
    headers: { 'cache-control': 'private, no-store' },
  });
}

/** The JSON in `bytes`; undefined when it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
