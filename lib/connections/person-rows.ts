import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { connections } from '#lib/db/schema.ts';
import type { Person } from './identity.ts';

/** Restricts a query to the rows of a person, in a table that has their issuer and `sub`. */
export function ofPerson(
  table: { issuer: PgColumn; subject: PgColumn },
  { issuer, subject }: Person,
): SQL | undefined {
  return and(eq(table.issuer, issuer), eq(table.subject, subject));
}

/** The key of a stored connection's client, which denials name. */
export const clientKeyOf = sql<string>`coalesce(${connections.clientKey}, ${connections.id})`;
