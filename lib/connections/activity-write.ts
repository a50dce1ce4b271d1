import { sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import type { ActivityRow, SeenConnection } from './activity-rows.ts';
import { UNUSED_AFTER_DAYS } from './app-identity.ts';
import { countLatency } from './latency.ts';
import { notificationsOfUse, sendIfNotified } from './notifications.ts';

/** Most consents that are remembered of a connection. */
const MAX_SESSIONS = 50;

/**
 * Writes a batch: the calls, their counts by day, and their connections. Idempotent: the counts come from the rows that
 * were inserted, so a batch whose answer was lost can be written again.
 *
 * One statement of raw SQL with two parameters: the builder would send a parameter per value, and one round trip per table.
 */
export async function writeActivity(
  db: Database,
  rows: readonly ActivityRow[],
  connections: readonly SeenConnection[],
): Promise<void> {
  const news = notificationsOfUse(connections);
  const written = await db.execute(sql`
    with inserted as (
      insert into activity (id, connection_id, organization_id, at, method, tool, outcome, reason, duration_ms,
                            protocol_version, software_name, software_version)
      select id, connection_id, organization_id, at, method, tool, outcome, reason, duration_ms,
             protocol_version, software_name, software_version
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as call(
        id uuid, connection_id text, organization_id text, at timestamptz, method text, tool text, outcome text, reason text,
        duration_ms integer, protocol_version text, software_name text, software_version text)
      on conflict (id) do nothing
      returning connection_id, at, outcome, tool, duration_ms
    ), counted as (
      select connection_id, count(*) as calls from inserted group by connection_id
    ), daily as (
      insert into activity_daily (connection_id, day, allowed, denied, failed)
      select connection_id, (at at time zone 'UTC')::date as day,
             count(*) filter (where outcome = 'allowed'),
             count(*) filter (where outcome = 'denied'),
             count(*) filter (where outcome = 'failed')
      from inserted group by connection_id, day order by connection_id, day
      on conflict (connection_id, day) do update set
        allowed = activity_daily.allowed + excluded.allowed,
        denied = activity_daily.denied + excluded.denied,
        failed = activity_daily.failed + excluded.failed
    )${countLatency}
    ${news.insert}
    insert into connections as known (id, issuer, subject, client_id, client_key, organization_id, session_id, session_ids, sort_name, appeared_at, active_at,
      first_seen, last_used, last_allowed_issued_at, calls, scopes, permissions,
      protocol_version, software_name, software_version, app_key, token_expires_at)
    select seen.id, issuer, subject, client_id, client_key, organization_id, session_id, session_ids, sort_name, first_at, last_at,
      first_at, used_at, allowed_issued_at, coalesce(counted.calls, 0), scopes, permissions,
      protocol_version, software_name, software_version, app_key, to_timestamp(allowed_expires_at)
    from jsonb_to_recordset(${JSON.stringify(connections)}::jsonb) as seen(
      id text, issuer text, subject text, client_id text, client_key text, organization_id text, session_id text,
      session_ids jsonb, sort_name text,
      first_at timestamptz, last_at timestamptz, used_at timestamptz, allowed_issued_at bigint, allowed_expires_at bigint,
      scopes jsonb, permissions jsonb, protocol_version text, software_name text, software_version text, app_key text)
    left join counted on counted.connection_id = seen.id
    ${news.first}
    order by seen.id
    on conflict (id) do update set
      client_key = excluded.client_key,
      organization_id = coalesce(excluded.organization_id, known.organization_id),
      session_id = coalesce(excluded.session_id, known.session_id),
      session_ids = case when known.session_ids @> excluded.session_ids then known.session_ids else (
        select jsonb_agg(id) from (
          select id from jsonb_array_elements_text(excluded.session_ids || known.session_ids) with ordinality as ids(id, place)
          group by id order by min(place) limit ${MAX_SESSIONS}) as newest) end,
      appeared_at = least(known.appeared_at, excluded.appeared_at),
      active_at = greatest(known.active_at, excluded.active_at),
      first_seen = least(known.first_seen, excluded.first_seen),
      resumed_at = case when excluded.last_used - known.last_used > make_interval(days => ${UNUSED_AFTER_DAYS}) then excluded.last_used else known.resumed_at end,
      app_key = coalesce(known.app_key, excluded.app_key),
      last_used = greatest(known.last_used, excluded.last_used),
      last_allowed_issued_at = greatest(known.last_allowed_issued_at, excluded.last_allowed_issued_at),
      token_expires_at = greatest(known.token_expires_at, excluded.token_expires_at),
      calls = known.calls + excluded.calls,
      scopes = excluded.scopes,
      permissions = excluded.permissions,
      protocol_version = coalesce(excluded.protocol_version, known.protocol_version),
      software_name = coalesce(excluded.software_name, known.software_name),
      software_version = case when excluded.software_name is null then known.software_version
                              else excluded.software_version end
    ${news.returning}
  `);
  sendIfNotified(written);
}
