import { type SQL, sql } from 'drizzle-orm';
import { rows } from '#lib/db/rows.ts';
import { connections } from '#lib/db/schema.ts';
import type { Context } from '../context.ts';
import { processContext } from '../process-context.ts';
import type { Admin } from './admin.ts';
import {
  beginRead,
  type ListRead,
  matching,
  type OrganizationQuery,
  type Paged,
  paged,
  rowDenials,
  rowState,
  startOf,
  usedAt,
} from './list-query.ts';
import { listedNames, type MemberName, memberName } from './members.ts';
import { appOf, conditionOf } from './scope.ts';

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

const subjectOf = sql`${connections.subject}`;

/** One page of the people with connections in the organization, last active first. */
export async function organizationPeople(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery = {},
  context: Context = processContext(),
): Promise<Paged<PersonRow>> {
  const read = await beginRead(admin, query, context);
  const found = await groups(read, context, [subjectOf, appOf], query);
  const userIds = found.map(({ key }) => key);
  const listed = await listedNames(read.db, context, read.organizationId, userIds);
  const people = found.map(({ key, others, title: _, ...totals }) => ({
    ...memberName(key, listed.get(key)),
    ...totals,
    apps: others,
  }));
  return paged('groups', people, read.limit, ({ userId }) => userId);
}

/** One page of the apps that are connected in the organization, last used first. */
export async function organizationApps(
  admin: Omit<Admin, 'by'>,
  query: OrganizationQuery = {},
  context: Context = processContext(),
): Promise<Paged<AppRow>> {
  const read = await beginRead(admin, query, context);
  const found = await groups(read, context, [appOf, subjectOf], query);
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
  return paged('groups', apps, read.limit, ({ appKey }) => appKey);
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
 * active. Each row is read once; what is active is looked for in the groups of the page only, until the first one is found;
 * `exists` would let PostgreSQL read all of them.
 */
async function groups(
  read: ListRead,
  context: Context,
  [key, other]: readonly [SQL, SQL],
  query: OrganizationQuery,
): Promise<(Omit<Group, 'used'> & { lastUsed: Date | undefined })[]> {
  const { db, organizationId, limit } = read;
  const from = startOf('groups', query.cursor);
  const found = await rows<Group>(
    db,
    sql`
    with pairs as (
      select ${key} as key, ${other} as other, count(*) as stored, max(${usedAt}) as used, max(${connections.applicationName}) as title
      from ${connections} where ${matching(context, read, query)} group by 1, 2),
    grouped as (
      select key, sum(stored)::int as connections, count(*)::int as others, max(used) as used, max(title) as title
      from pairs group by key ${from ? sql`having (max(used), key) < (${from.value}::timestamptz, ${from.id})` : sql``}
      order by max(used) desc, key desc limit ${limit + 1})
    select key, connections, others, title, extract(epoch from used)::float8 * 1000 as used, (
      select true from ${connections} left join ${rowDenials} on true
      where ${conditionOf(context, organizationId, { all: true })} and ${key} = grouped.key and ${rowState} = 'active' limit 1) is true as active
    from grouped order by grouped.used desc, key desc`,
  );
  return found.map(({ used, ...group }) => ({
    ...group,
    lastUsed: used === 0 ? undefined : new Date(Math.round(used)),
  }));
}
