import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Grant } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import { connectionId, type Person } from './identity.ts';
import { sortName } from './names.ts';

/** `fresh`: as WorkOS lists them now. `stale`: WorkOS could not be asked, these are the ones last known. */
export type GrantsSource = 'fresh' | 'stale';

/** A page that is open asks again and again: WorkOS is asked once in this time for a person, milliseconds. */
const ASK_EVERY_MS = 2_000;
/** A page does not wait longer than this for WorkOS. */
const WAIT_MS = 2_500;
const MAX_PEOPLE = 5_000;

const asked = new WeakMap<Context, LRUCache<string, Promise<GrantsSource>>>();

/** Brings the grants that WorkOS lists for a person into `connections`. Never throws for WorkOS. */
export function refreshGrants(context: Context, person: Person): Promise<GrantsSource> {
  let cache = asked.get(context);
  if (cache === undefined) {
    cache = new LRUCache({ max: MAX_PEOPLE, ttl: ASK_EVERY_MS });
    asked.set(context, cache);
  }
  let answer = cache.get(person.subject);
  if (answer === undefined) {
    answer = ask(context, person);
    cache.set(person.subject, answer);
  }
  return withDeadline(answer, WAIT_MS, () => 'stale');
}

async function ask(context: Context, person: Person): Promise<GrantsSource> {
  const began = context.now();
  try {
    const grants = await context.grants.list(person.subject);
    await keepGrants(context, person, grants, began);
    return 'fresh';
  } catch (error) {
    log('warn', 'grants.unavailable', { reason: databaseErrorCode(error) });
    return 'stale';
  }
}

const words = (items: readonly string[], maxLength: number) =>
  items.slice(0, 100).map((item) => sanitize(item, maxLength));

/** One row a client; a client with several grants has the scopes of all. */
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
 * Writes what differs from what is known; a page that is looked at again writes nothing. A client that WorkOS no
 * longer lists stays if there is something else to say about it: it called, or it was revoked.
 */
async function keepGrants(
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
      select connections.id, first_seen is null and not exists (select from denials where target = connections.id) as unheard
      from connections
      where issuer = ${person.issuer} and subject = ${person.subject}
        and grant_listed_at < ${at}::timestamptz and connections.id not in (select id from listed)
    ), forgotten as (
      delete from connections using gone where connections.id = gone.id and unheard and first_seen is null
    ), unlisted as (
      update connections set grant_listed_at = null from gone where connections.id = gone.id and not unheard
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
