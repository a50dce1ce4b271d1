import { beforeAll, describe, expect, test } from 'vitest';
import { claimDueDeletions, pendingDeletions } from '#lib/connections/deletion-queries.ts';
import { attemptDeletion, retryDue } from '#lib/connections/grant-deletion.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { callerOf, ISSUER } from '#tests/support/caller.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, recordedEvents, seen } from './support.ts';

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

    const again = callerOf({ subject: 'user_cuts', sessionId: 'consent_2', issuedAt: later(15) });
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
    expect(await checkRevocation({ ...caller, issuedAt: second + 0.95 }, app)).toBe('revoked');
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
    expect(await checkRevocation(theirs, app)).toBe('active');
  });

  test('revoking twice is the same as revoking once', async () => {
    const workos = new FakeWorkos();
    workos.grants.set('user_twice', [grantOf(CLIENT)]);
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_twice' });
    await seen(app, caller);
    const ask = { userId: 'user_twice', connectionId: connectionKey(caller), by: 'page' };
    expect(await revokeConnection(ask, app)).toBe('revoked');
    expect(await revokeConnection(ask, app)).toBe('revoked');
    const history = await recordedEvents(caller.subject);
    expect(history.filter((event) => event === 'revoked')).toHaveLength(1);
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
  const workos = new FakeWorkos();
  workos.grants.set('user_race', [grantOf(CLIENT)]);
  const app = instance(workos);
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
  expect(await checkRevocation({ ...caller, sessionId: 'consent_2', issuedAt: later(15) }, app)).toBe(
    'active',
  );
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
    const again = callerOf({ subject: 'user_down', sessionId: 'consent_2', issuedAt: later(120) });
    expect(await checkRevocation(again, app)).toBe('active');
    expect(await recordedEvents(caller.subject)).toEqual(['revoked', 'deletion_failed', 'grant_deleted']);
  });
});

describe('tokens that name no client', () => {
  test('a revoked consent stays refused, and a new consent is another connection', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_sid', clientId: undefined });
    await seen(app, caller);
    const connectionId = connectionKey(caller);
    // WorkOS lists no grant that could be meant, and the result says so.
    expect(await revokeConnection({ userId: 'user_sid', connectionId, by: '' }, app)).toBe('unconfirmed');
    expect(await checkRevocation({ ...caller, issuedAt: later(3600) }, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, sessionId: 'consent_2' }, app)).toBe('active');
  });

  test('without a consent either, tokens issued up to now are refused and later ones are accepted', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_bare', clientId: undefined, sessionId: undefined });
    await seen(app, caller);
    const connectionId = connectionKey(caller);
    expect(await revokeConnection({ userId: 'user_bare', connectionId, by: '' }, app)).toBe('unconfirmed');
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(await checkRevocation({ ...caller, issuedAt: later(15) }, app)).toBe('active');
  });

  test('while a grant is being deleted, all of them are refused and shown as pending', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_wait', clientId: undefined });
    await seen(app, caller);
    workos.grants.set('user_wait', [grantOf(CLIENT)]);
    const { rows } = await connectionsOf('user_wait', app);
    workos.up = false;
    const connectionId = rows.find(({ clientId }) => clientId === CLIENT)?.id ?? '';
    expect(await revokeConnection({ userId: 'user_wait', connectionId, by: '' }, app)).toBe('pending');
    expect(await checkRevocation({ ...caller, issuedAt: later(3600) }, app)).toBe('revoked');
    const page = await connectionsOf('user_wait', app);
    const pending = page.rows.filter(({ state }) => state === 'pending');
    expect(pending.map(({ kind }) => kind).sort()).toEqual(['client', 'session']);
  });

  test('revoking a grant that no token names refuses all of them once, and the others refresh', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_unnamed', clientId: undefined });
    const named = callerOf({ subject: 'user_unnamed', clientId: 'https://named.example/c.json' });
    await seen(app, caller);
    await seen(app, named);
    workos.grants.set('user_unnamed', [grantOf(CLIENT)]);
    const { rows } = await connectionsOf('user_unnamed', app);
    const grant = rows.find(({ clientId }) => clientId === CLIENT);
    expect(grant).toMatchObject({ granted: true, firstSeen: undefined, kind: 'client' });
    expect(
      await revokeConnection({ userId: 'user_unnamed', connectionId: grant?.id ?? '', by: '' }, app),
    ).toBe('revoked');
    expect(await checkRevocation(caller, app)).toBe('revoked');
    expect(await checkRevocation(named, app)).toBe('active');
    expect(await checkRevocation({ ...caller, issuedAt: later(15) }, app)).toBe('active');
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
    expect(await checkRevocation({ ...caller, ...future, sessionId: 'consent_2' }, app)).toBe('active');
    expect(await checkRevocation({ ...caller, ...future }, app)).toBe('revoked');
    expect(await checkRevocation({ ...session, ...future }, app)).toBe('revoked');
    const { rows } = await connectionsOf('user_all', app);
    expect(rows.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    expect(await checkRevocation(callerOf({ subject: 'user_bystander' }), app)).toBe('active');
  });
});

