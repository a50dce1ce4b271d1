import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { log } from '#lib/observability/log.ts';
import { runInBackground } from '#lib/server/background.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import { listMembers, listOrganizationGrants } from '#lib/workos/organizations.ts';
import type { Context } from '../context.ts';
import { connectionId } from '../identity.ts';
import { grantRow } from '../save-grants.ts';

/** WorkOS is asked again after this time; a list of 10,000 grants takes a hundred requests. */
const MIN_AGE_MS = 60_000;
/** The first page of an organization waits at most this long. */
const TIMEOUT_MS = 1_000;
const ROWS_PER_STATEMENT = 1_000;

/** `first`: nothing was listed before it. */
type Refresh = { began: number; first: boolean; done: Promise<'fresh' | 'stale'> };
const refreshes = perProcess('organization-refreshes', () => new LRUCache<string, Refresh>({ max: 1_000 }));

/**
 * Stores the members of an organization and the grants that WorkOS lists for it. Only readers during the first list wait, and
 * not long. Never rejects.
 *
 * @returns `stale`: what is stored may be old
 */
export async function refreshOrganization(
  context: Context,
  organizationId: string,
): Promise<'fresh' | 'stale'> {
  const known = refreshes().get(organizationId);
  const now = context.now().getTime();
  if (known !== undefined && now - known.began < MIN_AGE_MS) return await whenListed(known, now);
  const done = load(context, organizationId).then(
    () => 'fresh' as const,
    (error: unknown) => {
      const status = error instanceof WorkosUnavailableError ? error.status : undefined;
      log('warn', 'organization.unavailable', { reason: databaseErrorCode(error), status });
      return 'stale' as const;
    },
  );
  const refresh = { began: now, first: known === undefined, done };
  refreshes().set(organizationId, refresh);
  runInBackground(done.then(() => undefined));
  return await whenListed(refresh, now);
}

function whenListed({ began, first, done }: Refresh, now: number): Promise<'fresh' | 'stale'> {
  return first
    ? withDeadline(done, Math.max(0, began + TIMEOUT_MS - now), () => 'stale')
    : withDeadline(done, 0, () => 'fresh');
}

async function load(context: Context, organizationId: string): Promise<void> {
  const { issuer } = context;
  const at = context.now().toISOString();
  const [members, grants] = await Promise.all([
    listMembers(organizationId),
    listOrganizationGrants(organizationId),
  ]);
  const db = await context.database('background');
  const people = members.items.map(({ userId, email, name }) => ({ subject: userId, email, name }));
  for (const batch of batches(people))
    await db.execute(sql`
      insert into organization_members as known (organization_id, issuer, subject, email, name, listed_at)
      select ${organizationId}, ${issuer}, subject, email, name, ${at}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as listed(subject text, email text, name text)
      order by subject
      on conflict (organization_id, issuer, subject) do update
        set email = excluded.email, name = excluded.name, listed_at = excluded.listed_at`);
  if (members.complete)
    await db.execute(sql`
      delete from organization_members where organization_id = ${organizationId} and issuer = ${issuer}
        and listed_at < ${at}::timestamptz`);

  // A consent for another server is no connection to this one.
  const ours = grants.items.filter(
    ({ resource }) => resource === undefined || context.resources?.includes(resource) !== false,
  );
  const rows = new Map(
    ours.map((grant) => {
      const person = { issuer, subject: grant.userId };
      const { id: client_key, ...columns } = grantRow(person, grant);
      const id = connectionId({
        ...person,
        clientId: grant.clientId,
        sessionId: undefined,
        organizationId,
      });
      return [id, { ...columns, id, client_key, subject: grant.userId }];
    }),
  );
  const changing = sql`sort_name, granted_scopes, application_id, application_name, dynamically_registered, redirect_uris,
    first_party, grant_resources, app_key, risk`;
  for (const batch of batches([...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1))))
    await db.execute(sql`
      insert into connections as known (id, issuer, subject, client_id, client_key, organization_id, appeared_at, active_at,
        grant_listed_at, ${changing})
      select id, ${issuer}, subject, client_id, client_key, ${organizationId}, ${at}::timestamptz, ${at}::timestamptz,
        ${at}::timestamptz, ${changing}
      from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as listed(
        id text, subject text, client_id text, client_key text, sort_name text, granted_scopes jsonb, application_id text,
        application_name text, dynamically_registered boolean, redirect_uris jsonb, first_party boolean,
        grant_resources jsonb, app_key text, risk text)
      order by id
      on conflict (id) do update set
        grant_listed_at = greatest(known.grant_listed_at, excluded.grant_listed_at),
        sort_name = excluded.sort_name, granted_scopes = excluded.granted_scopes,
        application_id = excluded.application_id, application_name = excluded.application_name,
        dynamically_registered = excluded.dynamically_registered, redirect_uris = excluded.redirect_uris,
        first_party = excluded.first_party, grant_resources = excluded.grant_resources,
        app_key = excluded.app_key, risk = excluded.risk
      where known.grant_listed_at is null or known.grant_listed_at < excluded.grant_listed_at - interval '5 minutes'
        or (known.granted_scopes, known.application_name, known.app_key)
          is distinct from (excluded.granted_scopes, excluded.application_name, excluded.app_key)`);
  if (grants.complete)
    // One that called is found when its person's own list is read, which also refuses its tokens.
    await db.execute(sql`
      delete from connections where issuer = ${issuer} and organization_id = ${organizationId} and first_seen is null
        and id <> all (${sql.param([...rows.keys()])}::text[]) and grant_listed_at < ${at}::timestamptz`);
}

function* batches<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += ROWS_PER_STATEMENT)
    yield items.slice(from, from + ROWS_PER_STATEMENT);
}
