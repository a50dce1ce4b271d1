import {
  and,
  asc,
  count,
  countDistinct,
  desc,
  eq,
  getTableColumns,
  inArray,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { connections, organizationMembers } from '#lib/db/schema.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { type ConnectionRow, connectionRow } from '../connection-row.ts';
import type { Context } from '../context.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { scheduleRetry } from '../grant-deletion.ts';
import { processContext } from '../process-context.ts';
import { type ConnectionState, joinOwn, own, revokedAt, stateOf, whole } from '../state-sql.ts';
import { type Admin, authorizeAdmin } from './admin.ts';
import { refreshOrganization } from './refresh.ts';
import { appOf, conditionOf, type RevocationScope } from './revoke.ts';

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

/** A person as pages show them. `isMember`: WorkOS lists them in the organization. */
export type MemberName = { userId: string; email: string | undefined; name: string; isMember: boolean };

export type OrganizationConnection = ConnectionRow & { appKey: string; person: MemberName };

/** The connections of a person, or of an app. */
export type PersonRow = MemberName & Totals & { apps: number };
/** `title`: the host of a metadata document, else the claimed name; `detail` is the other of both. */
export type AppRow = Totals & { appKey: string; title: string; detail: string | undefined; people: number };
type Totals = {
  connections: number;
  lastUsed: Date | undefined;
  /** Whether calls of any of them are accepted. */
  active: boolean;
};

export type Paged<T> = { rows: T[]; nextCursor: string | undefined };

const DEFAULT_ROWS = 25;
const rowState = stateOf(connections);
const isMember = and(
  eq(organizationMembers.organizationId, connections.organizationId),
  eq(organizationMembers.issuer, connections.issuer),
  eq(organizationMembers.subject, connections.subject),
);
const joinWhole = and(
  eq(whole.issuer, connections.issuer),
  eq(whole.subject, connections.subject),
  sql`starts_with(${whole.target}, 'all:')`,
);
const used = sql`coalesce(${connections.lastUsed}, '1970-01-01Z')`;
const subjectOf = sql`${connections.subject}`;

async function prepare(admin: Omit<Admin, 'by'>, context: Context) {
  const organizationId = await authorizeAdmin(admin);
  const source = await refreshOrganization(context, organizationId);
  return { organizationId, source, db: await context.database() };
}

/** How much there is in the organization, and whether what WorkOS lists could be read. */
export async function organizationTotals(
  admin: Omit<Admin, 'by'>,
  context: Context = processContext(),
): Promise<{ connections: number; source: 'fresh' | 'stale' }> {
  const { organizationId, source, db } = await prepare(admin, context);
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
  const { organizationId, db } = await prepare(admin, context);
  const limit = pageSize(query.limit, DEFAULT_ROWS);
  const from = instantCursor('used', query.cursor);
  const stored = await select(db)
    .where(
      and(
        matching(context, organizationId, query),
        query.state && sql`${rowState} = ${query.state}`,
        from && sql`(${used}, ${connections.id}) < (${from.value}::timestamptz, ${from.id})`,
      ),
    )
    .orderBy(desc(used), desc(connections.id))
    .limit(limit + 1);
  return paged(stored.map(connectionOf), limit, ({ lastUsed, id }) => cursorAt('used', lastUsed, id));
}

/** One connection of the organization; undefined when it has none with this id. */
export async function organizationConnection(
  admin: Omit<Admin, 'by'>,
  id: string,
  context: Context = processContext(),
): Promise<OrganizationConnection | undefined> {
  const { organizationId, db } = await prepare(admin, context);
  const where = conditionOf(context, organizationId, { connection: id });
  if (where === undefined) return undefined;
  const [row] = await select(db).where(where);
  return row && connectionOf(row);
}

/** One page of the people with connections in the organization, last active first. */
export async function organizationPeople(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery = {},
  context: Context = processContext(),
): Promise<Paged<PersonRow>> {
  const { organizationId, db } = await prepare(admin, context);
  const limit = pageSize(query.limit, DEFAULT_ROWS);
  const found = await groups(db, context, organizationId, [subjectOf, appOf], query, limit);
  const keys = found.map(({ key }) => key);
  const members = await memberNames(db, context, organizationId, keys);
  const people = found.map(({ key, others, title: _, ...totals }) => ({
    ...nameOf(key, members.get(key)),
    ...totals,
    apps: others,
  }));
  return paged(people, limit, ({ lastUsed, userId }) => cursorAt('groups', lastUsed, userId));
}

/** One page of the apps that are connected in the organization, last used first. */
export async function organizationApps(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery = {},
  context: Context = processContext(),
): Promise<Paged<AppRow>> {
  const { organizationId, db } = await prepare(admin, context);
  const limit = pageSize(query.limit, DEFAULT_ROWS);
  const found = await groups(db, context, organizationId, [appOf, subjectOf], query, limit);
  const apps = found.map(({ key, others, title: name, ...totals }) => {
    // Only the key of a metadata document, its host, is free of spaces; any client can claim any name.
    const [title, detail] = name === null || key.includes(' ') ? [name ?? key, key] : [key, name];
    return {
      ...totals,
      appKey: key,
      title,
      detail: detail === title ? undefined : detail,
      people: others,
    };
  });
  return paged(apps, limit, ({ lastUsed, appKey }) => cursorAt('groups', lastUsed, appKey));
}

/** How many connections of how many people a scope covers, to show before something is done to them. */
export async function countScope(
  admin: Omit<Admin, 'by'>,
  scope: RevocationScope,
  context: Context = processContext(),
): Promise<{ connections: number; people: number }> {
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
      memberName: organizationMembers.name,
    })
    .from(connections)
    .leftJoin(own, joinOwn)
    .leftJoin(whole, joinWhole)
    .leftJoin(organizationMembers, isMember)
    .$dynamic();
}

