import { beforeAll, expect, test } from 'vitest';
import { retryDue } from '#lib/connections/grant-deletion.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeAll, revokeConnection, revokeWithUndo } from '#lib/connections/revocation.ts';
import { undoRevocation } from '#lib/connections/undo.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, recordedEvents, seen } from './support.ts';

beforeAll(openTestDatabase);

const CLIENT = 'https://client.example.com/metadata.json';
const START = Date.parse('2030-01-01T00:00:00Z');
const issuedAt = (seconds: number) => START / 1000 + seconds;

/** A person with one client, on two instances of the app, by a clock that the test moves. */
async function person(subject: string) {
  const workos = new FakeWorkos();
  workos.grants.set(subject, [grantOf(CLIENT)]);
  const clock = { at: START };
  const now = () => new Date(clock.at);
  const [app, other] = [instance(workos, { now }), instance(workos, { now })];
  const caller = callerOf({ subject, issuedAt: issuedAt(-60) });
  await seen(app, caller);
  const id = connectionKey(caller);
  return {
    ...{ workos, clock, app, other, caller, id },
    revoke: () => revokeWithUndo({ userId: subject, connectionIds: [id], by: 'page' }, app),
    undo: (revocation: string, userId = subject) => undoRevocation({ userId, revocation, by: 'page' }, app),
    state: async () => (await getConnection(subject, id, app))?.state,
    on: async (instance = app, parts: Parameters<typeof callerOf>[0] = {}) => {
      await instance.denylist.refresh();
      return checkRevocation(callerOf({ subject, issuedAt: caller.issuedAt, ...parts }), instance);
    },
  };
}

test('a revocation is in force immediately, and undone it is as if it never was, on every instance', async () => {
  const { workos, revoke, undo, on, other, state, caller } = await person('user_undo');
  const { revoked, undo: revocation } = await revoke();
  expect(revoked).toBe(1);
  expect([await on(), await on(other)]).toEqual(['revoked', 'revoked']);
  expect(await state()).toBe('pending');
  expect(await undo(revocation)).toBe(1);
  expect([await on(), await on(other)]).toEqual(['active', 'active']);
  expect(await state()).toBe('active');
  expect(workos.deletions).toEqual([]);
  expect(await recordedEvents(caller.subject)).toEqual(['revoked', 'undone']);
  // Consents that are recorded late are looked for after two seconds.
  await backgroundWork();
  expect(await on()).toBe('active');
});

test('the grant is deleted by any instance when the time is over, and then it cannot be undone', async () => {
  const { workos, clock, revoke, undo, on, other } = await person('user_over');
  const { undo: revocation } = await revoke();
  clock.at += 11_000;
  expect(await retryDue(other)).toBe(0);
  expect(workos.deletions).toEqual([]);
  clock.at += 2_000;
  expect(await undo(revocation)).toBe(0);
  expect(await retryDue(other)).toBe(1);
  expect(workos.grants.get('user_over')).toEqual([]);
  clock.at -= 10_000;
  expect(await undo(revocation)).toBe(0);
  expect(await on()).toBe('revoked');
});

test('of ten concurrent revocations one revokes, is recorded and can be undone', async () => {
  const { revoke, undo, on, caller } = await person('user_concurrent');
  const results = await Promise.all(Array.from({ length: 10 }, () => revoke()));
  const [first, ...others] = results.filter(({ revoked }) => revoked > 0);
  expect(others).toEqual([]);
  expect(results.filter(({ known, revoked }) => known && revoked === 0)).toHaveLength(9);
  expect(await on()).toBe('revoked');
  expect(await recordedEvents(caller.subject)).toEqual(['revoked']);
  expect(await undo(first?.undo ?? '')).toBe(1);
  expect(await on()).toBe('active');
});

test('ten concurrent revocations that cannot be undone are recorded as one', async () => {
  const { app, caller, id } = await person('user_concurrent_final');
  const revoke = () => revokeConnection({ userId: caller.subject, connectionId: id, by: '' }, app);
  await Promise.all(Array.from({ length: 10 }, revoke));
  const events = await recordedEvents(caller.subject);
  expect(events.filter((event) => event === 'revoked')).toHaveLength(1);
});

test('another person cannot undo it, and it is undone once', async () => {
  const { revoke, undo, on } = await person('user_mine');
  const { undo: revocation } = await revoke();
  expect(await undo(revocation, 'user_stranger')).toBe(0);
  expect(await on()).toBe('revoked');
  expect(await undo('x')).toBe(0);
  expect(await undo(revocation)).toBe(1);
  const { undo: second } = await revoke();
  expect(await undo(revocation)).toBe(0);
  expect(await on()).toBe('revoked');
  expect(await undo(second)).toBe(1);
  expect(await on()).toBe('active');
});

test('what else revoked the client meanwhile stays in force', async () => {
  for (const [subject, revokeAgain] of [
    [
      'user_again',
      ({ app, id }) => revokeConnection({ userId: 'user_again', connectionId: id, by: '' }, app),
    ],
    ['user_everything', ({ app }) => revokeAll('user_everything', '', app)],
  ] satisfies [string, (who: Awaited<ReturnType<typeof person>>) => Promise<unknown>][]) {
    const mine = await person(subject);
    const { undo: revocation } = await mine.revoke();
    await revokeAgain(mine);
    expect(await mine.undo(revocation)).toBe(0);
    expect([await mine.on(), await mine.on(mine.other)]).toEqual(['revoked', 'revoked']);
  }
});

test('an earlier revocation stays in force for the tokens that it refused', async () => {
  const { workos, app, clock, id, revoke, undo, on } = await person('user_twice');
  await revokeConnection({ userId: 'user_twice', connectionId: id, by: '' }, app);
  clock.at += 60_000;
  workos.grants.set('user_twice', [grantOf(CLIENT)]);
  const again = { sessionId: 'consent_2', issuedAt: issuedAt(50) };
  expect(await on(app, again)).toBe('active');
  await seen(app, callerOf({ subject: 'user_twice', ...again }));
  const { undo: revocation } = await revoke();
  expect(await on(app, again)).toBe('revoked');
  expect(await undo(revocation)).toBe(1);
  expect(await on(app, again)).toBe('active');
  expect(await on()).toBe('revoked');
  // Of a consent that no call showed, nothing but the time of the revocation refuses it.
  expect(await on(app, { sessionId: 'consent_unseen' })).toBe('revoked');
});

test('several clients are revoked and restored together, and only those of the person', async () => {
  const { app, id, undo, on, caller } = await person('user_bulk');
  const second = callerOf({
    subject: 'user_bulk',
    clientId: 'client_2',
    sessionId: 's2',
    issuedAt: caller.issuedAt,
  });
  const foreign = callerOf({ subject: 'user_foreign', issuedAt: caller.issuedAt });
  await seen(app, second);
  await seen(app, foreign);
  const connectionIds = [id, connectionKey(second), connectionKey(foreign), 'x', id];
  const { revoked, undo: revocation } = await revokeWithUndo(
    { userId: 'user_bulk', connectionIds, by: '' },
    app,
  );
  expect(revoked).toBe(2);
  expect([await on(), await checkRevocation(second, app)]).toEqual(['revoked', 'revoked']);
  expect(await checkRevocation(foreign, app)).toBe('active');
  expect(await undo(revocation)).toBe(2);
  expect([await on(), await checkRevocation(second, app)]).toEqual(['active', 'active']);
});
