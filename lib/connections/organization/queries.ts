import { and, count, countDistinct, desc, getTableColumns, sql } from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { connections, organizationMembers } from '#lib/db/schema.ts';
import { type ConnectionRow, connectionRow } from '../connection-row.ts';
import type { Context } from '../context.ts';
import { scheduleRetry } from '../grant-deletion.ts';
import { processContext } from '../process-context.ts';
import { revokedAt } from '../state-sql.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import {
  beginRead,
  inState,
  joinMember,
  matching,
  type OrganizationQuery,
  type Paged,
  paged,
  rowDenials,
  rowState,
  startOf,
  usedAt,
} from './list-query.ts';
import { type MemberName, memberName } from './members.ts';
import { conditionOf, type RevocationScope, type ScopeCount } from './scope.ts';

export type OrganizationConnection = ConnectionRow & { appKey: string; person: MemberName };

/** How much there is in the organization, and whether what WorkOS lists could be read. */
export async function organizationTotals(
  admin: Omit<Admin, 'by'>,
  context: Context = processContext(),
): Promise<{ connections: number; source: 'fresh' | 'stale' }> {
  const { organizationId, source, db } = await beginRead(admin, {}, context);
  scheduleRetry(context);
  const [totals = { connections: 0 }] = await db
    .select({ connections: count() })
    .from(connections)
    .where(conditionOf(context, organizationId, { all: true }));
  return { ...totals, source };
}

/** One page of the connections of an organization, last used first. */
export async function organizationConnections(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery = {},
  context: Context = processContext(),
): Promise<Paged<OrganizationConnection>> {
  const read = await beginRead(admin, query, context);
  const { db, limit } = read;
  const from = startOf('used', query.cursor);
  const stored = await select(db)
    .where(
      and(
        matching(context, read, query),
        query.state && inState(db, query.state),
        from && sql`(${usedAt}, ${connections.id}) < (${from.value}::timestamptz, ${from.id})`,
      ),
    )
    .orderBy(desc(usedAt), desc(connections.id))
    .limit(limit + 1);
  return paged('used', stored.map(connectionOf), limit, ({ id }) => id);
}

/** One connection of the organization; undefined when it has none with this id. */
export async function organizationConnection(
  admin: Omit<Admin, 'by'>,
  id: string,
  context: Context = processContext(),
): Promise<OrganizationConnection | undefined> {
  const { organizationId, db } = await beginRead(admin, {}, context);
  const where = conditionOf(context, organizationId, { connection: id });
  if (where === undefined) return undefined;
  const [row] = await select(db).where(where);
  return row && connectionOf(row);
}

/** How many connections of how many people a scope covers, to show before something is done to them. */
export async function countScope(
  admin: Omit<Admin, 'by'>,
  scope: RevocationScope,
  context: Context = processContext(),
): Promise<ScopeCount> {
  const organizationId = await authorizeAdmin(admin);
  const where = conditionOf(context, organizationId, scope);
  if (where === undefined) return { connections: 0, people: 0 };
  const [found] = await (await context.database())
    .select({ connections: count(), people: countDistinct(connections.subject) })
    .from(connections)
    .where(where);
  return found ?? { connections: 0, people: 0 };
}

function select(db: Database) {
  return db
    .select({
      ...getTableColumns(connections),
      state: rowState,
      revokedAt,
      email: organizationMembers.email,
      listedName: organizationMembers.name,
    })
    .from(connections)
    .leftJoin(rowDenials, sql`true`)
    .leftJoin(organizationMembers, joinMember)
    .$dynamic();
}

type Selected = Parameters<typeof connectionRow>[0] & { email: string | null; listedName: string | null };

function connectionOf({ email, listedName, ...row }: Selected): OrganizationConnection {
  const listed = email === null ? undefined : { email, name: listedName ?? '' };
  return {
    ...connectionRow(row, []),
    appKey: row.appKey ?? row.sortName,
    person: memberName(row.subject, listed),
  };
}
