import { sql } from 'drizzle-orm';
import { connectionId } from '#lib/connections/identity.ts';
import type { Database } from '#lib/db/database.ts';

/** Connections whose rows are written in one statement: the app's own limit of 5 s holds here too. */
const AT_ONCE = 500;
const DAYS = 30;

export type Owner = { issuer: string; subject: string; clientId: string };

/**
 * Writes connections that made `calls` calls each in the last thirty days, with the activity of each call and the
 * sums by day.
 */
export async function seedConnections(db: Database, owners: readonly Owner[], calls: number): Promise<void> {
  for (let from = 0; from < owners.length; from += AT_ONCE) {
    const rows = owners.slice(from, from + AT_ONCE).map(({ issuer, subject, clientId }) => ({
      id: connectionId({ issuer, subject, clientId, sessionId: undefined }),
      issuer,
      subject,
      client_id: clientId,
    }));
    const listed = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as seen(id text, issuer text, subject text, client_id text)`;
    await db.execute(sql`
      insert into connections (id, issuer, subject, client_id, sort_name, appeared_at, active_at, first_seen,
                               last_used, calls)
      select id, issuer, subject, client_id, client_id, now() - interval '30 days', now(),
             now() - interval '30 days', now(), ${calls}
      from ${listed} on conflict do nothing`);
    if (calls === 0) continue;
    await db.execute(sql`
      insert into activity (id, connection_id, at, method, tool, outcome, duration_ms)
      select uuidv7(-number * interval '30 days' / ${calls}), seen.id, now() - number * interval '30 days' / ${calls}, 'tools/call', 'identity', 'allowed', 1
      from ${listed}, generate_series(1, ${calls}::int) as number`);
    await db.execute(sql`
      insert into activity_daily (connection_id, day, allowed)
      select seen.id, current_date - day, ${Math.ceil(calls / DAYS)}
      from ${listed}, generate_series(0, ${DAYS - 1}) as day`);
    await db.execute(sql`
      insert into activity_latency (connection_id, day, tool, duration_ms, allowed)
      select seen.id, current_date - day, 'identity', 1, ${Math.ceil(calls / DAYS)}
      from ${listed}, generate_series(0, ${DAYS - 1}) as day`);
  }
}

/** What the housekeeping of the database does by itself in time: plans are made from what is there. */
export async function settle(db: Database): Promise<void> {
  for (const table of ['connections', 'activity', 'activity_daily', 'activity_latency'])
    await db.execute(sql.raw(`vacuum analyze ${table}`));
}