type Selected = Parameters<typeof connectionRow>[0] & { email: string | null; memberName: string | null };

function connectionOf({ email, memberName, ...row }: Selected): OrganizationConnection {
  const listed = email === null ? undefined : { email, name: memberName ?? '' };
  return {
    ...connectionRow(row, []),
    appKey: row.appKey ?? row.sortName,
    person: nameOf(row.subject, listed),
  };
}

function nameOf(userId: string, listed: { email: string; name: string } | undefined): MemberName {
  return { userId, email: listed?.email, name: listed?.name ?? '', isMember: listed !== undefined };
}

type Group = {
  key: string;
  connections: number;
  others: number;
  title: string | null;
  /** Time of the last use in ms since the epoch; 0 for never. */
  used: number;
  active: boolean;
};

/**
 * Connections by one of two columns, with how many different values the other has, and whether at least one connection is
 * active. Each row is read once; what is active is looked for in the groups of the page only, until the first one is found; `exists` would let PostgreSQL read all of them.
 */
async function groups(
  db: Database,
  context: Context,
  organizationId: string,
  [key, other]: readonly [SQL, SQL],
  query: OrganizationQuery,
  limit: number,
): Promise<(Omit<Group, 'used'> & { lastUsed: Date | undefined })[]> {
  const from = instantCursor('groups', query.cursor);
  const found = await rows<Group>(
    db,
    sql`
    with pairs as (
      select ${key} as key, ${other} as other, count(*) as stored, max(${used}) as used, max(${connections.applicationName}) as title
      from ${connections} ${query.search ? sql`left join ${organizationMembers} on ${isMember}` : sql``}
      where ${matching(context, organizationId, query)} group by 1, 2),
    grouped as (
      select key, sum(stored)::int as connections, count(*)::int as others, max(used) as used, max(title) as title
      from pairs group by key ${from ? sql`having (max(used), key) < (${from.value}::timestamptz, ${from.id})` : sql``}
      order by max(used) desc, key desc limit ${limit + 1})
    select key, connections, others, title, extract(epoch from used)::float8 * 1000 as used, (
      select true from ${connections} left join denials own on ${joinOwn} left join denials whole on ${joinWhole}
      where ${conditionOf(context, organizationId, { all: true })} and ${key} = grouped.key and ${rowState} = 'active' limit 1) is true as active
    from grouped order by grouped.used desc, key desc`,
  );
  return found.map(({ used: at, ...group }) => ({
    ...group,
    lastUsed: at === 0 ? undefined : new Date(Math.round(at)),
  }));
}

async function memberNames(
  db: Database,
  { issuer }: Context,
  organizationId: string,
  subjects: string[],
): Promise<Map<string, { email: string; name: string }>> {
  const found = await db
    .select()
    .from(organizationMembers)
    .where(
      and(
        eq(organizationMembers.organizationId, organizationId),
        eq(organizationMembers.issuer, issuer),
        inArray(organizationMembers.subject, subjects),
      ),
    )
    .orderBy(asc(organizationMembers.subject));
  return new Map(found.map(({ subject, email, name }) => [subject, { email, name }]));
}

function matching(context: Context, organizationId: string, query: OrganizationQuery): SQL | undefined {
  const text = sanitize(query.search, 100);
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return and(
    conditionOf(context, organizationId, { all: true }),
    query.person === undefined ? undefined : eq(connections.subject, query.person),
    query.app === undefined ? undefined : sql`${appOf} = ${query.app}`,
    text === ''
      ? undefined
      : sql`concat_ws(' ', ${connections.sortName}, ${connections.clientId}, ${connections.applicationName},
          ${connections.softwareName}, ${organizationMembers.email}, ${organizationMembers.name}) ilike ${pattern}`,
  );
}

function paged<T>(found: T[], limit: number, cursor: (row: T) => string): Paged<T> {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: found.length > limit && last !== undefined ? cursor(last) : undefined };
}

const cursorAt = (order: string, at: Date | undefined, id: string) =>
  encodeCursor(order, (at ?? new Date(0)).toISOString(), id);

function instantCursor(order: string, cursor: string | undefined) {
  const from = decodeCursor(order, cursor);
  const at = new Date(from?.value ?? Number.NaN);
  return !Number.isNaN(at.getTime()) && at.toISOString() === from?.value ? from : undefined;
}
