import { and, eq, exists, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, denials } from '#lib/db/schema.ts';
import { clientContains } from '../contains.ts';
import type { Context } from '../context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { type ConnectionState, joinHere, joinOwn, stateOf, whole } from '../state-sql.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { isMember, membersLike } from './members.ts';
import { refreshOrganization } from './refresh.ts';
import { appOf, conditionOf } from './scope.ts';

export type OrganizationQuery = {
  /** Part of a person's name or address, or of an app's name, host or client id; case-insensitive. */
  search?: string;
  state?: ConnectionState;
  /** Only connections of this person, or of this app. */
  person?: string;
  app?: string;
  /** `nextCursor` of the previous page; an invalid one returns the first page. */
  cursor?: string;
  /** Rows in the page, 1 to 1,000. */
  limit?: number;
};

export type Paged<T> = { rows: T[]; nextCursor: string | undefined };

/** What a list is read with. */
export type ListRead = { db: Database; organizationId: string; limit: number };

const DEFAULT_ROWS = 25;

/** When a connection was used last; before every use for one that never was. */
export const usedAt = sql`coalesce(${connections.lastUsed}, '1970-01-01Z')`;
export const rowState = stateOf(connections);
/** The condition to join the member of a connection. */
export const joinMember = isMember(connections.organizationId, connections);
const ofEverything = and(
  eq(whole.issuer, connections.issuer),
  eq(whole.subject, connections.subject),
  sql`starts_with(${whole.target}, 'all:')`,
);
const denialWhere = (name: string, condition: SQL | undefined) =>
  sql`lateral (select * from denials ${sql.raw(name)} where ${condition} limit 1) ${sql.raw(name)}`;
/**
 * What {@link rowState} needs, to join on `true`: the denials of the client, of all of its person, and of the connection. Looked up for each
 * row, because of joined tables PostgreSQL reads the denials of the whole organization for a page of a few rows.
 */
export const rowDenials = sql`${denialWhere('own', joinOwn)} on true left join ${denialWhere('whole', ofEverything)} on true
  left join ${denialWhere('here', joinHere)}`;

/** Restricts connections, joined with their denials, to a state. Only those of people with a denial have another than `active`. */
export function inState(db: Database, state: ConnectionState): SQL | undefined {
  // As a function: of an operator PostgreSQL expects so few rows that it reads all of them first.
  const isIn = sql`texteq(${rowState}, ${state})`;
  if (state === 'active') return isIn;
  const ofPerson = and(eq(denials.issuer, connections.issuer), eq(denials.subject, connections.subject));
  const denied = state === 'revoked' ? ofPerson : and(ofPerson, eq(denials.deletion, state));
  return and(exists(db.select({ target: denials.target }).from(denials).where(denied)), isIn);
}

/**
 * What every list is read with, after a refresh from WorkOS; `source` is its result.
 *
 * @throws {NotAdminError}
 */
export async function beginRead(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery,
  context: Context,
): Promise<ListRead & { source: 'fresh' | 'stale' }> {
  const organizationId = await authorizeAdmin(admin);
  const source = await refreshOrganization(context, organizationId);
  return {
    db: await context.database(),
    organizationId,
    limit: pageSize(query.limit, DEFAULT_ROWS),
    source,
  };
}

/** Restricts connections to those that a query means, apart from their state. */
export function matching(
  context: Context,
  { db, organizationId }: Pick<ListRead, 'db' | 'organizationId'>,
  { search, person, app }: OrganizationQuery,
): SQL | undefined {
  return and(
    conditionOf(context, organizationId, { all: true }),
    person === undefined ? undefined : eq(connections.subject, person),
    app === undefined ? undefined : sql`${appOf} = ${app}`,
    search
      ? or(
          clientContains(search, connections.softwareName),
          membersLike(db, context, organizationId, connections.subject, search),
        )
      : undefined,
  );
}

/**
 * Where a page of an order by last use begins.
 *
 * @param order - the name of the order, as for {@link paged}
 */
export function startOf(
  order: string,
  cursor: string | undefined,
): { value: string; id: string } | undefined {
  const from = decodeCursor(order, cursor);
  const at = new Date(from?.value ?? Number.NaN);
  return !Number.isNaN(at.getTime()) && at.toISOString() === from?.value ? from : undefined;
}

/** A page of `limit` rows from as many and one more; the next page exists when there is one more. */
export function paged<T extends { lastUsed: Date | undefined }>(
  order: string,
  found: readonly T[],
  limit: number,
  idOf: (row: T) => string,
): Paged<T> {
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const nextCursor = last && encodeCursor(order, (last.lastUsed ?? new Date(0)).toISOString(), idOf(last));
  return { rows, nextCursor };
}
