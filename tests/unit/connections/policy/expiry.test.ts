import { beforeAll, describe, expect, test } from 'vitest';
import { connectionKey } from '#lib/connections/identity.ts';
import { limitsOf, setLimits, setOrganizationPolicy } from '#lib/connections/policy/policy.ts';
import { checkRevocation } from '#lib/connections/revocation.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import { recordedDatabase } from '#tests/support/previous-version.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seen } from '../support.ts';

beforeAll(openTestDatabase);

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_DATE = { readOnly: true, toolsOff: [] };

/** A client that called on day 0, in a world whose clock the test sets. */
async function world(subject: string) {
  let days = 0;
  const start = Date.now();
  const now = () => new Date(start + days * DAY_MS);
  const workos = new FakeWorkos();
  const first = callerOf({ subject, organizationId: undefined });
  const clientId = first.clientId ?? '';
  workos.grants.set(subject, [grantOf(clientId)]);
  const app = instance(workos, { now });
  /** A token of a consent, issued now. */
  const token = (sessionId: string): Caller =>
    callerOf({ subject, sessionId, issuedAt: Math.floor(now().getTime() / 1000) });
  const limit = (limits: Parameters<typeof setLimits>[0]['limits'], on = app) =>
    setLimits({ userId: subject, connectionId: connectionKey(first), limits, by: 'ada' }, on);
  await seen(app, token('consent_1'));
  return {
    app,
    workos,
    token,
    limit,
    now,
    start,
    another: () => instance(workos, { now }),
    pass: (more: number) => {
      days += more;
    },
    limits: async () => (await limitsOf([connectionKey(first)], app)).get(connectionKey(first)),
    consentAgain: () => workos.grants.set(subject, [grantOf(clientId)]),
  };
}

describe('a connection with a date', () => {
  test('is refused from then on, its grant is deleted, and only a new consent renews it, with its other limits', async () => {
    const { app, workos, token, limit, start, pass, limits, consentAgain, another } =
      await world('user_date');
    await limit({ ...NO_DATE, expiresAt: new Date(start + DAY_MS) });
    expect(await checkRevocation(token('consent_1'), app)).toBe('active');
    pass(1);
    const elsewhere = another();
    expect(await checkRevocation(token('consent_1'), app)).toBe('expired');
    expect(workos.deletions).toHaveLength(1);
    expect(await checkRevocation(token('consent_1'), elsewhere)).toBe('revoked');
    // A refresh token that survived.
    pass(1);
    expect(await checkRevocation(token('consent_1'), app)).toBe('revoked');
    consentAgain();
    expect(await checkRevocation(token('consent_2'), app)).toBe('active');
    expect(await checkRevocation(token('consent_1'), app)).toBe('revoked');
    expect(await limits()).toMatchObject({ readOnly: true, expiresAt: undefined });
  });

  test('expires once for calls at the same time', async () => {
    const { app, workos, token, limit, start, pass } = await world('user_race');
    await limit({ ...NO_DATE, expiresAt: new Date(start + DAY_MS) });
    pass(2);
    const all = await Promise.all(Array.from({ length: 20 }, () => checkRevocation(token('consent_1'), app)));
    expect(all).not.toContain('active');
    expect(workos.deletions).toHaveLength(1);
  });

  test('is refused as unavailable when its end cannot be stored', async () => {
    const { app, token, limit, start, pass } = await world('user_outage');
    await limit({ ...NO_DATE, expiresAt: new Date(start + DAY_MS) });
    expect(await checkRevocation(token('consent_1'), app)).toBe('active');
    const { database } = app;
    app.database = async () => Promise.reject(new Error('down'));
    pass(2);
    await app.denylist.refresh();
    await expect(checkRevocation(token('consent_1'), app)).rejects.toMatchObject({
      code: 'revocation_unavailable',
    });
    app.database = database;
    expect(await checkRevocation(token('consent_1'), app)).toBe('expired');
  });
});

describe('a connection with a number of unused days', () => {
  test('stays while it is used, on any instance, and expires when it was not', async () => {
    const { app, token, limit, pass, another } = await world('user_unused');
    const elsewhere = another();
    await limit({ ...NO_DATE, unusedDays: 30 });
    for (const on of [app, elsewhere]) expect(await checkRevocation(token('consent_1'), on)).toBe('active');
    pass(29);
    expect(await checkRevocation(token('consent_1'), app)).toBe('active');
    await seen(app, token('consent_1'));
    // This instance saw no call for 31 days, and the other one did.
    pass(2);
    expect(await checkRevocation(token('consent_1'), elsewhere)).toBe('active');
    pass(31);
    expect(await checkRevocation(token('consent_1'), another())).toBe('expired');
  });

  test('is renewed by a new consent, however long it was silent', async () => {
    const { app, token, limit, pass, consentAgain, another } = await world('user_silent');
    await limit({ ...NO_DATE, unusedDays: 30 });
    pass(60);
    expect(await checkRevocation(token('consent_1'), app)).toBe('expired');
    pass(60);
    consentAgain();
    expect(await checkRevocation(token('consent_2'), another())).toBe('active');
    await seen(app, token('consent_2'));
    pass(31);
    expect(await checkRevocation(token('consent_2'), another())).toBe('expired');
  });
});

test('a client of two organizations expires in one of them', async () => {
  const subject = 'user_two';
  const workos = new FakeWorkos();
  const app = instance(workos);
  const issuedAt = Math.floor(Date.now() / 1000) - CLOCK_TOLERANCE_SECONDS;
  const [here, there] = ['org_here', 'org_there'].map((organizationId) =>
    callerOf({ subject, organizationId, sessionId: organizationId, issuedAt }),
  ) as [Caller, Caller];
  for (const caller of [here, there]) await seen(app, caller);
  const limits = { ...NO_DATE, expiresAt: new Date(Date.now() - 1) };
  const change = { userId: subject, connectionId: connectionKey(here), limits, by: 'admin' };
  await setLimits({ ...change, administratorOf: 'org_here' }, app);
  expect(await checkRevocation(here, app)).toBe('expired');
  expect(await checkRevocation(there, app)).toBe('active');
});

test('policies cost no statement: one for a refresh, two for the first call of a person', async () => {
  const { client, db, sent } = await recordedDatabase();
  const app = instance(new FakeWorkos(), { database: async () => db });
  const caller = callerOf({ subject: 'user_counted', organizationId: 'org_counted' });
  await seen(app, caller);
  const change = { userId: caller.subject, connectionId: connectionKey(caller), limits: NO_DATE, by: 'ada' };
  await setLimits(change, app);
  const hosts = {
    allowedHosts: [],
    blockedHosts: ['evil.example'],
    defaults: { ...NO_DATE, unusedDays: 30 },
  };
  await setOrganizationPolicy('org_counted', hosts, 'ada', app);
  const counted = async (work: () => Promise<unknown>) => {
    sent.length = 0;
    await work();
    return sent.length;
  };
  const other = callerOf({ subject: 'user_first', organizationId: 'org_counted' });
  // The first read of a process also reads the clock of versions.
  expect(await counted(() => checkRevocation(caller, app))).toBe(3);
  expect(await counted(() => checkRevocation(caller, app))).toBe(0);
  expect(await counted(() => checkRevocation(other, app))).toBe(2);
  expect(await counted(() => app.denylist.refresh())).toBe(1);
  expect(app.policies.policiesOf(other)?.organization?.blockedHosts).toEqual(['evil.example']);
  await client.close();
});
