import { sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { settle } from './seed-connections.ts';

/** People of an organization, and apps that they connected, as a share of its connections. */
const CONNECTIONS_PER_PERSON = 20;
const CONNECTIONS_PER_APP = 25;
/** Connections whose rows are written in one statement: the app's own limit of 5 s holds here too. */
const AT_ONCE = 1_000;

/**
 * Fills an organization: each connection was used once, and a third of them are revoked by an admin. Its calls are in the
 * audit log, and those of one connection of ten are refused.
 *
 * @param connections - how many it has
 * @param calls - of each connection
 */
export async function seedOrganization(
  db: Database,
  { issuer, organizationId, connections, calls = 1 }: OrganizationSize,
): Promise<void> {
  for (let from = 1; from <= connections; from += AT_ONCE) {
    const numbers = sql`generate_series(${from}::int, ${Math.min(connections, from + AT_ONCE - 1)}::int) as number`;
    const id = sql`substr(md5(${organizationId} || number), 1, 22)`;
    const subject = sql`'user_' || number / ${CONNECTIONS_PER_PERSON}::int`;
    const app = sql`'app-' || number / ${CONNECTIONS_PER_APP}::int || '.example'`;
    await db.execute(sql`
      insert into connections (id, issuer, subject, client_id, client_key, organization_id, sort_name, app_key, appeared_at, active_at,
        first_seen, last_used, calls)
      select ${id}, ${issuer}, ${subject}, 'client_' || number, substr(md5('client' || number), 1, 22), ${organizationId}, ${app}, ${app},
        now() - interval '30 days', now(), now() - interval '30 days', now() - number * interval '1 minute', ${calls}::int
      from ${numbers}`);
    await db.execute(sql`
      insert into organization_members (organization_id, issuer, subject, email, name, listed_at)
      select distinct ${organizationId}, ${issuer}, ${subject}, ${subject} || '@example.com', '', now() + interval '1 day'
      from ${numbers} on conflict do nothing`);
    await db.execute(sql`
      insert into denials (target, organization_id, issuer, subject, client_id, revoked_at, permanent, deletion, next_attempt_at, version)
      select ${id}, ${organizationId}, ${issuer}, ${subject}, 'client_' || number, now(), true, 'done', now(), 1
      from ${numbers} where number % 3 = 0`);
    await db.execute(sql`
      insert into activity (id, connection_id, organization_id, at, method, tool, outcome, duration_ms)
      select uuidv7(-age), ${id}, ${organizationId}, now() - age, 'tools/call', 'identity',
        case when number % 10 = 0 then 'denied' else 'allowed' end, 1
      from ${numbers}, generate_series(1, ${calls}::int) as call,
        lateral (select number * interval '1 minute' + call * interval '1 second' as age) as made`);
  }
  await settle(db);
  for (const table of ['denials', 'organization_members'])
    await db.execute(sql.raw(`vacuum analyze ${table}`));
}

type OrganizationSize = { issuer: string; organizationId: string; connections: number; calls?: number };
