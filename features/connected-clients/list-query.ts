import type { Route } from 'next';
import type { ConnectionQuery, ConnectionSort, ConnectionState } from '#lib/connections/queries.ts';

type Parameters = Record<string, string | string[] | undefined>;

export type ListQuery = {
  search: string;
  sort: ConnectionSort;
  state: ConnectionState | undefined;
  cursor: string | undefined;
};

const SORTS: readonly ConnectionSort[] = ['lastUsed', 'firstSeen', 'name'];
const STATES: readonly ConnectionState[] = ['active', 'revoked', 'pending'];

/** Rows on a page: to render one takes about a millisecond, so more of them would hold up the first. */
export const PAGE_SIZE = 25;

/** What the address of the list asks for; anything it does not know is left out. */
export function readListQuery(parameters: Parameters): ListQuery {
  const one = (name: string) => (typeof parameters[name] === 'string' ? parameters[name] : undefined);
  return {
    search: (one('q') ?? '').slice(0, 100),
    sort: SORTS.find((sort) => sort === one('sort')) ?? 'lastUsed',
    state: STATES.find((state) => state === one('state')),
    cursor: one('cursor'),
  };
}

/** The address of the list with some of it changed; a change of anything but the page starts at the first. */
export function listHref(query: ListQuery, change: Partial<ListQuery>): Route {
  const { search, sort, state, cursor } = { ...query, cursor: undefined, ...change };
  const parameters = new URLSearchParams();
  if (search !== '') parameters.set('q', search);
  if (sort !== 'lastUsed') parameters.set('sort', sort);
  if (state !== undefined) parameters.set('state', state);
  if (cursor !== undefined) parameters.set('cursor', cursor);
  const text = parameters.toString();
  return text === '' ? '/clients' : `/clients?${text}`;
}

/** The same for the database. */
export function connectionQuery({ search, ...query }: ListQuery): ConnectionQuery {
  return { ...query, limit: PAGE_SIZE, search: search === '' ? undefined : search };
}
