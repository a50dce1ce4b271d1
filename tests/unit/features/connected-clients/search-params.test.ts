import { describe, expect, it } from 'vitest';
import { countOf, relativeTime } from '#components/ui/format.ts';
import { describeAccess } from '#features/connected-clients/access.ts';
import { listHref, readListQuery } from '#features/connected-clients/search-params.ts';

describe('the URL of the list', () => {
  it('contains the search, order and filter, and can be read back', () => {
    const query = {
      search: 'a & b',
      show: 'revoked',
      sort: 'name',
      reverse: true,
      page: 3,
      open: 'claude · localhost',
      skip: 50,
    } as const;
    const url = new URL(listHref(query, { open: query.open, skip: query.skip }), 'https://app.example');
    expect(readListQuery(Object.fromEntries(url.searchParams))).toEqual(query);
  });

  it('starts at the first page when anything else changes', () =>
    expect(listHref({ ...readListQuery({}), page: 3, open: 'x', skip: 50 }, { sort: 'name' })).toBe(
      '/clients?sort=name',
    ));

  it.each([
    [{ sort: 'constructor', show: '__proto__', q: ['a', 'b'], page: '-1', order: 'x' }],
    [{ sort: '', show: '', page: '1e99' }],
    [{ page: '1.5', skip: '-1' }],
  ])('ignores unknown values: %j', (parameters) =>
    expect(readListQuery(parameters)).toEqual({
      search: '',
      show: 'active',
      sort: 'lastUsed',
      reverse: false,
      page: 1,
      open: undefined,
    }),
  );
});

describe('access', () => {
  it('has a description for each scope and permission that has one', () =>
    expect(describeAccess(['openid', 'x:y'], ['connections:revoke'])).toEqual([
      { name: 'openid', description: 'Know who you are' },
      { name: 'x:y', description: undefined },
      { name: 'connections:revoke', description: 'Revoke your connected apps' },
    ]));
});

describe('times and counts', () => {
  const now = Date.parse('2026-05-03T12:00:00Z');
  it.each([
    ['2026-05-03T11:59:30Z', 'just now'],
    ['2026-05-03T11:57:00Z', '3 minutes ago'],
    ['2026-05-02T12:00:00Z', 'yesterday'],
    ['2025-05-03T12:00:00Z', 'last year'],
  ])('%s is %s', (at, expected) => expect(relativeTime(Date.parse(at), now)).toBe(expected));

  it.each([
    [0, '0 calls'],
    [1, '1 call'],
    [10_000, '10,000 calls'],
  ])('%d is %s', (count, expected) => expect(countOf(count, 'call')).toBe(expected));
});
