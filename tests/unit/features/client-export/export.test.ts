import { beforeAll, expect, test } from 'vitest';
import { exportActivity, exportConnections } from '#features/connected-clients/export/export.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { callerOf, ISSUER } from '#tests/support/caller.ts';
import { seedApps } from '#tests/support/seed-apps.ts';
import { seedConnections } from '#tests/support/seed-connections.ts';
import {
  FakeWorkos,
  grantOf,
  instance,
  openTestDatabase,
  seen,
  seenMany,
  testDatabase,
} from '../../connections/support.ts';

beforeAll(openTestDatabase);

const app = instance(new FakeWorkos());

test('the export of a connection has all calls over several pages, as JSON and as CSV', async () => {
  const caller = callerOf({ subject: 'user_export' });
  const from = Date.parse('2026-11-01T00:00:00Z');
  await seenMany(
    app,
    Array.from({ length: 2_345 }, (_, n) => ({ caller, at: new Date(from + n * 1000) })),
  );
  const id = connectionKey(caller);

  const json = await exportActivity('user_export', id, 'json', app);
  expect(json?.headers.get('cache-control')).toBe('private, no-store');
  expect(json?.headers.get('content-disposition')).toBe(`attachment; filename="activity-${id}.json"`);
  const document = (await json?.json()) as {
    connection: { id: string };
    activity: { id: string; at: string }[];
  };
  expect(document.connection.id).toBe(id);
  expect(new Set(document.activity.map((entry) => entry.id)).size).toBe(2_345);
  expect(document.activity[0]?.at).toBe(new Date(from + 2_344_000).toISOString());

  const csv = await exportActivity('user_export', id, 'csv', app);
  const lines = ((await csv?.text()) ?? '').trimEnd().split('\r\n');
  expect(lines).toHaveLength(2_346);
  expect(lines[0]).toMatch(/^"at","method","tool","outcome"/);
});

test('a client name that is a formula is exported as text', async () => {
  const workos = new FakeWorkos();
  const mine = instance(workos);
  workos.grants.set('user_formula', [
    grantOf('client_1', { name: '=HYPERLINK("https://evil.example","x")' }),
  ]);
  const caller = callerOf({ subject: 'user_formula' });
  for (const name of ['+1+1', '-1', '@SUM(A1)', '＝1', 'a "quoted", name'])
    await seen(
      mine,
      { ...caller, clientId: `https://c.example/${encodeURIComponent(name)}` },
      { clientSoftware: { name, version: '1' } },
    );
  const csv = await (await exportConnections('user_formula', 'csv', {}, mine)).text();
  expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
  for (const name of ["'+1+1", "'-1", "'@SUM(A1)", "'＝1", 'a ""quoted"", name'])
    expect(csv).toContain(`"${name}"`);
});

test("another person's connection has no export", async () => {
  const theirs = callerOf({ subject: 'user_owner' });
  await seen(app, theirs);
  expect(await exportActivity('user_other', connectionKey(theirs), 'json', app)).toBeUndefined();
  expect(await (await exportConnections('user_other', 'json', {}, app)).json()).toEqual([]);
});

test('the list is exported with its filter and its search', async () => {
  const subject = 'user_shown';
  await seedApps(await testDatabase(), { issuer: ISSUER, subject });
  const exported = async (shown: Parameters<typeof exportConnections>[2]) => {
    const response = await exportConnections(subject, 'json', shown, app);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  };
  expect(await exported({})).toHaveLength(62);
  expect(await exported({ filter: 'unused' })).toHaveLength(51);
  expect(await exported({ filter: 'active', search: 'notes' })).toEqual(Array(3).fill('Notes sync'));
  expect(await exported({ filter: 'revoked' })).toEqual([]);
});

test('connections of several pages are exported, each once', async () => {
  const owners = Array.from({ length: 1_101 }, (_, index) => ({
    issuer: ISSUER,
    subject: 'user_many',
    clientId: `client_${index}`,
  }));
  await seedConnections(await testDatabase(), owners, 0);
  const response = await exportConnections('user_many', 'json', {}, app);
  const exported = (await response.json()) as { clientId: string }[];
  expect(new Set(exported.map(({ clientId }) => clientId)).size).toBe(owners.length);
  expect(exported).toHaveLength(owners.length);
});
