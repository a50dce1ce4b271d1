import { sql } from 'drizzle-orm';
import { db } from '#lib/db/connection.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { drainSignal } from '#lib/server/drain.ts';

/** Milliseconds that the database may take to answer. */
const DATABASE_MS = 2_000;

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
 * @param database - the query that shows that the database answers
 */
export async function readiness(database: () => Promise<unknown> = askDatabase): Promise<Response> {
  if (drainSignal().aborted) return answer(503, 'stopping');
  try {
    await withDeadline(database(), DATABASE_MS, () => {
      throw new Error('The database is slow.');
    });
    return answer(200, 'ready');
  } catch {
    return answer(503, 'database_unavailable');
  }
}

async function askDatabase(): Promise<void> {
  await (await db()).execute(sql`select 1`);
}
