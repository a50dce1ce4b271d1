import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { POLL_AGE_MS } from '#lib/connections/grants.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeConnection } from '#lib/connections/revocation.ts';
import { callerOf } from '#tests/support/caller.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seen, seenMany } from './support.ts';

beforeAll(openTestDatabase);

const minute = (n: number) => new Date(Date.parse('2026-11-20T12:00:00Z') + n * 60_000);

test('a client that WorkOS lists and that called is one row with its grant and its calls', async () => {
  const workos = new FakeWorkos();
  const app = instance(workos);
  const caller = callerOf({ subject: 'user_merge', permissions: new Set(['connections:revoke']) });
  workos.grants.set('user_merge', [
    grantOf(caller.clientId ?? '', { name: 'My\u200B client', grantedScopes: ['openid', 'email'] }),
    grantOf(caller.clientId ?? '', { grantedScopes: ['profile'] }),
    grantOf('client_dcr', { dynamicallyRegistered: true, redirectUris: ['http://localhost/cb'] }),
  ]);
  await seen(app, caller);
  const { rows } = await connectionsOf('user_merge', app);
  expect(rows).toHaveLength(2);
  expect(rows.find(({ id }) => id === connectionKey(caller))).toMatchObject({
    kind: 'client',
    host: 'client.example.com',
    name: 'My client',
    state: 'active',
    granted: true,
    grantedScopes: ['openid', 'email', 'profile'],
    scopes: ['openid', 'profile'],
    permissions: ['connections:revoke'],
    calls: 1,
  });
  expect(rows.find(({ clientId }) => clientId === 'client_dcr')).toMatchObject({
    host: undefined,
    dynamicallyRegistered: true,
    redirectUris: ['http://localhost/cb'],
    firstSeen: undefined,
    lastUsed: undefined,
  });
});

test('a grant that WorkOS no longer lists is not granted, and a client that never called is removed', async () => {
  const workos = new FakeWorkos();
  const app = instance(workos);
  const caller = callerOf({ subject: 'user_gone' });
  await seen(app, caller);
  workos.grants.set('user_gone', [grantOf(caller.clientId ?? ''), grantOf('client_unused')]);
  expect((await connectionsOf('user_gone', app)).rows).toHaveLength(2);
  workos.grants.set('user_gone', []);
  const later = instance(workos, { now: () => new Date(Date.now() + 5_000) });
  const { rows } = await connectionsOf('user_gone', later);
  expect(rows.map(({ granted, clientId }) => [granted, clientId])).toEqual([[false, caller.clientId]]);
});

test('while WorkOS is unavailable the list shows the last known grants, marked as stale', async () => {
  const workos = new FakeWorkos();
  const caller = callerOf({ subject: 'user_stale' });
  workos.grants.set('user_stale', [grantOf('client_known')]);
  expect(await connectionsOf('user_stale', instance(workos))).toMatchObject({
    grants: 'fresh',
    rows: [{ clientId: 'client_known' }],
  });
  workos.up = false;
  const app = instance(workos);
  await seen(app, caller);
  const page = await connectionsOf('user_stale', app);
  expect(page.grants).toBe('stale');
  expect(page.rows.map(({ granted }) => granted).sort()).toEqual([false, true]);
});

test('requests within the cache time ask WorkOS once', async () => {
  const workos = new FakeWorkos();
  const app = instance(workos);
  await Promise.all([1, 2, 3].map(() => connectionsOf('user_open', app)));
  await connectionsOf('user_open', app);
  expect(workos.asked).toBe(1);
});

test('a poll is content with an answer of the last 30 s, and a change makes the next reader ask', async () => {
  const workos = new FakeWorkos();
  let now = Date.now();
  const app = instance(workos, { now: () => new Date(now) });
  const caller = callerOf({ subject: 'user_polls' });
  workos.grants.set('user_polls', [grantOf(caller.clientId ?? '')]);
  await connectionsOf('user_polls', app);
  now += 29_000;
  await connectionsOf('user_polls', app, POLL_AGE_MS);
  expect(workos.asked).toBe(1);
  now += 2_000;
  await connectionsOf('user_polls', app, POLL_AGE_MS);
  expect(workos.asked).toBe(2);
  await seen(app, caller);
  await revokeConnection({ userId: 'user_polls', connectionId: connectionKey(caller), by: '' }, app);
  const before = workos.asked;
  await connectionsOf('user_polls', app, POLL_AGE_MS);
  expect(workos.asked).toBe(before + 1);
});

