import { and, eq, isNotNull, isNull, max, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { everythingOf } from './denial-queries.ts';
import type { Person } from './identity.ts';

/**
 * `active`: may act. `revoked`: refused until the person consents again. `pending`: refused altogether, because
 * the grant at WorkOS is still to be deleted.
 */
export type ConnectionState = 'active' | 'revoked' | 'pending';

/** The denial of the connection itself, and that of everything of its person, as joined by {@link withDenials}. */
export const own = alias(denials, 'own');
export const whole = alias(denials, 'whole');

/** When the connection was last cut off; null if it never was. */
export const cutOffAt =
  sql<Date | null>`greatest(${own.revokedAt}, ${own.deletedAt}, ${whole.revokedAt}, ${whole.deletedAt})`.mapWith(
    denials.revokedAt,
  );

/**
 * The state as one expression. A consent without a client waits, too, while the grant is being deleted of a client
 * whose tokens it may hold. A connection is active again when a call with a newer token was allowed, or when
 * WorkOS lists a grant that is newer than the deletion.
 */
export const stateOf = ({ issuer, subject }: Person) => sql<ConnectionState>`case
  when ${own.deletion} = 'pending' or ${whole.deletion} = 'pending' then 'pending'
  when ${own.permanent} then 'revoked'
  when ${connections.clientId} is null and exists (
    select from ${denials} where ${denials.issuer} = ${issuer} and ${denials.subject} = ${subject}
      and ${denials.coversUnattributed} and ${denials.deletion} = 'pending') then 'pending'
  when ${cutOffAt} is null then 'active'
  when ${connections.lastAllowedIssuedAt} > floor(extract(epoch from ${cutOffAt})) then 'active'
  when ${connections.grantListedAt} > ${cutOffAt} then 'active'
  else 'revoked' end`;

/** Conditions of the two joins. The person is in the first one too, so that nobody else's denials are read for a list. */
export const joinOwn = and(
  eq(own.target, connections.id),
  eq(own.issuer, connections.issuer),
  eq(own.subject, connections.subject),
);
export const joinWhole = (person: Person) => eq(whole.target, everythingOf(person));

/** Connections of a person; nobody else's are ever asked for. */
export function ofPerson({ issuer, subject }: Person): SQL | undefined {
  return and(eq(connections.issuer, issuer), eq(connections.subject, subject));
}

/** What revoking needs to know of a connection. */
export type Revocable = {
  state: ConnectionState;
  clientId: string | null;
  sessionId: string | null;
  /** Whether it ever called; else it is known from its grant alone. */
  seen: boolean;
  /** The newest `iat` it was allowed with, milliseconds since the epoch; 0 when there was none. */
  issuedUntil: number;
};

/** One connection of a person; undefined when they have none with this id. */
export async function findRevocable(
  db: Database,
  person: Person,
  id: string,
): Promise<Revocable | undefined> {
  const [row] = await db
    .select({
      state: stateOf(person),
      clientId: connections.clientId,
      sessionId: connections.sessionId,
      firstSeen: connections.firstSeen,
      issuedAt: connections.lastAllowedIssuedAt,
    })
    .from(connections)
    .leftJoin(own, joinOwn)
    .leftJoin(whole, joinWhole(person))
    .where(and(ofPerson(person), eq(connections.id, id)));
  if (row === undefined) return undefined;
  const { state, clientId, sessionId, firstSeen, issuedAt } = row;
  return { state, clientId, sessionId, seen: firstSeen !== null, issuedUntil: (issuedAt ?? 0) * 1000 };
}

/** The consents of a person that name no client, and the newest `iat` of all their connections, milliseconds. */
export async function consentsOf(
  db: Database,
  person: Person,
): Promise<{ ids: string[]; issuedUntil: number }> {
  const consents = await db
    .select({ id: connections.id })
    .from(connections)
    .where(and(ofPerson(person), isNull(connections.clientId), isNotNull(connections.sessionId)));
  const [newest] = await db
    .select({ issuedAt: max(connections.lastAllowedIssuedAt) })
    .from(connections)
    .where(ofPerson(person));
  return { ids: consents.map(({ id }) => id), issuedUntil: (newest?.issuedAt ?? 0) * 1000 };
}
