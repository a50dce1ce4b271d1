import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { rows } from '#lib/db/rows.ts';
import { connections } from '#lib/db/schema.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { log } from '#lib/observability/log.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import type { Grant, GrantList } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import {
  addDenials,
  clientKeyOf,
  type DenialRow,
  denialOf,
  denialsOf,
  denialsOfClients,
  liftDenials,
  pendingDeletions,
} from './denial-queries.ts';
import { callerKeys, clientKey, type Person, sessionKey, sortName } from './identity.ts';

/** `fresh`: as WorkOS lists them. `stale`: WorkOS did not answer, so these are the last known ones. */
export type GrantsSource = 'fresh' | 'stale';

/** A page that loads, and a refused call, ask WorkOS again after this time. */
const MIN_AGE_MS = 2_000;
/** A page that polls asks again after this time. */
export const POLL_AGE_MS = 30_000;
/** A page waits at most this long for WorkOS. */
const TIMEOUT_MS = 2_500;
const MAX_PEOPLE = 5_000;

type Answer = { began: number; source: Promise<GrantsSource> };

type Asked = {
  /** The last answer for each person. */
  answers: LRUCache<string, Answer>;
  /** The tokens whose refused calls asked. */
  tokens: WeakSet<Caller>;
};

const askedBy = new WeakMap<Context, Asked>();

function askedOf(context: Context): Asked {
  let asked = askedBy.get(context);
  if (asked === undefined) {
    asked = { answers: new LRUCache({ max: MAX_PEOPLE }), tokens: new WeakSet() };
    askedBy.set(context, asked);
  }
  return asked;
}

/** Makes the next reader ask WorkOS, because the grants of this person changed. */
export function expireGrants(context: Context, { subject }: Person): void {
  askedOf(context).answers.delete(subject);
}

/**
 * Saves the grants that WorkOS lists for a person in `connections`. All readers share one request. Does not throw when
 * WorkOS or the database fails.
 *
 * @param maxAgeMs - an answer of this age is good enough
 * @param consent - key of the consent whose denial may be lifted
 */
export function refreshGrants(
  context: Context,
  person: Person,
  maxAgeMs = MIN_AGE_MS,
  consent?: string,
): Promise<GrantsSource> {
  const { answers } = askedOf(context);
  const now = context.now().getTime();
  let answer = answers.get(person.subject);
  if (answer === undefined || now - answer.began > maxAgeMs) {
    answer = { began: now, source: fetchGrants(context, person, consent) };
    answers.set(person.subject, answer);
  }
  return withDeadline(answer.source, TIMEOUT_MS, () => 'stale');
}

/**
 * Asks WorkOS whether the client of a refused call has a new grant: immediately for each token, then at most every two
 * seconds until an answer is newer than the token.
 */
export async function refreshGrantsOf(context: Context, caller: Caller): Promise<void> {
  const { tokens } = askedOf(context);
  const age = context.now().getTime() - (caller.issuedAt + CLOCK_TOLERANCE_SECONDS) * 1000;
  const maxAgeMs = tokens.has(caller) ? Math.max(age, MIN_AGE_MS) : -1;
  tokens.add(caller);
  const { session } = callerKeys(caller);
  const source = await refreshGrants(context, caller, maxAgeMs, session);
  if (source === 'stale') await refreshGrants(context, caller, MIN_AGE_MS, session);
}

async function fetchGrants(context: Context, person: Person, consent?: string): Promise<GrantsSource> {
  const began = context.now();
  try {
    // Before WorkOS is asked: what it lists then is newer than the deletions up to this version.
    const version = await context.denylist.version();
    const list = await context.grants.list(person.subject);
    const gone = await saveGrants(context, person, list, began);
    await denyGone(context, person, gone);
    if (list.grants.length > 0) await lift(context, person, version, list.grants, consent);
    return 'fresh';
  } catch (error) {
    const status = error instanceof WorkosUnavailableError ? error.status : undefined;
    log('warn', 'grants.unavailable', { reason: databaseErrorCode(error), status });
    return 'stale';
  }
}

/** Denies clients whose grant was deleted at WorkOS itself. */
async function denyGone(context: Context, person: Person, gone: readonly Gone[]): Promise<void> {
  const db = await context.database();
  for (const { key, applicationId, denials } of gone) {
    const at = context.now();
    const found = denials.map((denial) =>
      denial.target === key
        ? { ...denial, deletion: 'gone' as const, deletedAt: at, applicationId }
        : { ...denial, deletedAt: at, applicationId },
    );
    const added = await addDenials(db, found, at, {
      ...person,
      connectionId: key,
      event: 'grant_gone',
      by: '',
    });
    context.denylist.current.apply(added.map(denialOf));
  }
}

/**
 * Lifts the denials of clients that WorkOS lists again. That of a consent only when a call of it asked, and no newer
 * consent replaced it: then a refresh token may have survived.
 *
 * @param version - of the newest denial that was stored when WorkOS was asked
 */
