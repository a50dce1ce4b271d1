import { describe, expect, it } from 'vitest';
import { activityQuery, readActivityFilter } from '#features/connected-clients/activity/activity-filter.ts';
import { byDay, dayTitle } from '#features/connected-clients/activity/timeline.tsx';
import { clientHref } from '#features/connected-clients/search-params.ts';

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

  it('encodes the name of the tool, and keeps the other parameters', () => {
    const href = clientHref(
      'id',
      { outcome: 'denied', days: '7', list: ['a', 'b'] },
      { tool: 'a&b=c', days: undefined },
    );
    const { searchParams } = new URL(href, 'https://app.example');
    expect(Object.fromEntries(searchParams)).toEqual({ outcome: 'denied', tool: 'a&b=c' });
  });

  it('reads UTC days, both included, and ignores what is no day', () => {
    const filter = readActivityFilter({ from: '2026-02-28', to: '2026-03-01' });
    expect(activityQuery(filter)).toMatchObject({
      since: new Date('2026-02-28T00:00:00Z'),
      until: new Date('2026-03-02T00:00:00Z'),
      quiet: true,
    });
    for (const from of ['2026-02-30', '1969-01-01', '28.02.2026', '', ['2026-02-28', 'x']])
      expect(readActivityFilter({ from }).from).toBeUndefined();
  });
});

describe('the timeline', () => {
  const entry = (at: string) => ({
    id: at,
    at,
    name: 'search',
    outcome: 'allowed' as const,
    reason: undefined,
    durationMs: 1,
  });

  it('is grouped by day of the zone, in the order of its calls', () => {
    const calls = ['2026-05-03T00:00:01Z', '2026-05-02T23:59:59Z', '2026-05-02T01:00:00Z'].map(entry);
    const grouped = (zone: string) => byDay(calls, zone).map(({ day, entries }) => [day, entries.length]);
    expect(grouped('UTC')).toEqual([
      ['2026-05-03', 1],
      ['2026-05-02', 2],
    ]);
    expect(grouped('Pacific/Auckland')).toEqual([
      ['2026-05-03', 2],
      ['2026-05-02', 1],
    ]);
  });

  it.each([
    ['2026-03-01T00:10:00Z', 'en', 'UTC', 'Today'],
    ['2026-02-28T00:10:00Z', 'en', 'UTC', 'Yesterday'],
    ['2026-02-27T00:10:00Z', 'en', 'UTC', 'Friday, February 27, 2026'],
    ['2026-02-27T00:10:00Z', 'de', 'UTC', 'Freitag, 27. Februar 2026'],
    ['2026-02-28T23:10:00Z', 'en', 'Europe/Berlin', 'Today'],
  ])('titles %s in %s and %s as %s', (at, locale, zone, title) =>
    expect(dayTitle(at, new Date('2026-03-01T00:30:00Z'), locale, zone)).toBe(title),
  );
});