/** A client of a person that called and whose grant WorkOS lists. */
async function connected(
  subject: string,
  parts: Parameters<typeof callerOf>[0] = {},
  grant = grantOf(CLIENT),
) {
  const workos = new FakeWorkos();
  const start = later(0);
  let ahead = 500;
  const now = () => new Date(start * 1000 + ahead);
  const app = instance(workos, { now });
  const caller = callerOf({ subject, ...parts });
  await seen(app, caller);
  workos.grants.set(subject, [grant]);
  const connectionId = connectionKey(caller);
  return {
    workos,
    app,
    caller,
    /** A token that is issued `seconds` after the start. The clock moves only when the test moves it. */
    token: (seconds: number, sessionId = 'consent_1') => ({
      ...caller,
      sessionId,
      issuedAt: start + seconds,
    }),
    check: (token: typeof caller, on = app) => checkRevocation(token, on),
    revoke: () => revokeConnection({ userId: subject, connectionId, by: '' }, app),
    /** The person consents again. */
    consent: () => workos.grants.set(subject, [grant]),
    state: async () => (await getConnection(subject, connectionId, app))?.state,
    pass: (milliseconds: number) => (ahead += milliseconds),
    /** An instance that starts now. */
    restart: () => instance(workos, { now }),
  };
}

