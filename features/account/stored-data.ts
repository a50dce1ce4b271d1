import { and, eq, exists, getTableName, inArray, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Person } from '#lib/connections/identity.ts';
import {
  CONNECTION_TABLES,
  type ConnectionTable,
  connectionIdsOf,
  KEPT_TABLES,
  OWN_TABLES,
} from '#lib/connections/person-data.ts';
import { ofPerson } from '#lib/connections/person-rows.ts';
import type { Database } from '#lib/db/database.ts';
import { activity, connections } from '#lib/db/schema.ts';

/** How many rows of a person a table has. */
export type Stored = { table: string; count: number; kept: boolean };

/** More rows than this are not counted. */
export const MAX_COUNT = 100_000;
const ROWS_PER_PAGE = 500;

type Row = Record<string, unknown>;

/** What is stored of a person, table by table; empty tables are left out. */
export async function storedData(database: Database, person: Person): Promise<Stored[]> {
  const found = [...OWN_TABLES]
    .reverse()
    .map((table) => ({ table: table as PgTable, of: ofPerson(table, person) }));
  for (const table of CONNECTION_TABLES)
    found.push({ table, of: inArray(table.connectionId, connectionIdsOf(database, person)) });
  const stored: Stored[] = [];
  for (const { table, of } of found) {
    const rows = database
      .select({ one: sql`1` })
      .from(table)
      .where(of)
      .limit(MAX_COUNT + 1)
      .as('rows');
    const [{ count } = { count: 0 }] = await database
      .select({ count: sql`count(*)`.mapWith(Number) })
      .from(rows);
    if (count > 0) stored.push({ table: getTableName(table), count, kept: KEPT_TABLES.includes(table) });
  }
  return stored;
}

/**
 * Everything that is stored of a person as a JSON object with one array of rows for each table. Reads a page of rows when
 * the previous one was consumed, so a slow reader keeps one page in memory.
 *
 * @param head - members in front of `tables`
 */
export async function* exportData(database: Database, person: Person, head: Row): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"tables":{`;
  let separator = '\n';
  const parts = [
    ...OWN_TABLES.map((table) => ({
      table,
      pages: () => pagesOf(database, table, ofPerson(table, person), [table.issuer, table.subject]),
    })),
    ...CONNECTION_TABLES.map((table) => ({ table, pages: () => pagesByConnection(database, person, table) })),
  ];
  for (const { table, pages } of parts) {
    yield `${separator}${JSON.stringify(getTableName(table))}:[`;
    separator = '\n';
    for await (const page of pages()) {
      yield separator + page.map((row) => JSON.stringify(row)).join(',\n');
      separator = ',\n';
    }
    yield ']';
    separator = ',\n';
  }
  yield '\n}}\n';
}

/** The rows of the connections of a person. Those of one connection are read by an index that begins with its id. */
async function* pagesByConnection(
  database: Database,
  person: Person,
  table: ConnectionTable,
): AsyncGenerator<Row[]> {
  const rows = database.select({ one: sql`1` }).from(table).where(eq(table.connectionId, connections.id));
  const having = and(ofPerson(connections, person), exists(rows));
  for await (const page of pagesOf(database, connections, having, [connections.issuer, connections.subject]))
    for (const { id } of page)
      yield* pagesOf(database, table, eq(table.connectionId, id), [table.connectionId]);
}

/**
 * Pages of rows in the order of an index.
 *
 * @param prefix - columns that `which` fixes, with which the index begins
 */
async function* pagesOf(
  database: Database,
  table: PgTable,
  which: SQL | undefined,
  prefix: readonly PgColumn[],
): AsyncGenerator<Row[]> {
  const { columns, primaryKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  // The only index of calls that begins with the connection.
  const order = [...new Set([...prefix, ...(table === activity ? [activity.outcome] : []), ...key])];
  const names = sql.join(order, sql`, `);
  for (let after: SQL | undefined; ; ) {
    const page: Row[] = await database
      .select()
      .from(table)
      .where(and(which, after))
      .orderBy(...order)
      .limit(ROWS_PER_PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_PER_PAGE) return;
    const values = order.map((column) => sql`${sql.param(valueIn(table, last, column), column)}`);
    after = sql`(${names}) > (${sql.join(values, sql`, `)})`;
  }
}

/** The value of a column in a row, whose members are named as in the schema. */
function valueIn(table: PgTable, row: Row, column: PgColumn): unknown {
  const member = Object.entries(table).find(([, value]) => value === column)?.[0];
  return member === undefined ? undefined : row[member];
}
