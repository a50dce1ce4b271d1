import { inArray, is, sql } from 'drizzle-orm';
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '#lib/db/database.ts';
import * as schema from '#lib/db/schema.ts';
import type { Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';

const { connections, denials } = schema;

export type OwnTable = PgTable & { issuer: PgColumn; subject: PgColumn };
export type ConnectionTable = PgTable & { connectionId: PgColumn };

const tables = Object.values<unknown>(schema).filter((table) => is(table, PgTable));

const isOwn = (table: PgTable): table is OwnTable => 'issuer' in table && 'subject' in table;

/**
 * The tables with rows of people, by their columns `issuer` and `subject`, so those that the owner of a copy adds are
 * among them. Connections are last, because other rows are found through them.
 */
export const OWN_TABLES: readonly OwnTable[] = [
  ...tables.filter(isOwn).filter((table) => table !== (connections as OwnTable)),
  connections,
];

/** The tables with rows of connections, and through them of people. */
export const CONNECTION_TABLES: readonly ConnectionTable[] = tables.filter(
  (table): table is ConnectionTable => 'connectionId' in table && !isOwn(table),
);

/** Tables whose rows outlive the data of a person: denials must hold as long as a token may be valid. */
export const KEPT_TABLES: readonly PgTable[] = [denials];

/** Most rows that a statement deletes, so that it stays short. */
const ROWS_PER_STATEMENT = 5_000;

/** The ids of a person's connections, as a query. */
export const connectionIdsOf = (database: Database, person: Person) =>
  database.select({ id: connections.id }).from(connections).where(ofPerson(connections, person));

/** Deletes what is stored of a person, except {@link KEPT_TABLES}. Idempotent, and safe to interrupt. */
export async function erasePerson(database: Database, person: Person): Promise<void> {
  for (const table of CONNECTION_TABLES) {
    const rows = database
      .select({ row: sql`ctid` })
      .from(table)
      .where(inArray(table.connectionId, connectionIdsOf(database, person)))
      .limit(ROWS_PER_STATEMENT);
    let deleted: unknown[];
    do {
      deleted = await database
        .delete(table)
        .where(sql`ctid = any (array(${rows}))`)
        .returning({ one: sql`1` });
    } while (deleted.length === ROWS_PER_STATEMENT);
  }
  for (const table of OWN_TABLES)
    if (!KEPT_TABLES.includes(table)) await database.delete(table).where(ofPerson(table, person));
}
