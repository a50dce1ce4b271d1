import { drainSignal } from '../net/drain.ts';

function answer(status: 200 | 503, body: Record<string, string>): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}

/** The process runs and answers: 200. What it depends on is not asked, so that a restart is never the cure. */
export function live(): Response {
  return answer(200, { status: 'live' });
}

/** Requests may be sent here: 200. A 503 says that this instance is shutting down. */
export function ready(): Response {
  if (drainSignal().aborted) return answer(503, { status: 'stopping' });
  return answer(200, { status: 'ready' });
}
