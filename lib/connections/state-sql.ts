import { and, eq, isNotNull, isNull, max, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { allTargetOf } from './denial-queries.ts';
import type { Person } from './identity.ts';

/**
 * `active`: calls are accepted. `revoked`: calls are refused until the person consents again. `pending`: every call is
 * refused, because the grant at WorkOS is not deleted yet.
 */
export type ConnectionState = 'active' | 'revoked' | 'pending';

/** The denial of the connection, and the one that covers every connection of the person: {@link joinOwn}, {@link joinWhole}. */
export const own = alias(denials, 'own');
export const whole = alias(denials, 'whole');

/** When the connection was last revoked; null if it never was. */
export const revokedAt =
  sql<Date | null>`greatest(${own.revokedAt}, ${own.deletedAt}, ${whole.revokedAt}, ${whole.deletedAt})`.mapWith(
    denials.revokedAt,
  );

/**
 * The state as one expression. A consent without a client is pending too while a grant is being deleted that its tokens
 * may belong to. A connection is active again when a call with a newer token was allowed, or when WorkOS lists a grant
 * that is newer than the deletion.
 */
export const stateOf = ({ issuer, subject }: Person) => sql<ConnectionState>`case
  when ${own.deletion} = 'pending' or ${whole.deletion} = 'pending' then 'pending'
  when ${own.permanent} then 'revoked'
  when ${connections.clientId} is null and exists (
    select from ${denials} where ${denials.issuer} = ${issuer} and ${denials.subject} = ${subject}
      and ${denials.coversUnattributed} and ${denials.deletion} = 'pending') then 'pending'
  when ${revokedAt} is null then 'active'
  when ${connections.lastAllowedIssuedAt} > floor(extract(epoch from ${revokedAt})) then 'active'
  when ${connections.grantListedAt} > ${revokedAt} then 'active'
  else 'revoked' end`;

/** The conditions of the two joins. The first one names the person too, so that only their denials are read. */
export const joinOwn = and(
  eq(own.target, connections.id),
  eq(own.issuer, connections.issuer),
  eq(own.subject, connections.subject),
);
export const joinWhole = (person: Person) => eq(whole.target, allTargetOf(person));

/** Restricts a query to the connections of a person. */
export function ofPerson({ issuer, subject }: Person): SQL | undefined {
  return and(eq(connections.issuer, issuer), eq(connections.subject, subject));
}

/** The part of a connection that revoking needs. */
type Revocable = {
  state: ConnectionState;
  clientId: string | null;
  sessionId: string | null;
  /** Whether it ever called; otherwise it is known from its grant alone. */
  seen: boolean;
  /** The newest `iat` of its allowed calls, milliseconds since the epoch; 0 when there was none. */
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

/** The consents of a person that name no client, and the newest `iat` of all their connections in milliseconds. */
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
