import { and, desc, eq, gte, lte, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { connections, revocations } from '#lib/db/schema.ts';
import type { Context } from './context.ts';
import type { RevocationEvent } from './denial-queries.ts';
import { ofPerson, owned } from './person-rows.ts';
import { processContext } from './process-context.ts';

/** One event in the revocation history of a connection. */
export type RevocationEntry = {
  at: Date;
  event: RevocationEvent;
  /** Who requested it; empty for what the server did by itself. Sanitized. */
  by: string;
  /** Whether it applied to all connections of the person. */
  all: boolean;
};

const MAX_EVENTS = 100;

/**
 * The revocation history of a connection, newest first, at most 100 entries.
 *
 * @param clientKey - of its client, which is revoked in all organizations
 */
export async function revocationHistory(
  userId: string,
  id: string,
  context: Context = processContext(),
  clientKey: string = id,
): Promise<RevocationEntry[]> {
  const db = await context.database();
  const person = { issuer: context.issuer, subject: userId };
  // A range instead of equality, as in `listActivity`.
  const range = (connectionId: string, since?: SQL) =>
    db
      .select({
        id: revocations.id,
        at: revocations.at,
        event: revocations.event,
        by: revocations.by,
        connectionId: revocations.connectionId,
      })
      .from(revocations)
      .where(
        and(
          ofPerson(revocations, person),
          gte(revocations.connectionId, connectionId),
          lte(revocations.connectionId, connectionId),
          since,
          owned(db, person, id),
        ),
      )
      .orderBy(desc(revocations.connectionId), desc(revocations.id))
      .limit(MAX_EVENTS);
  const appeared = db.select({ at: connections.appearedAt }).from(connections).where(eq(connections.id, id));
  const rows = await unionAll(range(clientKey), range('', sql`${revocations.at} >= ${appeared}`))
    .orderBy(desc(revocations.id))
    .limit(MAX_EVENTS);
  return rows.map(({ at, event, by, connectionId }) => ({ at, event, by, all: connectionId === '' }));
}