describe('a refresh token survives the deletion of the grant', () => {
  test('what it gets is refused for ever, on an instance that starts later too, unless the person consents again', async () => {
    const { token, check, revoke, consent, restart, state } = await connected('user_survivor');
    expect(await revoke()).toBe('revoked');
    expect(await check(token(3600))).toBe('revoked');
    expect(await check(token(90 * 86_400), restart())).toBe('revoked');
    expect(await state()).toBe('revoked');
    consent();
    expect(await check(token(90 * 86_400 + 1), restart())).toBe('active');
    expect(await state()).toBe('active');
  });

  test('what it got stays refused after a new consent with the same session, on every instance', async () => {
    const { token, check, revoke, consent, restart } = await connected('user_same_session');
    await revoke();
    // The revoked client presents it in the second after the deletion, with a clock that is 10 s ahead.
    const survivor = token(12.5);
    expect(await check(survivor)).toBe('revoked');
    consent();
    expect(await check(token(13.5))).toBe('active');
    expect(await check(survivor)).toBe('revoked');
    expect(await check(token(12), restart())).toBe('revoked');
    expect(await check(token(13.5), restart())).toBe('active');
  });

  test('it stays refused when a new session asks for the new grant', async () => {
    const { app, token, check, revoke, consent } = await connected('user_new_session');
    await revoke();
    expect(await check(token(20))).toBe('revoked');
    consent();
    const renewed = token(5, 'consent_2');
    expect(await check(renewed)).toBe('active');
    await seen(app, renewed);
    expect(await check(token(30))).toBe('revoked');
  });

  test('a second session gets in after the first did', async () => {
    const { app, token, check, revoke, consent } = await connected('user_devices');
    await seen(app, token(0, 'consent_2'));
    await revoke();
    consent();
    for (const id of ['consent_1', 'consent_2']) {
      expect(await check(token(20, id))).toBe('active');
      await seen(app, token(20, id));
    }
  });

  test('it stays refused after a new consent whose tokens name no client either', async () => {
    const { app, token, check, revoke, consent, pass } = await connected('user_nameless', {
      clientId: undefined,
    });
    await revoke();
    expect(await check(token(20))).toBe('revoked');
    consent();
    const renewed = token(20, 'consent_2');
    expect(await check(renewed)).toBe('active');
    pass(1);
    await seen(app, renewed);
    expect(await check(token(30))).toBe('revoked');
  });

  test('a new consent within the tolerance of clocks gets in with a new session, and old tokens do not', async () => {
    const { token, check, revoke, consent } = await connected('user_soon');
    const ahead = token(5);
    const unused = token(5, 'consent_unused');
    await revoke();
    expect(await check(ahead)).toBe('revoked');
    expect(await check(unused)).toBe('revoked');
    consent();
    expect(await check(token(6, 'consent_2'))).toBe('active');
    expect(await check(ahead)).toBe('revoked');
  });

  test('it stays refused after a new consent that had a new session and was used', async () => {
    const { app, token, check, revoke, consent, pass } = await connected('user_renewed');
    await revoke();
    const renewed = token(20, 'consent_2');
    expect(await check(renewed)).toBe('active');
    await seen(app, renewed);
    consent();
    pass(60_000);
    expect(await check(token(60))).toBe('revoked');
    expect(await check(renewed)).toBe('active');
  });

  test('each of several consents of the client is refused, in any organization', async () => {
    const { app, caller, check, revoke } = await connected('user_orgs', { organizationId: 'org_1' });
    const second = { ...caller, organizationId: 'org_2', sessionId: 'consent_2' };
    await seen(app, second);
    await revoke();
    for (const token of [caller, second])
      expect(await check({ ...token, issuedAt: later(3600) })).toBe('revoked');
  });

  test('a consent that another instance recorded late is refused as well', async () => {
    const { app, token, check, revoke } = await connected('user_late');
    await revoke();
    await seen(app, token(0, 'consent_late'));
    await backgroundWork();
    expect(await check(token(3600, 'consent_late'))).toBe('revoked');
  });

  test('a new consent within seconds of the revocation is no late one', async () => {
    const { app, token, check, revoke, consent } = await connected('user_quick');
    await revoke();
    consent();
    const quick = token(2, 'consent_2');
    expect(await check(quick)).toBe('active');
    await seen(app, quick);
    await backgroundWork();
    expect(await check(token(3, 'consent_2'))).toBe('active');
  });

  test('a client that never called gets in only when WorkOS lists its grant again', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    workos.grants.set('user_silent', [grantOf(CLIENT)]);
    const { rows } = await connectionsOf('user_silent', app);
    await revokeConnection({ userId: 'user_silent', connectionId: rows[0]?.id ?? '', by: '' }, app);
    const caller = callerOf({ subject: 'user_silent', issuedAt: later(3600) });
    expect(await checkRevocation(caller, app)).toBe('revoked');
    workos.grants.set('user_silent', [grantOf(CLIENT)]);
    expect(await checkRevocation(caller, instance(workos))).toBe('active');
  });
});