test('"last used" is the order of last use, and clients that were never used come last', async () => {
  const workos = new FakeWorkos();
  const app = instance(workos);
  const subject = 'user_order';
  const clientOf = (n: number) => `https://order-${n}.example/c.json`;
  await seenMany(
    app,
    [3, 1, 2].map((n) => ({ caller: callerOf({ subject, clientId: clientOf(n) }), at: minute(n) })),
  );
  // Calls that are refused are no use.
  await seen(app, callerOf({ subject, clientId: clientOf(1) }), { at: minute(9), outcome: 'denied' });
  workos.grants.set(
    subject,
    [0, 1, 2, 3].map((n) => grantOf(clientOf(n))),
  );
  const { rows } = await connectionsOf(subject, app);
  expect(rows.map(({ clientId }) => clientId)).toEqual([3, 2, 1, 0].map(clientOf));
});

test('a client in two organizations is two connections, which share its grant', async () => {
  const workos = new FakeWorkos();
  const subject = 'user_two_orgs';
  const caller = callerOf({ subject });
  workos.grants.set(subject, [
    grantOf(caller.clientId ?? '', { firstParty: true, resource: 'https://x.example/mcp' }),
  ]);
  // Listed before it called, so without an organization.
  await connectionsOf(subject, instance(workos));
  const app = instance(workos);
  for (const organizationId of ['org_1', 'org_2']) await seen(app, { ...caller, organizationId });
  const { rows } = await connectionsOf(subject, app);
  expect(rows.map(({ organizationId }) => organizationId).sort()).toEqual(['org_1', 'org_2']);
  for (const row of rows)
    expect(row).toMatchObject({
      granted: true,
      firstParty: true,
      grantResources: ['https://x.example/mcp'],
      calls: 1,
    });
  expect(rows.map(({ id }) => id)).toContain(connectionKey({ ...caller, organizationId: 'org_1' }));
  // The id that the first page had still names the client.
  const listedId = connectionKey(caller);
  expect(rows.map(({ id }) => id)).not.toContain(listedId);
  expect(await getConnection(subject, listedId, app)).toMatchObject({ clientId: caller.clientId, calls: 1 });
  expect(await getConnection('user_other', listedId, app)).toBeUndefined();
  expect(await revokeConnection({ userId: subject, connectionId: listedId, by: '' }, app)).toBe('revoked');
});

test('a connection from before organizations were stored stays, and its denial holds in every organization', async () => {
  const app = instance(new FakeWorkos());
  const caller = callerOf({ subject: 'user_migrated' });
  await seen(app, caller);
  const db = await app.database();
  await db.execute(
    sql`update connections set client_key = null, session_ids = '[]' where subject = 'user_migrated'`,
  );
  await revokeConnection({ userId: 'user_migrated', connectionId: connectionKey(caller), by: '' }, app);
  const now = Math.floor(Date.now() / 1000);
  const token = { ...caller, organizationId: 'org_1', issuedAt: now + 3600 };
  expect(await checkRevocation(token, app)).toBe('revoked');
  expect(await checkRevocation({ ...token, sessionId: 'consent_2' }, app)).toBe('active');
});

test('tokens that name no client are one session per consent', async () => {
  const app = instance(new FakeWorkos());
  for (const sessionId of ['consent_a', 'consent_b', 'consent_a'])
    await seen(app, callerOf({ subject: 'user_sessions', clientId: undefined, sessionId }));
  const { rows } = await connectionsOf('user_sessions', app);
  expect(rows.map(({ kind, clientId, calls }) => [kind, clientId, calls]).sort()).toEqual([
    ['session', undefined, 1],
    ['session', undefined, 2],
  ]);
});
