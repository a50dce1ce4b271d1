import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { dailyTotals } from '#lib/connections/daily.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { pruneActivity } from '#lib/connections/prune.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeConnection } from '#lib/connections/revocation.ts';
import { activity } from '#lib/db/schema.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, instance, openTestDatabase, seenMany, testDatabase } from './support.ts';

beforeAll(openTestDatabase);

const NOW = Date.parse('2026-11-20T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW - days * 24 * 60 * 60 * 1000);
const app = instance(new FakeWorkos(), { now: () => new Date(NOW) });

test('activity older than the retention is deleted, a limited number of rows per run', async () => {
  const caller = callerOf({ subject: 'user_prune' });
  const old = Array.from({ length: 25 }, (_, n) => ({ caller, at: daysAgo(31 + n) }));
  await seenMany(app, [...old, { caller, at: daysAgo(29) }, { caller, at: daysAgo(0) }]);
  const db = await testDatabase();
  expect(await pruneActivity(db, NOW, 30, 10)).toBe(true);
  expect(await pruneActivity(db, NOW, 30, 10)).toBe(true);
  expect(await pruneActivity(db, NOW, 30, 10)).toBe(false);

  const id = connectionKey(caller);
  expect(await db.$count(activity, eq(activity.connectionId, id))).toBe(2);
  const calls = (await dailyTotals(db, [id], 60, new Date(NOW))).get(id) ?? [];
  expect(calls.flatMap((count, day) => (count > 0 ? [day] : []))).toEqual([30, 59]);
  expect(await getConnection('user_prune', id, app)).toMatchObject({ calls: 27 });
});

test('an unused consent is deleted after the retention, but its denial is kept', async () => {
  const caller = callerOf({ subject: 'user_prune_sid', clientId: undefined });
  const used = callerOf({ subject: 'user_prune_sid', clientId: undefined, sessionId: 'consent_used' });
  await seenMany(app, [
    { caller, at: daysAgo(40) },
    { caller: used, at: daysAgo(2) },
  ]);
  await revokeConnection({ userId: 'user_prune_sid', connectionId: connectionKey(caller), by: '' }, app);
  await pruneActivity(await testDatabase(), NOW, 30);
  expect(await getConnection('user_prune_sid', connectionKey(caller), app)).toBeUndefined();
  expect(await getConnection('user_prune_sid', connectionKey(used), app)).toBeDefined();
  const restarted = instance(new FakeWorkos());
  expect(await checkRevocation(caller, restarted)).toBe('revoked');
});
