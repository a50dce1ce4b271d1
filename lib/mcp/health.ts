import { checkDatabase } from '#lib/db/check-database.ts';
import { drainSignal } from '#lib/server/drain.ts';

type Readiness = 'ready' | 'stopping' | 'database_unavailable';

function answer(status: 200 | 503, state: Readiness | 'live'): Response {
  return Response.json({ status: state }, { status, headers: { 'cache-control': 'no-store' } });
}

/** The process runs and answers: 200. Its dependencies are not checked, because a restart would not fix them. */
export function live(): Response {
  return answer(200, 'live');
}

/**
 * Whether this instance can serve requests: 200, or 503 with the reason. AuthKit is not checked: without it every instance
 * would become unready at the same time, also for requests that do not need it.
 *
 * @param query - replaces the query that checks the database
 */
export async function readiness(query?: () => Promise<unknown>): Promise<Response> {
  if (drainSignal().aborted) return answer(503, 'stopping');
  const { severity } = await checkDatabase(query);
  return severity === 'error' ? answer(503, 'database_unavailable') : answer(200, 'ready');
}
