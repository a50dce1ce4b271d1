import { and, asc, count, desc, getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { type ConnectionRow, connectionRow, DAYS_SHOWN } from './connection-row.ts';
import type { Context } from './context.ts';
import { decodeCursor, encodeCursor, pageSize } from './cursor.ts';
import { dailyTotals } from './daily.ts';
import { scheduleRetry } from './grant-deletion.ts';
import { type GrantsSource, refreshGrants } from './grants.ts';
import { isConnectionId, type Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';
import {
  type ConnectionState,
  firstOf,
  joinOwn,
  joinWhole,
  own,
  revokedAt,
  stateOf,
  whole,
} from './state-sql.ts';

export type { ConnectionRow } from './connection-row.ts';

/** How the list is ordered: newest first for times, from A for names. */
export type ConnectionSort = 'lastUsed' | 'firstSeen' | 'name';

export type ConnectionQuery = {
  /** Part of a name, host, client id or client software; case-insensitive. */
  search?: string;
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
  /** Rows that the search and state match, over all pages. */
  total: number;
  nextCursor: string | undefined;
  grants: GrantsSource;
};

const selection = (person: Person) => ({
  ...getTableColumns(connections),
  state: stateOf(person),
  revokedAt,
});

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
  const matching = and(ofPerson(connections, person), searched(query.search), inState(person, query.state));

  const [stored, total] = await Promise.all([
    db
      .select(selection(person))
      .from(connections)
      .leftJoin(own, joinOwn)
      .leftJoin(whole, joinWhole(person))
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
    .leftJoin(own, joinOwn)
    .leftJoin(whole, joinWhole(person))
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

type Stored = Parameters<typeof connectionRow>[0];

async function withDaily(db: Database, rows: readonly Stored[], now: Date): Promise<ConnectionRow[]> {
  const totals = await dailyTotals(
    db,
    rows.map(({ id }) => id),
    DAYS_SHOWN,
    now,
  );
  return rows.map((row) => connectionRow(row, totals.get(row.id) ?? new Array(DAYS_SHOWN).fill(0)));
}

/** Without a state no join is needed, and an index alone has the answer. */
async function countOf(db: Database, person: Person, { search, state }: ConnectionQuery): Promise<number> {
  const matching = and(ofPerson(connections, person), searched(search), inState(person, state));
  const counting = db.select({ total: count() }).from(connections).$dynamic();
  if (state !== undefined) counting.leftJoin(own, joinOwn).leftJoin(whole, joinWhole(person));
  return (await counting.where(matching))[0]?.total ?? 0;
}

export function searched(search: string | undefined): SQL | undefined {
  const text = sanitize(search, 100);
  if (text === '') return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql`concat_ws(' ', ${connections.sortName}, ${connections.clientId}, ${connections.applicationName}, ${connections.softwareName}) ilike ${pattern}`;
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
function byTime(name: string, at: SQL | typeof connections.appearedAt, value: (row: Stored) => Date): Order {
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
  firstSeen: byTime('firstSeen', connections.appearedAt, ({ appearedAt }) => appearedAt),
  name: {
    by: [asc(connections.sortName), asc(connections.id)],
    after(cursor) {
      const from = decodeCursor('name', cursor);
      return from && sql`(${connections.sortName}, ${connections.id}) > (${from.value}, ${from.id})`;
    },
    cursor: (row) => encodeCursor('name', row.sortName, row.id),
  },
};
