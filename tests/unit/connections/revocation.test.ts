import { beforeAll, describe, expect, test } from 'vitest';
import { revocationHistory } from '#lib/connections/activity-queries.ts';
import { retryDue } from '#lib/connections/grant-deletion.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { connectionPage, getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seen } from './support.ts';

beforeAll(openTestDatabase);

const CLIENT = 'https://client.example.com/metadata.json';
const later = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe('a person revokes a client', () => {
  test('its next call is refused, its grant is gone, and a new consent works again', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_cuts' });
    workos.grants.set('user_cuts', [grantOf(CLIENT)]);
    await seen(app, caller);
    expect(await checkRevocation(caller, app)).toBe('active');

    const ask = { userId: 'user_cuts', connectionId: connectionKey(caller), by: 'page' };
    expect(await revokeConnection(ask, app)).toBe('revoked');
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(workos.grants.get('user_cuts')).toEqual([]);
    expect((await getConnection('user_cuts', ask.connectionId, app))?.state).toBe('revoked');

    const again = callerOf({ subject: 'user_cuts', issuedAt: later(5) });
    expect(await checkRevocation(again, app)).toBe('active');
    await seen(app, again);
    expect((await getConnection('user_cuts', ask.connectionId, app))?.state).toBe('active');
  });

  test('a token issued in the very second of the revocation is refused', async () => {
    const app = instance(new FakeWorkos(), { now: () => new Date('2030-01-01T00:00:10.900Z') });
    const second = Date.parse('2030-01-01T00:00:10Z') / 1000;
    const caller = callerOf({ subject: 'user_second', issuedAt: second });
    await seen(app, caller);
    await revokeConnection({ userId: 'user_second', connectionId: connectionKey(caller), by: '' }, app);
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, issuedAt: second + 1 }, app)).toBe('active');
  });

  test('another client of the person and the same client of another person stay active', async () => {
    const app = instance(new FakeWorkos());
    const mine = callerOf({ subject: 'user_one' });
    const other = callerOf({ subject: 'user_one', clientId: 'https://other.example/c.json' });
    const theirs = callerOf({ subject: 'user_two' });
    for (const caller of [mine, other, theirs]) await seen(app, caller);
    await revokeConnection({ userId: 'user_one', connectionId: connectionKey(mine), by: '' }, app);
    expect(await checkRevocation(mine, app)).toBe('revoked');
    expect(await checkRevocation(other, app)).toBe('active');
    expect(await checkRevocation(theirs, app)).toBe('active');
  });

  test("another person's connection cannot be revoked or read: it is treated as unknown", async () => {
    const app = instance(new FakeWorkos());
    const theirs = callerOf({ subject: 'user_victim' });
    await seen(app, theirs);
    const id = connectionKey(theirs);
    expect(await revokeConnection({ userId: 'user_mallory', connectionId: id, by: '' }, app)).toBeUndefined();
    expect(await getConnection('user_mallory', id, app)).toBeUndefined();
    expect(await revocationHistory('user_mallory', id, app)).toEqual([]);
    expect(await checkRevocation(theirs, app)).toBe('active');
  });

  test('revoking twice is the same as revoking once', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_twice' });
    await seen(app, caller);
    const ask = { userId: 'user_twice', connectionId: connectionKey(caller), by: 'page' };
    expect(await revokeConnection(ask, app)).toBe('revoked');
    expect(await revokeConnection(ask, app)).toBe('revoked');
    const history = await revocationHistory('user_twice', ask.connectionId, app);
    expect(history.filter(({ event }) => event === 'revoked')).toHaveLength(1);
  });
});

test('when the clock of AuthKit is ahead, a token from the future that was in use is refused too', async () => {
  const app = instance(new FakeWorkos());
  const caller = callerOf({ subject: 'user_ahead', issuedAt: later(4) });
  await seen(app, caller);
  await revokeConnection({ userId: 'user_ahead', connectionId: connectionKey(caller), by: '' }, app);
  expect(await checkRevocation(caller, app)).toBe('revoked');
  const everything = callerOf({ subject: 'user_ahead_all', issuedAt: later(4) });
  await seen(app, everything);
  expect(await revokeAll('user_ahead_all', 'page', app)).toBe('revoked');
  expect(await retryDue(instance(new FakeWorkos(), { now: () => new Date(later(3600) * 1000) }))).toBe(0);
  expect(await checkRevocation(everything, app)).toBe('revoked');
});

test('concurrent revocations of one connection all return revoked', async () => {
  const app = instance(new FakeWorkos());
  const caller = callerOf({ subject: 'user_race' });
  await seen(app, caller);
  const ask = { userId: 'user_race', connectionId: connectionKey(caller), by: '' };
  const results = await Promise.all([
    revokeConnection(ask, app),
    revokeConnection(ask, app),
    revokeAll('user_race', '', app),
  ]);
  expect(results).toEqual(['revoked', 'revoked', 'revoked']);
  expect(await checkRevocation(caller, app)).toBe('revoked');
  expect(await checkRevocation({ ...caller, issuedAt: later(5) }, app)).toBe('active');
});