describe('the grant is found by what WorkOS lists', () => {
  test.each(['app_01M2', 'conn_app_01M2'])(
    '"revoke all" deletes the application %s',
    async (applicationId) => {
      const { workos, app, token, check } = await connected(
        `user_${applicationId}`,
        {},
        grantOf(CLIENT, { applicationId }),
      );
      expect(await revokeAll(`user_${applicationId}`, '', app)).toBe('revoked');
      expect(workos.deletions).toEqual([applicationId]);
      expect(await check(token(3600))).toBe('revoked');
    },
  );

  test('a grant that WorkOS goes on listing after its deletion leaves the revocation pending', async () => {
    const { workos, revoke } = await connected('user_kept');
    workos.delete = async () => 'absent';
    expect(await revoke()).toBe('pending');
  });

  test.each([
    ['names the client otherwise', {}],
    ['names no client', { clientId: undefined }],
  ])('the only grant that can be meant is deleted when the token %s', async (_, parts) => {
    const subject = `user_other_${Object.keys(parts).length}`;
    const { workos, token, check, revoke, consent, restart } = await connected(
      subject,
      parts,
      grantOf('client_01'),
    );
    workos.grants.set(subject, [grantOf('client_01')]);
    expect(await revoke()).toBe('revoked');
    expect(workos.deletions).toEqual(['conn_app_client_01']);
    expect(await check(token(3600))).toBe('revoked');
    consent();
    expect(await check(token(3601), restart())).toBe('active');
  });

  test('a grant is revoked together with the only calls that can be its', async () => {
    const { app, caller, token, check } = await connected('user_pair', {}, grantOf('client_01'));
    const { rows } = await connectionsOf(caller.subject, app);
    const grant = rows.find(({ clientId }) => clientId === 'client_01');
    await revokeConnection({ userId: caller.subject, connectionId: grant?.id ?? '', by: '' }, app);
    expect(await check(token(3600))).toBe('revoked');
    expect(await check(token(3600, 'consent_2'))).toBe('active');
  });

  test('no grant is deleted when several can be meant, and the result is not success', async () => {
    const { workos, token, check, revoke } = await connected('user_ambiguous', {}, grantOf('client_01'));
    workos.grants.set('user_ambiguous', [grantOf('client_01'), grantOf('client_02')]);
    expect(await revoke()).toBe('unconfirmed');
    expect(workos.deletions).toEqual([]);
    expect(await check(token(3600))).toBe('revoked');
    expect(await check(token(3600, 'consent_2'))).toBe('active');
  });

  test('a grant for another server is not one that can be meant', async () => {
    const subject = 'user_elsewhere';
    const { workos, caller, revoke, app } = await connected(subject, {}, grantOf('client_01'));
    app.resources = ['https://app.example/mcp'];
    const elsewhere = grantOf('client_02', { resource: 'https://other.example/mcp' });
    workos.grants.set(subject, [grantOf('client_01', { resource: 'https://app.example/mcp' }), elsewhere]);
    expect(await revoke()).toBe('revoked');
    expect(workos.deletions).toEqual(['conn_app_client_01']);
    expect(workos.grants.get(caller.subject)).toEqual([elsewhere]);
  });

  test('a list with unreadable rows proves nothing: nothing counts as absent', async () => {
    const { workos, revoke, state, app } = await connected('user_odd');
    await connectionsOf('user_odd', app);
    workos.grants.set('user_odd', []);
    workos.complete = false;
    expect((await connectionsOf('user_odd', instance(workos))).rows).toMatchObject([
      { state: 'active', granted: true },
    ]);
    expect(await revoke()).toBe('unconfirmed');
    expect(await state()).toBe('revoked');
  });
});

test('a grant that was deleted at WorkOS itself is a denial and shown as gone, until the person consents again', async () => {
  const { workos, caller, token, check, consent, state, restart, pass } =
    await connected('user_deleted_there');
  expect(await state()).toBe('active');
  workos.grants.set(caller.subject, []);
  pass(1000);
  const later = restart();
  await connectionsOf(caller.subject, later);
  expect(await check(caller, later)).toBe('revoked');
  expect(await check(token(3600), later)).toBe('revoked');
  expect((await getConnection(caller.subject, connectionKey(caller), later))?.state).toBe('gone');
  expect(await recordedEvents(caller.subject)).toEqual(['grant_gone']);
  consent();
  expect(await check(token(3601), restart())).toBe('active');
});

describe('a deletion that failed', () => {
  test('is put in force again by a second revocation, also after a new consent', async () => {
    const { workos, token, check, revoke, consent, restart } = await connected('user_again');
    expect(await revoke()).toBe('revoked');
    consent();
    const second = restart();
    expect(await check(token(20, 'consent_2'), second)).toBe('active');
    workos.up = false;
    expect(await revoke()).toBe('pending');
    expect(await check(token(3600, 'consent_3'))).toBe('revoked');
    await second.denylist.refresh();
    expect(await check(token(3600, 'consent_3'), second)).toBe('revoked');
  });

  test('stays pending when it was put in force again while it was being deleted', async () => {
    const { workos, app, caller, revoke, state, pass } = await connected('user_overtaken');
    workos.up = false;
    await revoke();
    const db = await app.database();
    const [old] = await pendingDeletions(db, { issuer: ISSUER, subject: caller.subject }, app.now());
    pass(1_000);
    await revoke();
    workos.up = true;
    expect(old && (await attemptDeletion(app, old))).toBe('confirmed');
    expect(await state()).toBe('pending');
  });

  test('is attempted by one instance at a time', async () => {
    const { workos, app, revoke, pass } = await connected('user_leased');
    workos.up = false;
    await revoke();
    pass(10_000);
    const db = await app.database();
    const claimed = async () =>
      (await claimDueDeletions(db, app.now(), 100)).filter(({ subject }) => subject === 'user_leased').length;
    expect(await claimed()).toBe(1);
    expect(await claimed()).toBe(0);
    pass(31_000);
    expect(await claimed()).toBe(1);
  });
});
