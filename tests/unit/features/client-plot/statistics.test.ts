import { beforeAll, describe, expect, test } from 'vitest';
import { axisEnd, percentile } from '#features/connected-clients/plot/percentile.ts';
import { callStatistics } from '#features/connected-clients/plot/statistics.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { pruneActivity } from '#lib/connections/prune.ts';
import { activityLatency } from '#lib/db/schema.ts';
import { callerOf } from '#tests/support/caller.ts';
import {
  FakeWorkos,
  instance,
  openTestDatabase,
  seenMany,
  testDatabase,
} from '#tests/unit/connections/support.ts';

beforeAll(openTestDatabase);

const NOW = new Date('2026-11-20T12:00:00Z');
const app = instance(new FakeWorkos(), { now: () => NOW });
const caller = callerOf({ subject: 'user_plot' });
const id = connectionKey(caller);

beforeAll(async () => {
  const at = (text: string) => new Date(`2026-11-${text}Z`);
  await seenMany(app, [
    { caller, at: at('18T10:00:00'), durationMs: 0 },
    { caller, at: at('19T23:59:59.999'), outcome: 'denied', reason: 'insufficient_scope', durationMs: 1 },
    { caller, at: at('20T00:00:00'), outcome: 'failed', tool: 'export', durationMs: 4_500 },
    { caller, at: at('20T08:00:00'), method: 'tools/list', tool: undefined, durationMs: 3 },
  ]);
  // Another batch adds to the same steps.
  await seenMany(
    app,
    Array.from({ length: 98 }, () => ({ caller, at: at('20T09:00:00'), durationMs: 12 })),
  );
});

describe('statistics of a connection', () => {
  test('count calls by UTC day, with the days that have none, and percentiles of those that ran', async () => {
    const { days } = await callStatistics('user_plot', id, 4, app);
    expect(days).toEqual([
      { day: '2026-11-17', allowed: 0, denied: 0, failed: 0, p50: undefined, p95: undefined },
      {
        day: '2026-11-18',
        allowed: 1,
        denied: 0,
        failed: 0,
        p50: expect.any(Number),
        p95: expect.any(Number),
      },
      { day: '2026-11-19', allowed: 0, denied: 1, failed: 0, p50: undefined, p95: undefined },
      {
        day: '2026-11-20',
        allowed: 99,
        denied: 0,
        failed: 1,
        p50: expect.any(Number),
        p95: expect.any(Number),
      },
    ]);
    expect(days[1]?.p95).toBeLessThanOrEqual(1);
    for (const value of [days[3]?.p50, days[3]?.p95]) {
      expect(value).toBeGreaterThanOrEqual(10);
      expect(value).toBeLessThanOrEqual(15);
    }
  });

  test('count calls, errors and percentiles by tool, most called first', async () => {
    const { tools } = await callStatistics('user_plot', id, 4, app);
    expect(tools.map(({ tool, calls, errors }) => [tool, calls, errors])).toEqual([
      ['identity', 100, 1],
      ['', 1, 0],
      ['export', 1, 1],
    ]);
    expect(tools[2]?.p95).toBeGreaterThanOrEqual(4_000);
    expect(tools[2]?.p95).toBeLessThanOrEqual(6_000);
    expect((await callStatistics('user_plot', id, 1, app)).tools[0]).toMatchObject({ calls: 98, errors: 0 });
  });

  test('are zero for another person', async () => {
    const { days, tools } = await callStatistics('user_else', id, 4, app);
    expect(days.every(({ allowed, denied, failed }) => allowed + denied + failed === 0)).toBe(true);
    expect(tools).toEqual([]);
  });

  test('are deleted after the retention', async () => {
    const db = await testDatabase();
    await pruneActivity(db, NOW.getTime(), 1);
    const left = await db.selectDistinct({ day: activityLatency.day }).from(activityLatency);
    expect(left.map(({ day }) => day).sort()).toEqual(['2026-11-19', '2026-11-20']);
  });
});

test.each([
  [[], 0.5, undefined],
  [[[10, 0]], 0.5, undefined],
  [[[10, 100]], 0.5, 13],
  [
    [
      [1, 50],
      [100, 50],
    ],
    0.5,
    2,
  ],
  [
    [
      [1, 90],
      [1_000, 10],
    ],
    0.95,
    1_300,
  ],
  [[[120_000, 1]], 0.95, 120_000],
] as const)('the percentile of %j at %d is %s', (histogram, share, expected) =>
  expect(percentile(histogram, share)).toBe(expected),
);

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [14, 20],
  [51, 100],
  [1_000, 1_000],
])('the axis for at most %d ends at %d', (most, end) => expect(axisEnd(most)).toBe(end));
