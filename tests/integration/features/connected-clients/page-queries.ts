import { ACTIVITY_STEP, MAX_ACTIVITY } from '#features/connected-clients/activity/activity-filter.ts';
import { callStatistics } from '#features/connected-clients/plot/statistics.ts';
import { appQuery, PAGE_SIZE, readListQuery } from '#features/connected-clients/search-params.ts';
import { type ActivityQuery, listActivity, toolsCalled } from '#lib/connections/activity-queries.ts';
import { appPage } from '#lib/connections/app-queries.ts';
import { type ConnectionSort, connectionPage } from '#lib/connections/connection-page.ts';
import type { Context } from '#lib/connections/context.ts';
import { encodeCursor } from '#lib/connections/cursor.ts';
import { createDenylistCache } from '#lib/connections/denylist-cache.ts';
import { retryDue } from '#lib/connections/grant-deletion.ts';
import { refreshGrants } from '#lib/connections/grants.ts';
import { createContext } from '#lib/connections/process-context.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { revocationHistory } from '#lib/connections/revocation-history.ts';
import type { LargePerson } from '#tests/support/large-database.ts';
import type { ExplainedDatabase, Plan } from '#tests/support/query-plans.ts';

/** A person with many clients on the pages. */
export type Visit = {
  explained: ExplainedDatabase;
  context: Context;
  person: LargePerson;
};

/** A database query of the pages of connected clients. */
export type PageQuery = { name: string; ask(visit: Visit): Promise<unknown> };

/**
 * An instance with an empty denylist: calls read it, also in the background, and pages do not. Its clock does not move, so
 * that what runs every two seconds runs once.
 */
function newContext({ db }: ExplainedDatabase, issuer: string): Context {
  const startedAt = new Date();
  const context = createContext({
    database: async () => db,
    issuer,
    now: () => startedAt,
    grants: { list: async () => ({ grants: [], complete: true }), delete: async () => 'absent' },
  });
  const denylist = createDenylistCache({
    prepare: async () => {},
    load: async () => ({ denials: [], version: 0 }),
    reason: String,
  });
  return { ...context, denylist };
}

/** Prepares the pages for the person of a filled database. */
export function startVisit(explained: ExplainedDatabase, person: LargePerson): Visit {
  return { explained, context: newContext(explained, person.issuer), person };
}

/**
 * The plans of a query. Queries that every page runs at most every two seconds (grants, due deletions) are excluded, unless
 * they are the query.
 */
export async function plansOfQuery(visit: Visit, { ask }: PageQuery): Promise<Plan[]> {
  await appPage(visit.person.userId, appQuery(readListQuery({})), visit.context);
  return await visit.explained.plansOf(() => ask(visit));
}

/** A page of the list of apps by its URL parameters. */
const apps = (name: string, parameters: Record<string, string> = {}): PageQuery => ({
  name: `apps${name}`,
  ask: ({ context, person }) => appPage(person.userId, appQuery(readListQuery(parameters)), context),
});

/** The time of a UUID of version 7, in milliseconds. */
const uuidMs = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
const DAY_MS = 24 * 60 * 60 * 1000;

const timeline = (name: string, query: (person: LargePerson) => ActivityQuery = () => ({})): PageQuery => ({
  name: `timeline${name}`,
  ask: ({ context, person }) =>
    listActivity(person.userId, person.busiest, { limit: ACTIVITY_STEP, ...query(person) }, context),
});

/** A page of connections, for exports, tools and live updates. */
const list = (name: string, sort: ConnectionSort): PageQuery => ({
  name: `connections${name}`,
  ask: ({ context, person }) => connectionPage(person.userId, { sort, limit: PAGE_SIZE }, context),
});

