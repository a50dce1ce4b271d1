import { beforeAll, expect, test } from 'vitest';
import { type ConnectionQuery, connectionPage } from '#lib/connections/connection-page.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, instance, openTestDatabase, seen, seenMany } from './support.ts';

beforeAll(openTestDatabase);

const minute = (n: number) => new Date(Date.parse('2026-11-20T12:00:00Z') + n * 60_000);

test('every sort order pages through each row once', async () => {
  const app = instance(new FakeWorkos());
  const subject = 'user_pages';
  const clients = Array.from(
    { length: 25 },
    (_, n) => `https://host-${String(n).padStart(2, '0')}.example/c_%.json`,
  );
  await seenMany(
    app,
    clients.map((clientId, n) => ({ caller: callerOf({ subject, clientId }), at: minute((n * 7) % 5) })),
  );
  const walk = async (query: ConnectionQuery) => {
    const hosts: (string | undefined)[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await connectionPage(subject, { ...query, cursor, limit: 7 }, app);
      expect(page.total).toBe(25);
      hosts.push(...page.rows.map(({ host }) => host));
      cursor = page.nextCursor;
      if (cursor === undefined) return hosts;
    }
  };
  const hosts = clients.map((clientId) => new URL(clientId).host);
  expect(await walk({ sort: 'name' })).toEqual(hosts);
  const walked = await walk({ sort: 'lastUsed' });
  expect([...walked].sort()).toEqual(hosts);
  expect(walked.slice(0, 5).sort()).toEqual(hosts.filter((_, n) => (n * 7) % 5 === 4));
});

test('an invalid cursor, or one of another order, returns the first page', async () => {
  const app = instance(new FakeWorkos());
  await seen(app, callerOf({ subject: 'user_cursor' }));
  for (const cursor of [
    'x',
    'W10',
    Buffer.from('["lastUsed","never","id"]').toString('base64url'),
    '%00',
    '{}',
  ])
    expect((await connectionPage('user_cursor', { cursor }, app)).rows).toHaveLength(1);
});

test('the list can be filtered by state', async () => {
  const app = instance(new FakeWorkos());
  await seen(app, callerOf({ subject: 'user_states' }));
  expect((await connectionPage('user_states', { state: 'active' }, app)).total).toBe(1);
  expect((await connectionPage('user_states', { state: 'revoked' }, app)).rows).toEqual([]);
});
