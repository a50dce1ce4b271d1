import { inArray, type SQL, sql } from 'drizzle-orm';
import { rows } from '#lib/db/rows.ts';
import { connections } from '#lib/db/schema.ts';
import { UNUSED_AFTER_DAYS } from './app-identity.ts';
import { type ConnectionRow, DAYS_SHOWN } from './connection-row.ts';
import { clientContains } from './contains.ts';
import type { Context } from './context.ts';
import { dailyTotals } from './daily.ts';
import { scheduleRetry } from './grant-deletion.ts';
import { type GrantsSource, refreshGrants } from './grants.ts';
import type { Person } from './identity.ts';
import { ofPerson } from './person-rows.ts';
import { processContext } from './process-context.ts';
import { readConnections } from './queries.ts';
import { denialTables, joinHere, stateOf } from './state-sql.ts';

/** Why a person should look at a connection, by urgency. `resumed`: used again after a month without a call. */
type Review = 'look_alike' | 'unproven' | 'resumed';
const RANKED: readonly (Review | undefined)[] = [undefined, 'resumed', 'unproven', 'look_alike'];

/**
 * Which connections are shown. `active`: those that can act, and those that are being revoked. `review`: those with a
 * {@link Review}. `unused`: active ones without a call for 30 days.
 */
export type AppFilter = 'active' | 'review' | 'unused' | 'revoked' | 'all';
export type AppSort = 'lastUsed' | 'firstSeen' | 'name';

export type AppQuery = {
  /** Part of a name, host, client id or client software; case-insensitive. */
  search?: string | undefined;
  filter: AppFilter;
  /** Last used first by default, after what needs review. */
  sort: AppSort;
  reverse: boolean;
  /** From 1. One that is too high means the last. */
  page: number;
  pageSize: number;
};

/** An app: its connections that search and filter match. */
export type App = {
  key: string;
  /** The one that was used last. */
  latest: ConnectionRow;
  connections: number;
  lastUsed: Date | undefined;
  firstSeen: Date;
  review: Review | undefined;
  /** Calls by day, as of a connection; of the {@link MAX_COUNTED} connections that were used last. */
  daily: number[];
};

export type AppPage = {
  apps: App[];
  page: number;
  /** Apps that search and filter match, over all pages. */
  total: number;
  /** Apps that each filter matches, regardless of the search; `acting`: those that can act. */
  counts: Record<AppFilter | 'acting', number>;
  /** All connections, and the unused ones. */
  connections: number;
  unused: number;
  grants: GrantsSource;
};

const MAX_COUNTED = 50;
/** Conditions on what {@link matchingIds} reads. */
export const MATCHES = {
  active: sql`state in ('active', 'pending')`,
  review: sql`state = 'active' and rank > 0`,
  unused: sql`state = 'active' and idle`,
  revoked: sql`state in ('revoked', 'gone')`,
  all: sql`true`,
  acting: sql`state = 'active'`,
} satisfies Record<AppFilter | 'acting', SQL>;

const UNUSED = sql`make_interval(days => ${UNUSED_AFTER_DAYS})`;
const keyOf = sql<string>`coalesce(${connections.appKey}, ${connections.id})`;

/** The connections of a person with what {@link MATCHES} tests, for `with listed as`. */
function listed(context: Context, person: Person, search?: string): SQL {
  const now = sql`${context.now().toISOString()}::timestamptz`;
  return sql`(
    select ${connections.id}, ${keyOf} as key, ${stateOf(person)} as state, ${connections.sortName} as name,
      coalesce(${connections.lastUsed}, '1970-01-01Z') as used, ${connections.appearedAt} as appeared,
      coalesce(${connections.lastUsed}, ${connections.appearedAt}) < ${now} - ${UNUSED} as idle,
      case when ${connections.reviewedAt} is null and ${connections.risk} = 'look_alike' then 3
        when ${connections.reviewedAt} is null and ${connections.risk} = 'unproven' then 2
        when ${connections.resumedAt} > greatest(${connections.reviewedAt}, ${now} - ${UNUSED}) then 1
        else 0 end as rank,
      ${clientContains(search, connections.softwareName)} as found
    from ${connections} left join ${denialTables(person)} on ${joinHere}
    where ${ofPerson(connections, person)})`;
}

const BY: Record<AppSort, { column: SQL; descending: boolean }> = {
  lastUsed: { column: sql`used`, descending: true },
  firstSeen: { column: sql`appeared`, descending: true },
  name: { column: sql`name`, descending: false },
};

function orderOf({ sort, reverse }: AppQuery): SQL {
  const { column, descending } = BY[sort];
  const direction = descending === reverse ? sql`asc` : sql`desc`;
  const urgent = sort === 'lastUsed' && !reverse ? sql`rank desc,` : sql``;
  return sql`${urgent} ${column} ${direction}, key ${direction}`;
}

type Found = Record<'key' | 'used' | 'appeared' | 'latest', string> & {
  connections: number;
  rank: number;
  recent: string[] | null;
};

