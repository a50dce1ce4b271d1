import { describe, expect, it } from 'vitest';
import { countOf, relativeTime } from '#components/ui/format.ts';
import { describeAccess, summariseAccess } from '#features/connected-clients/access.ts';
import { byDay, dayTitle } from '#features/connected-clients/activity-timeline.tsx';
import {
  activityHref,
  listHref,
  readActivityFilter,
  readListQuery,
} from '#features/connected-clients/search-params.ts';

describe('the URL of the list', () => {
  it('contains the search, order and filter, and can be read back', () => {
    const query = { search: 'a & b', sort: 'name', state: 'revoked', cursor: 'c/=' } as const;
    const url = new URL(listHref(query, { cursor: 'c/=' }), 'https://app.example');
    expect(readListQuery(Object.fromEntries(url.searchParams))).toEqual(query);
  });

  it('starts at the first page when anything else changes', () =>
    expect(listHref({ search: '', sort: 'lastUsed', state: undefined, cursor: 'x' }, { sort: 'name' })).toBe(
      '/clients?sort=name',
    ));

  it.each([[{ sort: 'constructor', state: '__proto__', q: ['a', 'b'] }], [{ sort: '', state: '' }], [{}]])(
    'ignores unknown values: %j',
    (parameters) =>
      expect(readListQuery(parameters)).toEqual({
        search: '',
        sort: 'lastUsed',
        state: undefined,
        cursor: undefined,
      }),
  );
});

describe('the URL of a client’s page', () => {
  it.each([
    ['-1', 50],
    ['75', 75],
    ['1e9', 1000],
    ['x', 50],
    [undefined, 50],
  ])('shows a limited number of calls for shown=%s', (shown, expected) =>
    expect(readActivityFilter({ shown }).shown).toBe(expected),
  );

  it('encodes the name of the tool', () => {
    const href = activityHref('id', { outcome: 'denied', tool: undefined, shown: 50 }, { tool: 'a&b=c' });
    const { searchParams } = new URL(href, 'https://app.example');
    expect(searchParams.get('tool')).toBe('a&b=c');
    expect(searchParams.get('outcome')).toBe('denied');
  });
});

describe('the timeline', () => {
  const entry = (at: string) => ({
    id: at,
    at: new Date(at),
    method: 'tools/call',
    tool: undefined,
    outcome: 'allowed' as const,
    reason: undefined,
    durationMs: 1,
    protocolVersion: undefined,
    software: undefined,
  });

  it('is grouped by UTC day in the order of its calls', () => {
    const days = byDay(['2026-05-03T00:00:01Z', '2026-05-02T23:59:59Z', '2026-05-02T01:00:00Z'].map(entry));
    expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
      ['2026-05-03', 1],
      ['2026-05-02', 2],
    ]);
  });

  it.each([
    ['2026-03-01', 'Today'],
    ['2026-02-28', 'Yesterday'],
    ['2026-02-27', 'Friday, February 27, 2026'],
  ])('titles %s as %s', (day, title) => expect(dayTitle(day, new Date('2026-03-01T00:30:00Z'))).toBe(title));
});

describe('access', () => {
  it('has a description for each scope and permission that has one', () =>
    expect(describeAccess(['openid', 'x:y'], ['connections:revoke'])).toEqual([
      { name: 'openid', description: 'Know who you are' },
      { name: 'x:y', description: undefined },
      { name: 'connections:revoke', description: 'Revoke your connected apps' },
    ]));

  it('is summarised for the table', () => {
    expect(summariseAccess(['openid', 'profile', 'offline_access'], ['a', 'b'])).toBe(
      'Identity, profile · Offline access · 2 permissions',
    );
    expect(summariseAccess([], [])).toBe('Unknown');
  });
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