/** The page after a cursor of its order. */
const listAfter = (name: string, sort: ConnectionSort, value: string): PageQuery => ({
  name: `connections${name}, after a cursor`,
  ask: ({ context, person }) =>
    connectionPage(
      person.userId,
      { sort, limit: PAGE_SIZE, cursor: encodeCursor(sort, value, person.busiest) },
      context,
    ),
});

/** Pages that only need the connections they show. */
export const LIST_QUERIES: readonly PageQuery[] = [
  list(' by last use', 'lastUsed'),
  listAfter(' by last use', 'lastUsed', new Date().toISOString()),
  list(' by name', 'name'),
  listAfter(' by name', 'name', 'client_3'),
];

/** Pages of the list of apps, which group and count all connections of the person. */
export const APP_QUERIES: readonly PageQuery[] = [
  apps(''),
  apps(', the last page', { page: '1000000' }),
  apps(', by name', { sort: 'name' }),
  apps(', needing review', { show: 'review' }),
  apps(', unused', { show: 'unused' }),
  apps(', revoked', { show: 'revoked' }),
  apps(', one found by name', { q: 'CLIENT_4321' }),
  apps(', none found', { q: 'nowhere' }),
];

/** The calls of one client; the last ones are the largest requests of the page and of the export. */
export const TIMELINE_QUERIES: readonly PageQuery[] = [
  timeline(''),
  timeline(', allowed only', () => ({ filter: { outcome: 'allowed' } })),
  timeline(', denied only', () => ({ filter: { outcome: 'denied' } })),
  timeline(', failed only', () => ({ filter: { outcome: 'failed' } })),
  timeline(', one tool', ({ tools }) => ({ filter: { tool: tools.usual } })),
  timeline(', a tool called once', ({ tools }) => ({ filter: { tool: tools.rare } })),
  timeline(', a tool never called', () => ({ filter: { tool: 'never_called' } })),
  timeline(', one tool, denied only', ({ tools }) => ({ filter: { tool: tools.usual, outcome: 'denied' } })),
  timeline(', after half of it', ({ middle }) => ({ before: middle })),
  timeline(', denied only, after half of it', ({ middle }) => ({
    before: middle,
    filter: { outcome: 'denied' },
  })),
  timeline(', without set-up requests', () => ({ filter: { quiet: true } })),
  timeline(', three days', ({ middle }) => {
    const since = new Date(uuidMs(middle) - 3 * DAY_MS);
    return { filter: { since, until: new Date(uuidMs(middle)) } };
  }),
  timeline(', 1,000 calls', () => ({ limit: MAX_ACTIVITY })),
  timeline(', 1,000 calls, after half of it', ({ middle }) => ({ before: middle, limit: MAX_ACTIVITY })),
];

/** The other queries of the page of one client. */
const CLIENT_QUERIES: readonly PageQuery[] = [
  {
    name: 'client',
    ask: ({ context, person }) => getConnection(person.userId, person.busiest, context),
  },
  {
    name: 'client, calls by day',
    ask: ({ context, person }) => callStatistics(person.userId, person.busiest, 90, context),
  },
  {
    name: 'client, its tools',
    ask: ({ context, person }) => toolsCalled(person.userId, person.busiest, context),
  },
  {
    name: 'client, its revocation history',
    ask: ({ context, person }) => revocationHistory(person.userId, person.busiest, context),
  },
];

/** Queries of every page, at most every two seconds. */
export const BACKGROUND_QUERIES: readonly PageQuery[] = [
  {
    name: 'grants, as WorkOS lists them',
    ask: ({ explained, person: { issuer, userId } }) =>
      refreshGrants(newContext(explained, issuer), { issuer, subject: userId }),
  },
  { name: 'deletions that are due', ask: ({ context }) => retryDue(context) },
];

/** All of these. */
export const QUERIES: readonly PageQuery[] = [
  ...LIST_QUERIES,
  ...APP_QUERIES,
  ...TIMELINE_QUERIES,
  ...CLIENT_QUERIES,
  ...BACKGROUND_QUERIES,
];
