import { pingDatabase } from '#lib/db/connection.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { drainSignal } from '#lib/server/drain.ts';

const DATABASE_TIMEOUT_MS = 2_000;

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
export async function readiness(query: () => Promise<unknown> = pingDatabase): Promise<Response> {
  if (drainSignal().aborted) return answer(503, 'stopping');
  const unavailable = () => answer(503, 'database_unavailable');
  const ready = query().then(() => answer(200, 'ready'));
  return await withDeadline(ready, DATABASE_TIMEOUT_MS, unavailable).catch(unavailable);
}
