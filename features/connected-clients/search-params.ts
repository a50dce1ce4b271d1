import type { Route } from 'next';
import { route } from '#lib/config/route.ts';
import type { AppFilter, AppQuery, AppSort } from '#lib/connections/app-queries.ts';

/** The `searchParams` of a page. */
export type Parameters = Record<string, string | string[] | undefined>;

/** The part of the list to show. */
export type ListQuery = {
  search: string;
  show: AppFilter;
  sort: AppSort;
  reverse: boolean;
  page: number;
  /** Key of the app whose connections are shown. */
  open: string | undefined;
  /** Connections of that app before the first shown one. */
  skip?: number;
};

const SORTS: readonly AppSort[] = ['lastUsed', 'firstSeen', 'name'];
export const FILTERS: readonly [AppFilter, string][] = [
  ['active', 'Active'],
  ['review', 'Needs review'],
  ['unused', 'Unused for 30 days'],
  ['revoked', 'Revoked'],
  ['all', 'All'],
];

/** Rows of a page of the list. Rendering one takes about a millisecond, which delays the first byte. */
export const PAGE_SIZE = 25;

/** Reads the query of the list. Unknown values are ignored. */
export function readListQuery(parameters: Parameters): ListQuery {
  const one = (name: string) => (typeof parameters[name] === 'string' ? parameters[name] : '');
  const count = (name: string) => (/^\d{1,6}$/.test(one(name)) ? Number(one(name)) : 0);
  return {
    search: one('q').slice(0, 100),
    show: FILTERS.find(([filter]) => filter === one('show'))?.[0] ?? 'active',
    sort: SORTS.find((sort) => sort === one('sort')) ?? 'lastUsed',
    reverse: one('order') === 'reverse',
    page: count('page') || 1,
    open: one('open').replaceAll('\0', '').slice(0, 400) || undefined,
    ...(count('skip') > 0 && { skip: count('skip') }),
  };
}

/** The URL of the list with a change of its query. Any change but that of the open app leads to the first page. */
export function listHref(query: ListQuery, change: Partial<ListQuery>): Route {
  const kept = 'open' in change ? query : { ...query, page: 1, open: undefined };
  const { search, show, sort, reverse, page, open, skip = 0 } = { ...kept, skip: 0, ...change };
  const text = new URLSearchParams({
    ...(search !== '' && { q: search }),
    ...(show !== 'active' && { show }),
    ...(sort !== 'lastUsed' && { sort }),
    ...(reverse && { order: 'reverse' }),
    ...(page > 1 && { page: String(page) }),
    ...(open !== undefined && { open }),
    ...(skip > 0 && { skip: String(skip) }),
  }).toString();
  return text === '' ? '/clients' : `/clients?${text}`;
}

/** The database query of the list. */
export function appQuery({ show, open: _, ...query }: ListQuery): AppQuery {
  return { ...query, filter: show, pageSize: PAGE_SIZE };
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
