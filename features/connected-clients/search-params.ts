import type { Route } from 'next';
import { route } from '#lib/config/route.ts';
import type { ActivityEntry } from '#lib/connections/activity-queries.ts';
import type { ConnectionQuery, ConnectionSort } from '#lib/connections/queries.ts';
import type { ConnectionState } from '#lib/connections/state-sql.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** The `searchParams` of a page. */
export type Parameters = Record<string, string | string[] | undefined>;

/** The part of the list to show. */
export type ListQuery = {
  search: string;
  sort: ConnectionSort;
  state: ConnectionState | undefined;
  cursor: string | undefined;
};

/** The part of a client's activity to show. */
export type ActivityFilter = {
  outcome: ActivityEntry['outcome'] | undefined;
  tool: string | undefined;
  /** Number of entries. */
  shown: number;
};

const SORTS: readonly ConnectionSort[] = ['lastUsed', 'firstSeen', 'name'];
const STATES: readonly ConnectionState[] = ['active', 'revoked', 'pending', 'gone'];
const OUTCOMES: readonly ActivityEntry['outcome'][] = ['allowed', 'denied', 'failed'];

/** Rows of a page of the list. Rendering one takes about a millisecond, which delays the first byte. */
export const PAGE_SIZE = 25;
/** Entries of activity at first, and with each "Load more". */
export const ACTIVITY_STEP = 50;
/** Most entries of activity on one page; the export has all of them. */
export const MAX_ACTIVITY = 1_000;

/** Reads the query of the list. Unknown values are ignored. */
export function readListQuery(parameters: Parameters): ListQuery {
  const one = (name: string) => (typeof parameters[name] === 'string' ? parameters[name] : undefined);
  return {
    search: (one('q') ?? '').slice(0, 100),
    sort: SORTS.find((sort) => sort === one('sort')) ?? 'lastUsed',
    state: STATES.find((state) => state === one('state')),
    cursor: one('cursor'),
  };
}

/** The URL of the list with a change of its query. Any change but that of the cursor leads to the first page. */
export function listHref(query: ListQuery, change: Partial<ListQuery>): Route {
  const { search, sort, state, cursor } = { ...query, cursor: undefined, ...change };
  const text = new URLSearchParams({
    ...(search !== '' && { q: search }),
    ...(sort !== 'lastUsed' && { sort }),
    ...(state !== undefined && { state }),
    ...(cursor !== undefined && { cursor }),
  }).toString();
  return text === '' ? '/clients' : `/clients?${text}`;
}

/** The database query of the list. */
export function connectionQuery({ search, ...query }: ListQuery): ConnectionQuery {
  return { ...query, search: search || undefined, limit: PAGE_SIZE };
}

/** Reads the filter of a client's activity. Unknown values are ignored. */
export function readActivityFilter(parameters: Parameters): ActivityFilter {
  const shown = Number(parameters.shown);
  return {
    outcome: OUTCOMES.find((outcome) => outcome === parameters.outcome),
    // Names of tools are stored in this form.
    tool: sanitize(parameters.tool, 100) || undefined,
    shown: Number.isInteger(shown) ? Math.min(Math.max(shown, ACTIVITY_STEP), MAX_ACTIVITY) : ACTIVITY_STEP,
  };
}

/** The URL of a client's page with a change of its filter, which starts with the newest entries. */
export function activityHref(
  id: string,
  filter: ActivityFilter,
  change: Partial<ActivityFilter>,
): Route<`/clients/${string}`> {
  const { outcome, tool, shown } = { ...filter, shown: ACTIVITY_STEP, ...change };
  const text = new URLSearchParams({
    ...(outcome !== undefined && { outcome }),
    ...(tool !== undefined && { tool }),
    ...(shown !== ACTIVITY_STEP && { shown: String(shown) }),
  }).toString();
  return route(text === '' ? `/clients/${id}` : `/clients/${id}?${text}`);
}
