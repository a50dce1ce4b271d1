import { sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { settle } from './seed-connections.ts';

/** People of an organization, and apps that they connected, as a share of its connections. */
const CONNECTIONS_PER_PERSON = 20;
const CONNECTIONS_PER_APP = 25;

/**
 * Fills an organization: each connection was used once, and a third of them are revoked by an admin. One call of each is in
 * the audit log, and one of ten is refused.
 *
 * @param db - without a limit on the time of a statement
 * @param connections - how many it has then; those that it has already are kept
 */
export async function seedOrganization(
  db: Database,
  { issuer, organizationId, connections }: { issuer: string; organizationId: string; connections: number },
): Promise<void> {
  await db.execute(sql`
    insert into connections (id, issuer, subject, client_id, client_key, organization_id, sort_name, app_key, appeared_at, active_at,
      first_seen, last_used, calls)
    select substr(md5(${organizationId} || number), 1, 22), ${issuer}, 'user_' || number / ${CONNECTIONS_PER_PERSON}::int, 'client_' || number,
      substr(md5('client' || number), 1, 22), ${organizationId}, 'app-' || number / ${CONNECTIONS_PER_APP}::int || '.example',
      'app-' || number / ${CONNECTIONS_PER_APP}::int || '.example', now() - interval '30 days', now(),
      now() - interval '30 days', now() - number * interval '1 minute', 1
    from generate_series(1, ${connections}::int) as number on conflict do nothing`);
  await db.execute(sql`
    insert into organization_members (organization_id, issuer, subject, email, name, listed_at)
    select distinct ${organizationId}, ${issuer}, subject, subject || '@example.com', '', now() + interval '1 day'
    from connections where organization_id = ${organizationId} on conflict do nothing`);
  await db.execute(sql`
    insert into denials (target, organization_id, issuer, subject, client_id, revoked_at, permanent, deletion, next_attempt_at, version)
    select id, ${organizationId}, issuer, subject, client_id, now(), true, 'done', now(), 1
    from (select *, row_number() over (order by id) as number from connections where organization_id = ${organizationId}) as numbered
    where number % 3 = 0 on conflict do nothing`);
  await db.execute(sql`
    insert into activity (id, connection_id, organization_id, at, method, tool, outcome, duration_ms)
    select uuidv7(-number * interval '1 minute'), id, ${organizationId}, now() - number * interval '1 minute', 'tools/call', 'identity',
      case when number % 10 = 0 then 'denied' else 'allowed' end, 1
    from (select id, row_number() over (order by id) as number from connections where organization_id = ${organizationId}) as numbered`);
  await settle(db);
  for (const table of ['denials', 'organization_members'])
    await db.execute(sql.raw(`vacuum analyze ${table}`));
}
