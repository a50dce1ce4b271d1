import { and, eq, exists, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import { connections } from '#lib/db/schema.ts';
import type { Person } from './identity.ts';

/** Restricts a query to the rows of a person, in a table that has their issuer and `sub`. */
export function ofPerson(
  table: { issuer: PgColumn; subject: PgColumn },
  { issuer, subject }: Person,
): SQL | undefined {
  return and(eq(table.issuer, issuer), eq(table.subject, subject));
}

/** Whether a connection belongs to a person; every query of its calls has this condition. */
export function owned(db: Database, person: Person, id: string): SQL {
  return exists(
    db
      .select({ id: connections.id })
      .from(connections)
      .where(and(eq(connections.id, id), ofPerson(connections, person))),
  );
}

/** The key of a stored connection's client, which denials name. */
export const clientKeyOf = sql<string>`coalesce(${connections.clientKey}, ${connections.id})`;
