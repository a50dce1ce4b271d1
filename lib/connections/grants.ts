import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Grant } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import { connectionId, type Person, sortName } from './identity.ts';

/** `fresh`: as WorkOS lists them now. `stale`: WorkOS did not answer, so these are the last known ones. */
export type GrantsSource = 'fresh' | 'stale';

/** An open page polls; WorkOS is asked for a person's grants once in this time. */
const CACHE_TTL_MS = 2_000;
/** A page waits at most this long for WorkOS. */
const TIMEOUT_MS = 2_500;
const MAX_PEOPLE = 5_000;

const caches = new WeakMap<Context, LRUCache<string, Promise<GrantsSource>>>();

/** Saves the grants that WorkOS lists for a person in `connections`. Does not throw when WorkOS or the database fails. */
export function refreshGrants(context: Context, person: Person): Promise<GrantsSource> {
  let cache = caches.get(context);
  if (cache === undefined) {
    cache = new LRUCache({ max: MAX_PEOPLE, ttl: CACHE_TTL_MS });
    caches.set(context, cache);
  }
  let answer = cache.get(person.subject);
  if (answer === undefined) {
    answer = fetchGrants(context, person);
    cache.set(person.subject, answer);
  }
  return withDeadline(answer, TIMEOUT_MS, () => 'stale');
}

async function fetchGrants(context: Context, person: Person): Promise<GrantsSource> {
  const began = context.now();
  try {
    const grants = await context.grants.list(person.subject);
    await saveGrants(context, person, grants, began);
    return 'fresh';
  } catch (error) {
    log('warn', 'grants.unavailable', { reason: databaseErrorCode(error) });
    return 'stale';
  }
}

const words = (items: readonly string[], maxLength: number) =>
  items.slice(0, 100).map((item) => sanitize(item, maxLength));

/** One row per client; a client with several grants gets the scopes of all of them. */
function grantRows(person: Person, grants: readonly Grant[]) {
  const rows = new Map<string, ReturnType<typeof grantRow>>();
  for (const grant of grants) {
    const row = grantRow(person, grant);
    const known = rows.get(row.id);
    if (known === undefined) rows.set(row.id, row);
    else known.granted_scopes = [...new Set([...known.granted_scopes, ...row.granted_scopes])];
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function grantRow(person: Person, grant: Grant) {
  const { clientId, name } = grant;
  return {
    id: connectionId({ ...person, clientId, sessionId: undefined }),
    client_id: clientId,
    sort_name: sortName({ clientId, name }),
    granted_scopes: words(grant.grantedScopes, 100),
    application_id: grant.applicationId,
    application_name: sanitize(name) || null,
    dynamically_registered: grant.dynamicallyRegistered,
    redirect_uris: words(grant.redirectUris, 500),
  };
}

/**
 * Writes only rows that changed, so that a poll writes nothing. A client that WorkOS no longer lists is deleted unless
 * it called or was revoked. One statement of raw SQL: the builder cannot express a CTE that deletes, updates and inserts.
 */
async function saveGrants(
  context: Context,
  person: Person,
  grants: readonly Grant[],
  began: Date,
): Promise<void> {
  const db = await context.database();
  const listed = grantRows(person, grants);
  const at = began.toISOString();
  await db.execute(sql`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as listed(
        id text, client_id text, sort_name text, granted_scopes jsonb, application_id text,
        application_name text, dynamically_registered boolean, redirect_uris jsonb)
    ), gone as (
      select connections.id, first_seen is null and not exists (select from denials where target = connections.id) as unused
      from connections
      where issuer = ${person.issuer} and subject = ${person.subject}
        and grant_listed_at < ${at}::timestamptz and connections.id not in (select id from listed)
    ), deleted as (
      delete from connections using gone where connections.id = gone.id and unused and first_seen is null
    ), unlisted as (
      update connections set grant_listed_at = null from gone where connections.id = gone.id and not unused
    )
    insert into connections as known (id, issuer, subject, client_id, sort_name, appeared_at, active_at,
      grant_listed_at, granted_scopes, application_id, application_name, dynamically_registered, redirect_uris)
    select id, ${person.issuer}, ${person.subject}, client_id, sort_name, ${at}::timestamptz, ${at}::timestamptz,
      ${at}::timestamptz, granted_scopes, application_id, application_name, dynamically_registered, redirect_uris
    from listed order by id
    on conflict (id) do update set
      sort_name = excluded.sort_name,
      active_at = case when known.grant_listed_at is null then greatest(known.active_at, excluded.active_at)
                       else known.active_at end,
      grant_listed_at = greatest(known.grant_listed_at, excluded.grant_listed_at),
      granted_scopes = excluded.granted_scopes,
      application_id = excluded.application_id,
      application_name = excluded.application_name,
      dynamically_registered = excluded.dynamically_registered,
      redirect_uris = excluded.redirect_uris
    where known.grant_listed_at is null
      or known.grant_listed_at < excluded.grant_listed_at - interval '1 minute'
      or (known.sort_name, known.granted_scopes, known.application_id, known.application_name,
          known.dynamically_registered, known.redirect_uris)
        is distinct from (excluded.sort_name, excluded.granted_scopes, excluded.application_id,
          excluded.application_name, excluded.dynamically_registered, excluded.redirect_uris)
  `);
}
