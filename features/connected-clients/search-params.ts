import type { Route } from 'next';
import { route } from '#lib/config/route.ts';
import type { ConnectionQuery, ConnectionSort } from '#lib/connections/queries.ts';
import type { ConnectionState } from '#lib/connections/state-sql.ts';

/** The `searchParams` of a page. */
export type Parameters = Record<string, string | string[] | undefined>;

/** The part of the list to show. */
export type ListQuery = {
  search: string;
  sort: ConnectionSort;
  state: ConnectionState | undefined;
  cursor: string | undefined;
};

const SORTS: readonly ConnectionSort[] = ['lastUsed', 'firstSeen', 'name'];
const STATES: readonly ConnectionState[] = ['active', 'revoked', 'pending', 'gone'];

/** Rows of a page of the list. Rendering one takes about a millisecond, which delays the first byte. */
export const PAGE_SIZE = 25;
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

/** The URL of a client's page with these parameters changed; undefined removes one. The others stay. */
export function clientHref(
  id: string,
  parameters: Parameters,
  change: Record<string, string | undefined>,
): Route<`/clients/${string}`> {
  const entries = Object.entries({ ...parameters, ...change }).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  const text = new URLSearchParams(entries).toString();
  return route(text === '' ? `/clients/${id}` : `/clients/${id}?${text}`);
}
