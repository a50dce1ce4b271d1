import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { alias, type PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import { allTargetOf } from './denial-queries.ts';
import type { Person } from './identity.ts';
import { clientKeyOf, ofPerson } from './person-rows.ts';

/**
 * `active`: calls are accepted. `revoked`: calls are refused until the person consents again. `pending`: every call is
 * refused, because the grant at WorkOS is not deleted yet. `gone`: refused, because the grant was deleted at WorkOS itself.
 */
export type ConnectionState = 'active' | 'revoked' | 'pending' | 'gone';

/** The denials of the client, of everything that acts for the person, and of the connection by an admin: {@link denialTables}. */
export const own = alias(denials, 'own');
export const whole = alias(denials, 'whole');
const here = alias(denials, 'here');

/** A person, or the columns with the person of each row. */
type PersonOfRow = { issuer: string | PgColumn; subject: string | PgColumn };

const TOLERANCE = sql.raw(String(CLOCK_TOLERANCE_SECONDS));

/** Whether an admin revoked the connection in its organization; null when it is active there. */
const stateHere = sql`case when ${here.deletion} = 'pending' then 'pending'
  when ${here.target} is null or ${here.regrantedAt} is not null or (not ${here.permanent}
    and ${connections.lastAllowedIssuedAt} > floor(extract(epoch from greatest(${here.revokedAt}, ${here.deletedAt}))) + ${TOLERANCE})
  then null else 'revoked' end`;

/** When the connection was last revoked; null if it never was, or if that was undone. */
export const revokedAt =
  sql<Date | null>`nullif(greatest(${own.revokedAt}, ${own.deletedAt}, ${whole.revokedAt}, ${whole.deletedAt}), 'epoch')`.mapWith(
    denials.revokedAt,
  );

/**
 * The state as one expression. A consent without a client is pending too while a grant is being deleted that its tokens
 * may belong to. A connection is active again when WorkOS listed a grant after the deletion, or when a call was allowed
 * with a token that is newer, by more than the clocks may differ.
 */
export const stateOf = ({ issuer, subject }: PersonOfRow) => sql<ConnectionState>`coalesce(${stateHere}, case
  when ${own.deletion} = 'pending' or ${whole.deletion} = 'pending' then 'pending'
  when ${connections.clientId} is null and exists (
    select from ${denials} where ${denials.issuer} = ${issuer} and ${denials.subject} = ${subject}
      and ${denials.coversUnattributed} and ${denials.deletion} = 'pending') then 'pending'
  when ${revokedAt} is null or ${own.regrantedAt} >= ${revokedAt} then 'active'
  when ${own.target} is null and ${connections.grantListedAt} > ${revokedAt} then 'active'
  when ${own.permanent} is not true and ${connections.lastAllowedIssuedAt}
    > floor(extract(epoch from ${revokedAt})) + ${TOLERANCE} then 'active'
  when ${own.deletion} = 'gone' then 'gone'
  else 'revoked' end)`;

/** The conditions of the joins. They name the person too, so that only their denials are read. */
const ofSamePerson = (denial: typeof own | typeof here) =>
  and(eq(denial.issuer, connections.issuer), eq(denial.subject, connections.subject));
export const joinOwn = and(eq(own.target, clientKeyOf), ofSamePerson(own));
export const joinHere = and(
  eq(here.target, connections.id),
  ofSamePerson(here),
  isNotNull(here.organizationId),
);
/** All that {@link stateOf} needs of a person, to join on {@link joinHere}. */
export const denialTables = (person: Person) =>
  sql`denials own on ${joinOwn} left join denials whole on ${whole.target} = ${allTargetOf(person)} left join denials here`;

/**
 * Reads the connection with an id; without one, a connection of the client with this key: the grant of a client that never
 * called has the key as its id, and the first call may show its organization.
 */
export async function firstOf<T>(
  id: string,
  read: (which: SQL) => PromiseLike<readonly T[]>,
): Promise<T | undefined> {
  return (await read(eq(connections.id, id)))[0] ?? (await read(eq(connections.clientKey, id)))[0];
}

/**
 * What revoking connections of a person needs, once for each client; empty when they have none with these ids. `keys`: the
 * client, and for a grant that no call named the client of the calls that no grant named, if it is one, because their ids
 * may differ.
 */
export async function findRevocable(
  db: Database,
  person: Person,
  ids: readonly string[],
): Promise<{ active: boolean; keys: [string, ...string[]] }[]> {
  const read = (which: SQL) =>
    db
      .select({
        id: connections.id,
        state: stateOf(person),
        key: clientKeyOf,
        clientId: connections.clientId,
        firstSeen: connections.firstSeen,
      })
      .from(connections)
      .leftJoin(denialTables(person), joinHere)
      .where(and(ofPerson(connections, person), which));
  const found = await read(inArray(connections.id, [...ids]));
  const known = new Set(found.map(({ id }) => id));
  const others = ids.filter((id) => !known.has(id));
  if (others.length > 0) found.push(...(await read(inArray(connections.clientKey, others))));
  const neverCalled = found.some(({ clientId, firstSeen }) => clientId !== null && firstSeen === null);
  const unlisted = !neverCalled
    ? []
    : await db
        .selectDistinct({ key: clientKeyOf })
        .from(connections)
        .where(
          and(
            ofPerson(connections, person),
            isNotNull(connections.firstSeen),
            isNull(connections.applicationId),
          ),
        )
        .limit(2);
  const clients = new Map<string, { active: boolean; keys: [string, ...string[]] }>();
  for (const { key, state, clientId, firstSeen } of found) {
    const named = clientId === null || firstSeen !== null || unlisted.length !== 1;
    const active = state === 'active' || clients.get(key)?.active === true;
    clients.set(key, { active, keys: named ? [key] : [key, ...unlisted.map((other) => other.key)] });
  }
  return [...clients.values()];
}
