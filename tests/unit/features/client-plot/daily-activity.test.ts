import { beforeAll, expect, test } from 'vitest';
import { dailyActivity } from '#features/connected-clients/plot/daily-activity.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, instance, openTestDatabase, seenMany } from '#tests/unit/connections/support.ts';

beforeAll(openTestDatabase);

const app = instance(new FakeWorkos(), { now: () => new Date('2026-11-20T12:00:00Z') });
const caller = callerOf({ subject: 'user_plot' });
const id = connectionKey(caller);

beforeAll(async () => {
  const at = (text: string) => new Date(`2026-11-${text}Z`);
  await seenMany(app, [
    { caller, at: at('18T10:00:00') },
    { caller, at: at('19T23:59:59.999'), outcome: 'denied', reason: 'insufficient_scope' },
    { caller, at: at('20T00:00:00'), outcome: 'failed' },
    { caller, at: at('20T08:00:00') },
  ]);
});

test('calls are counted by UTC day, with the days that have none', async () => {
  expect(await dailyActivity('user_plot', id, 4, app)).toEqual([
    { day: '2026-11-17', allowed: 0, denied: 0, failed: 0 },
    { day: '2026-11-18', allowed: 1, denied: 0, failed: 0 },
    { day: '2026-11-19', allowed: 0, denied: 1, failed: 0 },
    { day: '2026-11-20', allowed: 1, denied: 0, failed: 1 },
  ]);
});

test('another person gets only zeros for the connection', async () => {
  const days = await dailyActivity('user_else', id, 4, app);
  expect(days.every(({ allowed, denied, failed }) => allowed + denied + failed === 0)).toBe(true);
});