/** One page of a person's apps, after a refresh of their grants from WorkOS. Reads each connection of the person once. */
export async function appPage(
  userId: string,
  query: AppQuery,
  context: Context = processContext(),
): Promise<AppPage> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const grants = await refreshGrants(context, person);
  scheduleRetry(context);
  const db = await context.database();
  const shown = sql`found and ${MATCHES[query.filter]}`;
  const names = Object.keys(MATCHES) as (keyof typeof MATCHES)[];
  const each = (write: (name: keyof typeof MATCHES) => SQL) => sql.join(names.map(write), sql`, `);
  const id = (name: string) => sql.identifier(name);
  const [found] = await rows<
    AppPage['counts'] & {
      total: number;
      all_connections: number;
      unused_connections: number;
      apps: Found[] | null;
    }
  >(
    db,
    sql`
    with listed as materialized ${listed(context, person, query.search)}, apps as (
      select key, min(name) as name, ${each((name) => sql`bool_or(${MATCHES[name]}) as ${id(`is_${name}`)}`)},
        count(*) as stored, count(*) filter (where ${MATCHES.unused})::int as idle, count(*) filter (where ${shown})::int as connections,
        coalesce(max(rank) filter (where ${shown} and ${MATCHES.review}), 0) as rank,
        max(used) filter (where ${shown}) as used, min(appeared) filter (where ${shown}) as appeared
      from listed group by key),
    page as (
      select key, name, connections, rank, used, appeared from apps where connections > 0 order by ${orderOf(query)} limit ${query.pageSize}
      offset (least(${query.page}, greatest(1, ceil((select count(*) from apps where connections > 0) / ${query.pageSize}::float8)))::int - 1) * ${query.pageSize}),
    newest as (
      select key, (array_agg(id order by used desc, id))[1] as latest,
        (array_agg(id order by used desc, id) filter (where not idle))[1:${sql.raw(`${MAX_COUNTED}`)}] as recent
      from listed where ${shown} and key in (select key from page) group by key)
    select ${each((name) => sql`count(*) filter (where ${id(`is_${name}`)})::int as ${id(name)}`)},
      count(*) filter (where connections > 0)::int as total, coalesce(sum(idle), 0)::int as unused_connections, coalesce(sum(stored), 0)::int as all_connections,
      (select json_agg(app) from (select * from page join newest using (key) order by ${orderOf(query)}) app) as apps
    from apps`,
  );
  if (found === undefined) throw new Error('an aggregate returned no row');
  const { apps, total, unused_connections: unused, all_connections, ...counts } = found;
  const page = apps ?? [];
  const [latest, daily] = await Promise.all([
    readConnections(
      context,
      person,
      inArray(
        connections.id,
        page.map((app) => app.latest),
      ),
    ),
    dailyTotals(
      db,
      page.flatMap(({ recent }) => recent ?? []),
      DAYS_SHOWN,
      context.now(),
    ),
  ]);
  const byId = new Map(latest.map((row) => [row.id, row]));
  return {
    apps: page.flatMap(({ key, connections, used, appeared, latest, recent, rank }) => {
      const row = byId.get(latest);
      if (row === undefined) return [];
      const ofEach = (recent ?? []).map((id) => daily.get(id) ?? []);
      return {
        key,
        latest: row,
        connections,
        lastUsed: Date.parse(used) === 0 ? undefined : new Date(used),
        firstSeen: new Date(appeared),
        review: RANKED[rank],
        daily: row.daily.map((_, day) => ofEach.reduce((sum, calls) => sum + (calls[day] ?? 0), 0)),
      };
    }),
    page: Math.min(query.page, Math.max(1, Math.ceil(total / query.pageSize))),
    total,
    counts,
    connections: all_connections,
    unused,
    grants,
  };
}

/** Which active connections of a person are meant: by id, all of an app, and all that were not used for 30 days. */
export type Selection = { ids: readonly string[]; apps: readonly string[]; unused: boolean };

/** The ids of the active connections that a selection means, last used first; at most `limit`. */
export async function selectedConnections(
  userId: string,
  { ids, apps, unused }: Selection,
  limit: number,
  context: Context = processContext(),
): Promise<string[]> {
  const person: Person = { issuer: context.issuer, subject: userId };
  const which = sql`(id = any (${sql.param(ids)}::text[]) or key = any (${sql.param(apps)}::text[]) or (${unused} and idle))`;
  return await matchingIds(context, person, sql`${MATCHES.acting} and ${which}`, limit);
}

/** The ids of the connections of a person that a condition and a search match, last used first; at most `limit`. */
export async function matchingIds(
  context: Context,
  person: Person,
  which: SQL,
  limit: number,
  search?: string,
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    await context.database(),
    sql`with listed as ${listed(context, person, search)} select id from listed where found and ${which} order by used desc, id limit ${limit}`,
  );
  return found.map(({ id }) => id);
}