async function lift(
  context: Context,
  person: Person,
  version: number,
  listedGrants: readonly Grant[],
  consent: string | undefined,
): Promise<void> {
  // A consent for another server is none for this one.
  const grants = listedGrants.filter(
    ({ resource }) => resource === undefined || context.resources?.includes(resource) !== false,
  );
  const keys = new Set(
    grants.map(({ clientId }) => clientKey({ ...person, clientId, sessionId: undefined })),
  );
  const applications = new Set<string | null>(grants.map(({ applicationId }) => applicationId));
  const db = await context.database();
  const denials = await denialsOf(db, person);
  const lifted = denials.filter(
    ({ target, parent, clientId, applicationId, ...denial }) =>
      (clientId !== null || target === consent) &&
      denial.version <= version &&
      denial.regrantedAt === null &&
      denial.deletedAt !== null &&
      denial.deletedAt >= denial.revokedAt &&
      (keys.has(parent ?? target) || applications.has(applicationId)),
  );
  const asking = lifted.find(({ target }) => target === consent);
  const denied = new Set(denials.map(({ target }) => target));
  if (asking !== undefined && (await wasReplaced(db, asking, denied)))
    lifted.splice(lifted.indexOf(asking), 1);
  const changed = await liftDenials(db, lifted, context.now());
  context.denylist.current.apply(changed.map(denialOf));
}

/**
 * Whether the client of a revoked consent used one that never was revoked. Of a consent whose tokens name no client, the
 * client may be that of any such consent that was first used after the revocation.
 */
async function wasReplaced(
  db: Database,
  { parent, revokedAt, issuer, subject }: DenialRow,
  denied: ReadonlySet<string>,
): Promise<boolean> {
  const used = await db
    .select({ sessionIds: connections.sessionIds })
    .from(connections)
    .where(
      and(
        eq(connections.issuer, issuer),
        eq(connections.subject, subject),
        parent === null
          ? and(isNull(connections.clientId), gt(connections.firstSeen, revokedAt))
          : eq(clientKeyOf, parent),
      ),
    );
  return used
    .flatMap(({ sessionIds }) => sessionIds)
    .some((sid) => !denied.has(sessionKey({ issuer, subject }, sid)));
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
    else {
      known.granted_scopes = [...new Set([...known.granted_scopes, ...row.granted_scopes])];
      // Without a resource a grant may be for any.
      known.grant_resources =
        known.grant_resources.length === 0 || row.grant_resources.length === 0
          ? []
          : [...new Set([...known.grant_resources, ...row.grant_resources])];
    }
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function grantRow(person: Person, grant: Grant) {
  const { clientId, name } = grant;
  return {
    id: clientKey({ ...person, clientId, sessionId: undefined }),
    client_id: clientId,
    sort_name: sortName({ clientId, name }),
    granted_scopes: words(grant.grantedScopes, 100),
    application_id: grant.applicationId,
    application_name: sanitize(name) || null,
    dynamically_registered: grant.dynamicallyRegistered,
    redirect_uris: words(grant.redirectUris, 500),
    first_party: grant.firstParty,
    grant_resources: grant.resource === undefined ? [] : [sanitize(grant.resource, 500)],
  };
}

type Gone = {
  key: string;
  applicationId: string | null;
  denials: Awaited<ReturnType<typeof denialsOfClients>>;
};

/**
 * Writes only rows that changed, so that a poll writes nothing. Organizations are known from calls only: a grant is
 * written to every connection of its client, and to a row without an organization while there is no other. One statement
 * of raw SQL: the builder cannot express a CTE that deletes, updates and inserts.
 *
 * @returns the clients that WorkOS listed before and lists no more; those that never called are deleted
 */
async function saveGrants(
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
    first_party, grant_resources`;
  await db.execute(sql`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as listed(
        id text, client_id text, sort_name text, granted_scopes jsonb, application_id text,
        application_name text, dynamically_registered boolean, redirect_uris jsonb,
        first_party boolean, grant_resources jsonb)
    ), theirs as (
      select id, coalesce(client_key, id) as key, first_seen from connections where ${whose}
    ), unlisted as (
      update connections set grant_listed_at = null where ${whose} and first_seen is not null
        and coalesce(client_key, id) = any (${sql.param(gone.map(({ key }) => key))}::text[])
    ), deleted as (
      delete from connections where ${whose} and first_seen is null
        and (id = any (${sql.param(gone.map(({ key }) => key))}::text[])
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
      grant_resources = excluded.grant_resources
    where known.grant_listed_at is null
      or known.grant_listed_at < excluded.grant_listed_at - interval '1 minute'
      or (known.sort_name, known.granted_scopes, known.application_id, known.application_name,
          known.dynamically_registered, known.redirect_uris, known.first_party, known.grant_resources)
        is distinct from (excluded.sort_name, excluded.granted_scopes, excluded.application_id, excluded.application_name,
          excluded.dynamically_registered, excluded.redirect_uris, excluded.first_party, excluded.grant_resources)
  `);
  return gone.map((client) => ({
    ...client,
    denials: denials.filter(({ target, parent }) => (parent ?? target) === client.key),
  }));
}
