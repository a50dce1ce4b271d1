import { beforeAll, describe, expect, test } from 'vitest';
import { connectionKey } from '#lib/connections/identity.ts';
import { parseHost, refuseHost } from '#lib/connections/policy/hosts.ts';
import { NO_LIMITS, unusedUntil } from '#lib/connections/policy/limits.ts';
import {
  limitsOf,
  organizationPolicy,
  setLimits,
  setOrganizationPolicy,
} from '#lib/connections/policy/policy.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seen } from '../support.ts';

beforeAll(openTestDatabase);

let people = 0;

/** A person of their own in an organization of their own, whose client called, on two instances. */
async function connected(parts: Partial<Caller> = {}) {
  people += 1;
  const caller = callerOf({ subject: `user_${people}`, organizationId: `org_${people}`, ...parts });
  const workos = new FakeWorkos();
  const [here, there] = [instance(workos), instance(workos)];
  await seen(here, caller);
  const id = connectionKey(caller);
  const choose = (limits: Parameters<typeof setLimits>[0]['limits'], administratorOf?: string) =>
    setLimits(
      {
        userId: caller.subject,
        connectionId: id,
        limits,
        by: 'ada@example.com',
        ...(administratorOf !== undefined && { administratorOf }),
      },
      here,
    );
  const organization = caller.organizationId ?? '';
  return { caller, here, there, id, choose, organization, workos };
}

const READ_ONLY = { readOnly: true, toolsOff: [] };

describe('limits of a connection', () => {
  test('are those that the person chose, and name the person', async () => {
    const { choose, id, here } = await connected();
    const expiresAt = new Date('2027-01-01T00:00:00Z');
    const limits = { readOnly: true, toolsOff: ['b', 'a', 'b'], expiresAt, unusedDays: 30 };
    expect(await choose(limits)).toMatchObject({ ...limits, toolsOff: ['a', 'b'] });
    const found = (await limitsOf([id, 'AAAAAAAAAAAAAAAAAAAAAA'], here)).get(id);
    expect(found?.choices).toMatchObject([{ limiter: 'person', name: 'ada@example.com' }]);
    expect(found?.expiresAt).toEqual(expiresAt);
    expect(await choose(NO_LIMITS)).toMatchObject({ readOnly: false, toolsOff: [], choices: [] });
  });

  test('of an administrator hold beside those of the person, who cannot lift them', async () => {
    const { choose, organization } = await connected();
    await choose({ ...READ_ONLY, unusedDays: 90 }, organization);
    expect(await choose({ readOnly: false, toolsOff: ['store'], unusedDays: 365 })).toMatchObject({
      readOnly: true,
      toolsOff: ['store'],
      unusedDays: 90,
      choices: [{ limiter: 'administrator' }, { limiter: 'person' }],
    });
  });

  test('of an organization are a default, which an administrator replaces for a connection', async () => {
    const { choose, organization, here, id } = await connected();
    await setOrganizationPolicy(
      organization,
      { allowedHosts: [], blockedHosts: [], defaults: READ_ONLY },
      'ada',
      here,
    );
    expect((await limitsOf([id], here)).get(id)).toMatchObject({
      readOnly: true,
      choices: [{ limiter: 'organization' }],
    });
    expect(await choose(NO_LIMITS)).toMatchObject({ readOnly: true });
    expect(await choose(NO_LIMITS, organization)).toMatchObject({ readOnly: false });
    expect(await choose(undefined, organization)).toMatchObject({ readOnly: true });
  });

  test('are set by no other person, and by no administrator of another organization', async () => {
    const { id, here, choose } = await connected();
    const other = { userId: 'user_mallory', connectionId: id, limits: READ_ONLY, by: 'mallory' };
    expect(await setLimits(other, here)).toBeUndefined();
    expect(await choose(READ_ONLY, 'org_other')).toBeUndefined();
    expect(await setLimits({ ...other, connectionId: "' or true --" }, here)).toBeUndefined();
    expect((await limitsOf([id], here)).get(id)?.choices).toEqual([]);
  });

  test('that are set for a grant before its first call hold for its connections', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_before', organizationId: 'org_before' });
    const clientId = caller.clientId ?? '';
    workos.grants.set(caller.subject, [grantOf(clientId)]);
    const [row] = (await connectionsOf(caller.subject, app)).rows;
    const change = { userId: caller.subject, connectionId: row?.id ?? '', limits: READ_ONLY, by: 'ada' };
    expect(await setLimits(change, app)).toMatchObject(READ_ONLY);
    await app.denylist.ready(caller);
    expect(app.policies.policiesOf(caller)).toMatchObject({ client: { person: { limits: READ_ONLY } } });
  });

  test('are in force on another instance at its next read', async () => {
    const { caller, there, choose, organization, here } = await connected();
    await Promise.all([here, there].map((app) => app.denylist.ready(caller)));
    expect(there.policies.policiesOf(caller)).toEqual({});
    await choose(READ_ONLY);
    const hosts = { allowedHosts: ['Good.example'], blockedHosts: [], defaults: NO_LIMITS };
    await setOrganizationPolicy(organization, hosts, 'ada', here);
    expect(here.policies.policiesOf(caller)?.connection?.person?.limits).toMatchObject(READ_ONLY);
    await there.denylist.refresh();
    expect(there.policies.policiesOf(caller)).toMatchObject({
      connection: { person: { limits: READ_ONLY } },
      organization: { allowedHosts: ['good.example'] },
    });
  });
});