describe('WorkOS fails during a revocation', () => {
  test('every token is refused until the grant is deleted, and the state is pending', async () => {
    const workos = new FakeWorkos();
    let now = Date.now();
    const app = instance(workos, { now: () => new Date(now) });
    const caller = callerOf({ subject: 'user_down' });
    await seen(app, caller);
    workos.grants.set('user_down', [grantOf(CLIENT)]);
    workos.up = false;
    const connectionId = connectionKey(caller);
    expect(await revokeConnection({ userId: 'user_down', connectionId, by: 'page' }, app)).toBe('pending');
    expect((await getConnection('user_down', connectionId, app))?.state).toBe('pending');
    const refreshed = callerOf({ subject: 'user_down', issuedAt: later(30) });
    expect(await checkRevocation(refreshed, app)).toBe('revoked');

    expect(await retryDue(app)).toBe(0);
    workos.up = true;
    now += 60_000;
    expect(await retryDue(app)).toBe(1);
    expect(workos.grants.get('user_down')).toEqual([]);
    expect((await getConnection('user_down', connectionId, app))?.state).toBe('revoked');
    // Refreshed while the deletion was pending: it still belongs to the revoked consent.
    expect(await checkRevocation(refreshed, app)).toBe('revoked');
    expect(await checkRevocation(callerOf({ subject: 'user_down', issuedAt: later(120) }), app)).toBe(
      'active',
    );
    const events = (await revocationHistory('user_down', connectionId, app)).map(({ event }) => event);
    expect(events).toEqual(['grant_deleted', 'deletion_failed', 'revoked']);
  });
});

describe('tokens that name no client', () => {
  test('a revoked consent stays refused, and a new consent is another connection', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_sid', clientId: undefined });
    await seen(app, caller);
    const connectionId = connectionKey(caller);
    expect(await revokeConnection({ userId: 'user_sid', connectionId, by: '' }, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, issuedAt: later(3600) }, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, sessionId: 'consent_2' }, app)).toBe('active');
  });

  test('without a consent either, tokens issued up to now are refused and later ones are accepted', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_bare', clientId: undefined, sessionId: undefined });
    await seen(app, caller);
    const connectionId = connectionKey(caller);
    expect(await revokeConnection({ userId: 'user_bare', connectionId, by: '' }, app)).toBe('revoked');
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, issuedAt: later(5) }, app)).toBe('active');
  });

  test('while a grant is being deleted, all of them are refused and shown as pending', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_wait', clientId: undefined });
    await seen(app, caller);
    workos.grants.set('user_wait', [grantOf(CLIENT)]);
    const { rows } = await connectionPage('user_wait', {}, app);
    workos.up = false;
    const connectionId = rows.find(({ clientId }) => clientId === CLIENT)?.id ?? '';
    expect(await revokeConnection({ userId: 'user_wait', connectionId, by: '' }, app)).toBe('pending');
    expect(await checkRevocation({ ...caller, issuedAt: later(3600) }, app)).toBe('revoked');
    const page = await connectionPage('user_wait', { state: 'pending' }, app);
    expect(page.rows.map(({ kind }) => kind).sort()).toEqual(['client', 'session']);
  });

  test('revoking a grant that no token names refuses all of them once, and the others refresh', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_unnamed', clientId: undefined });
    const named = callerOf({ subject: 'user_unnamed', clientId: 'https://named.example/c.json' });
    await seen(app, caller);
    await seen(app, named);
    workos.grants.set('user_unnamed', [grantOf(CLIENT)]);
    const { rows } = await connectionPage('user_unnamed', {}, app);
    const grant = rows.find(({ clientId }) => clientId === CLIENT);
    expect(grant).toMatchObject({ granted: true, firstSeen: undefined, kind: 'client' });
    expect(
      await revokeConnection({ userId: 'user_unnamed', connectionId: grant?.id ?? '', by: '' }, app),
    ).toBe('revoked');
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(await checkRevocation(named, app)).toBe('active');
    expect(await checkRevocation({ ...caller, issuedAt: later(5) }, app)).toBe('active');
  });
});

describe('a person revokes all clients', () => {
  test('clients are refused, seen or not, with or without a client id, until a new consent', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_all' });
    const session = callerOf({ subject: 'user_all', clientId: undefined });
    const unseen = callerOf({ subject: 'user_all', clientId: 'https://unseen.example/c.json' });
    await seen(app, caller);
    await seen(app, session);
    workos.grants.set('user_all', [grantOf(CLIENT), grantOf('https://unseen.example/c.json')]);
    workos.up = false;
    expect(await revokeAll('user_all', 'page', app)).toBe('pending');
    const future = { issuedAt: later(3600) };
    for (const each of [caller, session, unseen])
      expect(await checkRevocation({ ...each, ...future }, app)).toBe('revoked');

    workos.up = true;
    expect(await revokeAll('user_all', 'page', app)).toBe('revoked');
    expect(workos.grants.get('user_all')).toEqual([]);
    for (const each of [caller, session, unseen]) expect(await checkRevocation(each, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, ...future }, app)).toBe('active');
    expect(await checkRevocation({ ...session, ...future }, app)).toBe('revoked');
    const { rows } = await connectionPage('user_all', {}, app);
    expect(rows.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    expect(await checkRevocation(callerOf({ subject: 'user_bystander' }), app)).toBe('active');
  });
});
