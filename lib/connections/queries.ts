import { and, getTableColumns, type SQL } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections } from '#lib/db/schema.ts';
import { type ConnectionRow, connectionRow, DAYS_SHOWN } from './connection-row.ts';
import type { Context } from './context.ts';
import { dailyTotals } from './daily.ts';
import { refreshGrants } from './grants.ts';
import { isConnectionId, type Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';
import { denialTables, firstOf, joinHere, revokedAt, stateOf } from './state-sql.ts';

export type { ConnectionRow } from './connection-row.ts';

/** The columns of a connection; the query joins {@link denialTables}. */
export const selection = (person: Person) => ({
  ...getTableColumns(connections),
  state: stateOf(person),
  revokedAt,
});

/** The connections of a person that a condition matches. */
export async function readConnections(
  context: Context,
  person: Person,
  which: SQL,
): Promise<ConnectionRow[]> {
  const db = await context.database();
  const stored = await db
    .select(selection(person))
    .from(connections)
    .leftJoin(denialTables(person), joinHere)
    .where(and(ofPerson(connections, person), which));
  return await withDaily(db, stored, context.now());
}

/** One connection of a person by its id, or by the key of its client; undefined when this person has none. */
export async function getConnection(
  userId: string,
  id: string,
  context: Context = processContext(),
): Promise<ConnectionRow | undefined> {
  if (!isConnectionId(id)) return undefined;
  const person: Person = { issuer: context.issuer, subject: userId };
  await refreshGrants(context, person);
  return await firstOf(id, (which) => readConnections(context, person, which));
}

export type Stored = Parameters<typeof connectionRow>[0];

/** Stored connections with their calls by day. */
export async function withDaily(db: Database, rows: readonly Stored[], now: Date): Promise<ConnectionRow[]> {
  const totals = await dailyTotals(
    db,
    rows.map(({ id }) => id),
    DAYS_SHOWN,
    now,
  );
  return rows.map((row) => connectionRow(row, totals.get(row.id) ?? new Array(DAYS_SHOWN).fill(0)));
}