describe('hosts of an organization', () => {
  test('are stored in one form, and an entry that is no host is refused by name', async () => {
    const { here } = await connected();
    const saved = await setOrganizationPolicy(
      'org_hosts',
      {
        allowedHosts: [' HTTPS://Bücher.example/mcp ', 'app.example.', 'app.example', '*.corp.example:8443'],
        blockedHosts: [],
        defaults: NO_LIMITS,
      },
      'ada',
      here,
    );
    expect(saved.allowedHosts).toEqual(['*.corp.example:8443', 'app.example', 'xn--bcher-kva.example']);
    expect(await organizationPolicy('org_hosts', here)).toEqual(saved);
    expect(await organizationPolicy('org_without', here)).toMatchObject({
      allowedHosts: [],
      blockedHosts: [],
    });
    const wrong = { allowedHosts: [], blockedHosts: ['not a host'], defaults: NO_LIMITS };
    await expect(setOrganizationPolicy('org_hosts', wrong, 'ada', here)).rejects.toThrow('"not a host"');
  });

  test.each([
    ['https://evil.example/a.json', 'blocked'],
    ['https://evil.example./a.json', 'blocked'],
    ['https://EVIL.example:8443/a.json', 'blocked'],
    ['https://evil.example@good.example/a.json', undefined],
    ['https://sub.evil.example/a.json', undefined],
    ['https://a.b.wild.example/a.json', 'blocked'],
    ['https://wild.example/a.json', 'blocked'],
    ['https://notwild.example/a.json', undefined],
    ['client_01', undefined],
  ])('a list that blocks evil.example and *.wild.example judges %s', (clientId, expected) => {
    const rules = { allowedHosts: [], blockedHosts: ['evil.example', '*.wild.example'] };
    expect(refuseHost(clientId, rules)?.rule).toBe(expected);
  });

  test.each([
    ['https://good.example/a.json', undefined],
    ['https://good.example:8443/a.json', 'not_allowed'],
    ['https://other.example/a.json', 'not_allowed'],
    ['client_01', 'not_allowed'],
    [undefined, 'not_allowed'],
  ])('a list that allows good.example judges %s', (clientId, expected) => {
    expect(refuseHost(clientId, { allowedHosts: ['good.example'], blockedHosts: [] })?.rule).toBe(expected);
  });

  test.each(['', '*', '*.', 'a b', 'user@host.example', 'https://'])('%j names no host', (text) => {
    expect(parseHost(text)).toBeUndefined();
  });
});

test('a connection without a number of unused days never expires of silence', () => {
  expect(unusedUntil(0, NO_LIMITS)).toBe(Number.POSITIVE_INFINITY);
  expect(unusedUntil(0, { ...NO_LIMITS, unusedDays: 2 })).toBe(2 * 24 * 60 * 60 * 1000);
});
