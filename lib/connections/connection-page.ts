import { and, asc, count, desc, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections } from '#lib/db/schema.ts';
import type { Context } from './context.ts';
import { decodeCursor, encodeCursor, pageSize } from './cursor.ts';
import { scheduleRetry } from './grant-deletion.ts';
import { type GrantsSource, refreshGrants } from './grants.ts';
import type { Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';
import { type ConnectionRow, type Stored, selection, withDaily } from './queries.ts';
import { type ConnectionState, denialTables, joinHere, stateOf } from './state-sql.ts';

/** How the list is ordered: last used first, or from A. */
export type ConnectionSort = 'lastUsed' | 'name';

export type ConnectionQuery = {
  state?: ConnectionState;
  sort?: ConnectionSort;
  /** `nextCursor` of the previous page; an invalid one returns the first page. */
  cursor?: string;
  /** Rows in the page, 1 to 1,000. */
  limit?: number;
  /** Age in milliseconds up to which the last answer of WorkOS is good enough. */
  grantsAgeMs?: number;
};

export type ConnectionPage = {
  rows: ConnectionRow[];
  /** Rows in that state, over all pages. */
  total: number;
  nextCursor: string | undefined;
  grants: GrantsSource;
};

/** One page of a person's connections, after a refresh of their grants from WorkOS. */
export async function connectionPage(
  userId: string,
  query: ConnectionQuery = {},
  context: Context = processContext(),
): Promise<ConnectionPage> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const grants = await refreshGrants(context, person, query.grantsAgeMs);
  scheduleRetry(context);
  const db = await context.database();
  const limit = pageSize(query.limit, 50);
  const order = ORDERS[query.sort ?? 'lastUsed'];
  const matching = and(ofPerson(connections, person), inState(person, query.state));

  const [stored, total] = await Promise.all([
    db
      .select(selection(person))
      .from(connections)
      .leftJoin(denialTables(person), joinHere)
      .where(and(matching, order.after(query.cursor)))
      .orderBy(...order.by)
      .limit(limit + 1),
    countOf(db, person, query),
  ]);
  const page = stored.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: await withDaily(db, page, context.now()),
    total,
    nextCursor: stored.length > limit && last !== undefined ? order.cursor(last) : undefined,
    grants,
  };
}

/** Without a state no join is needed, and an index alone has the answer. */
async function countOf(db: Database, person: Person, { state }: ConnectionQuery): Promise<number> {
  const matching = and(ofPerson(connections, person), inState(person, state));
  const counting = db.select({ total: count() }).from(connections).$dynamic();
  if (state !== undefined) counting.leftJoin(denialTables(person), joinHere);
  return (await counting.where(matching))[0]?.total ?? 0;
}

function inState(person: Person, state: ConnectionState | undefined): SQL | undefined {
  return state === undefined ? undefined : sql`${stateOf(person)} = ${state}`;
}

type Order = {
  by: SQL[];
  after(cursor: string | undefined): SQL | undefined;
  cursor(row: Stored): string;
};

/** @param at - indexed with the person and the id; `value` is the same for a row */
function byTime(name: string, at: SQL, value: (row: Stored) => Date): Order {
  return {
    by: [desc(at), desc(connections.id)],
    after(cursor) {
      const from = decodeCursor(name, cursor);
      if (from === undefined || !isMoment(from.value)) return undefined;
      return sql`(${at}, ${connections.id}) < (${from.value}::timestamptz, ${from.id})`;
    },
    cursor: (row) => encodeCursor(name, value(row).toISOString(), row.id),
  };
}

/** Whether a cursor's value is an instant as we write it: JavaScript parses dates that PostgreSQL rejects. */
const isMoment = (text: string) =>
  /^[12]\d{3}-[\d-]{5}T[\d:.]{12}Z$/.test(text) && !Number.isNaN(Date.parse(text));

const ORDERS: Record<ConnectionSort, Order> = {
  // Clients that were never used come last.
  lastUsed: byTime(
    'lastUsed',
    sql`coalesce(${connections.lastUsed}, '1970-01-01Z')`,
    ({ lastUsed }) => lastUsed ?? new Date(0),
  ),
  name: {
    by: [asc(connections.sortName), asc(connections.id)],
    after(cursor) {
      const from = decodeCursor('name', cursor);
      return from && sql`(${connections.sortName}, ${connections.id}) > (${from.value}, ${from.id})`;
    },
    cursor: (row) => encodeCursor('name', row.sortName, row.id),
  },
};
