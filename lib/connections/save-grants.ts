import { sql } from 'drizzle-orm';
import { rows } from '#lib/db/rows.ts';
import { connections } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Grant, GrantList } from '#lib/workos/grants.ts';
import { appKey, riskOf } from './app-identity.ts';
import type { Context } from './context.ts';
import { pendingDeletions } from './deletion-queries.ts';
import { denialsOfClients } from './denial-queries.ts';
import { clientKey, type Person, sortName } from './identity.ts';
import { clientKeyOf } from './person-rows.ts';

const words = (items: readonly string[], maxLength: number) =>
  items.slice(0, 100).map((item) => sanitize(item, maxLength));

/** One row per client; a client with several grants gets the scopes of all of them. */
function grantRows(person: Person, grants: readonly Grant[]) {
  const rows = new Map<string, ReturnType<typeof grantRow>>();
  for (const grant of grants) {
    const row = grantRow(person, grant);
    const known = rows.get(row.id);
    if (known === undefined) rows.set(row.id, row);
    else {
      known.granted_scopes = [...new Set([...known.granted_scopes, ...row.granted_scopes])];
      known.risk ??= row.risk;
      // Without a resource a grant may be for any.
      known.grant_resources =
        known.grant_resources.length === 0 || row.grant_resources.length === 0
          ? []
          : [...new Set([...known.grant_resources, ...row.grant_resources])];
    }
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The columns of `connections` that a grant fills. */
export function grantRow(person: Person, grant: Grant) {
  const { clientId, name } = grant;
  return {
    id: clientKey({ ...person, clientId, sessionId: undefined }),
    client_id: clientId,
    sort_name: sortName({ clientId, name }),
    app_key: appKey(clientId, grant),
    risk: riskOf(clientId, grant),
    granted_scopes: words(grant.grantedScopes, 100),
    application_id: grant.applicationId,
    application_name: sanitize(name) || null,
    dynamically_registered: grant.dynamicallyRegistered,
    redirect_uris: words(grant.redirectUris, 500),
    first_party: grant.firstParty,
    grant_resources: grant.resource === undefined ? [] : [sanitize(grant.resource, 500)],
  };
}

/** A client whose grant is gone, with the denials of the client and of its consents. */
export type Gone = {
  key: string;
  applicationId: string | null;
  denials: Awaited<ReturnType<typeof denialsOfClients>>;
};

/**
 * Saves the grants that WorkOS lists for a person. Writes only rows that changed, so that a poll writes nothing. Organizations are known from calls only: a grant is
 * written to every connection of its client, and to a row without an organization while there is no other. One statement
 * of raw SQL: the builder cannot express a CTE that deletes, updates and inserts.
 *
 * @returns the clients that WorkOS listed before and lists no more; those that never called are deleted
 */
export async function saveGrants(
  context: Context,
  person: Person,
  { grants, complete }: GrantList,
  began: Date,
): Promise<Gone[]> {
  const db = await context.database();
  const listed = grantRows(person, grants);
  const at = began.toISOString();
  const whose = sql`issuer = ${person.issuer} and subject = ${person.subject}`;
  const gone = complete
    ? await rows<{ key: string; applicationId: string | null }>(
        db,
        sql`select ${clientKeyOf} as key, max(application_id) as "applicationId" from ${connections}
          where ${whose} and grant_listed_at < ${at}::timestamptz
            and ${clientKeyOf} <> all (${sql.param(listed.map(({ id }) => id))}::text[]) group by 1`,
      )
    : [];
  // A grant that is missing while one is being deleted may be that one.
  if (gone.length > 0 && (await pendingDeletions(db, person, context.now())).length > 0) gone.length = 0;
  if (listed.length + gone.length === 0) return [];
  // Read before the rows of clients that never called are deleted.
  const denials = await denialsOfClients(
    db,
    person,
    gone.map(({ key }) => key),
  );
  const changing = sql`sort_name, granted_scopes, application_id, application_name, dynamically_registered, redirect_uris,
    first_party, grant_resources, app_key, risk`;
  await db.execute(sql`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as listed(
        id text, client_id text, sort_name text, granted_scopes jsonb, application_id text,
        application_name text, dynamically_registered boolean, redirect_uris jsonb,
        first_party boolean, grant_resources jsonb, app_key text, risk text)
    ), theirs as (
      select id, coalesce(client_key, id) as key, first_seen from connections where ${whose}
    ), unlisted as (
      update connections set grant_listed_at = null where ${whose} and first_seen is not null
        and coalesce(client_key, id) = any (${sql.param(gone.map(({ key }) => key))}::text[])
    ), deleted as (
      delete from connections where ${whose} and first_seen is null
        and (coalesce(client_key, id) = any (${sql.param(gone.map(({ key }) => key))}::text[])
          or id in (select key from theirs where theirs.id <> key))
    ), written as (
      select theirs.id, listed.client_id, ${changing} from listed join theirs on key = listed.id and (theirs.id <> key or first_seen is not null)
      union all
      select listed.id, client_id, ${changing} from listed
      where not exists (select from theirs where key = listed.id and (theirs.id <> key or first_seen is not null))
    )
    insert into connections as known (id, issuer, subject, client_id, appeared_at, active_at, grant_listed_at, ${changing})
    select id, ${person.issuer}, ${person.subject}, client_id, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz, ${changing}
    from written order by id
    on conflict (id) do update set
      grant_listed_at = greatest(known.grant_listed_at, excluded.grant_listed_at),
      sort_name = excluded.sort_name,
      granted_scopes = excluded.granted_scopes,
      application_id = excluded.application_id,
      application_name = excluded.application_name,
      dynamically_registered = excluded.dynamically_registered,
      redirect_uris = excluded.redirect_uris,
      first_party = excluded.first_party,
      grant_resources = excluded.grant_resources,
      app_key = excluded.app_key,
      risk = excluded.risk,
      reviewed_at = case when (known.app_key, known.risk) is not distinct from (excluded.app_key, excluded.risk)
        then known.reviewed_at end
    where known.grant_listed_at is null
      or known.grant_listed_at < excluded.grant_listed_at - interval '1 minute'
      or (known.sort_name, known.granted_scopes, known.application_id, known.application_name,
          known.dynamically_registered, known.redirect_uris, known.first_party, known.grant_resources, known.app_key, known.risk)
        is distinct from (excluded.sort_name, excluded.granted_scopes, excluded.application_id, excluded.application_name,
          excluded.dynamically_registered, excluded.redirect_uris, excluded.first_party, excluded.grant_resources, excluded.app_key, excluded.risk)
  `);
  return gone.map((client) => ({
    ...client,
    denials: denials.filter(({ target, parent }) => (parent ?? target) === client.key),
  }));
}
