import { checkDatabase } from '#lib/db/check-database.ts';
import { drainSignal } from '#lib/server/drain.ts';

type Readiness = 'ready' | 'stopping' | 'database_unavailable';

function answer(status: 200 | 503, state: Readiness | 'live'): Response {
  return Response.json({ status: state }, { status, headers: { 'cache-control': 'no-store' } });
}

/** The process runs and answers: 200. What it depends on is not asked, because a restart would not mend that. */
export function live(): Response {
  return answer(200, 'live');
}

/**
 * Whether requests may be sent to this instance: 200, or 503 with the reason. AuthKit is not asked: what it is needed
 * for says so itself, and every instance would leave at once.
 *
 * @param query - the query that shows that the database answers
 */
export async function readiness(query?: () => Promise<unknown>): Promise<Response> {
  if (drainSignal().aborted) return answer(503, 'stopping');
  const { severity } = await checkDatabase(query);
  return severity === 'error' ? answer(503, 'database_unavailable') : answer(200, 'ready');
}
