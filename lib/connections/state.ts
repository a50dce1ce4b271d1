import { and, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/connection.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { everythingOf } from './denials.ts';
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
export const cutOffAt = sql<Date | null>`greatest(${own.revokedAt}, ${own.deletedAt}, ${whole.revokedAt}, ${whole.deletedAt})`;

/**
 * The state as one expression. A connection is active again when a call with a newer token was allowed, or when
 * WorkOS lists a grant that is newer than the deletion.
 */
export const stateOf = sql<ConnectionState>`case
  when ${own.deletion} = 'pending' or ${whole.deletion} = 'pending' then 'pending'
  when ${own.permanent} then 'revoked'
  when ${cutOffAt} is null then 'active'
  when ${connections.lastAllowedIssuedAt} > floor(extract(epoch from ${cutOffAt})) then 'active'
  when ${connections.grantListedAt} > ${cutOffAt} then 'active'
  else 'revoked' end`;

/** Conditions of the two joins. */
export const joinOwn = eq(own.target, connections.id);
export const joinWhole = (person: Person) => eq(whole.target, everythingOf(person));

/** Connections of a person; nobody else's are ever asked for. */
export function ofPerson({ issuer, subject }: Person): SQL | undefined {
  return and(eq(connections.issuer, issuer), eq(connections.subject, subject));
}

/** What revoking needs to know; undefined when the person has no such connection. */
export async function connectionState(
  db: Database,
  person: Person,
  id: string,
): Promise<{ state: ConnectionState; clientId: string | null; seen: boolean } | undefined> {
  const [row] = await db
    .select({ state: stateOf, clientId: connections.clientId, firstSeen: connections.firstSeen })
    .from(connections)
    .leftJoin(own, joinOwn)
    .leftJoin(whole, joinWhole(person))
    .where(and(ofPerson(person), eq(connections.id, id)));
  return row && { state: row.state, clientId: row.clientId, seen: row.firstSeen !== null };
}
