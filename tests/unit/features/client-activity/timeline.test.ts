import { describe, expect, it } from 'vitest';
import { activityHref, readActivityFilter } from '#features/connected-clients/activity/activity-filter.ts';
import { byDay, dayTitle } from '#features/connected-clients/activity/timeline.tsx';

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
