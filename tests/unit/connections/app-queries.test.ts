import { beforeAll, describe, expect, test } from 'vitest';
import { type AppQuery, appPage, selectedConnections } from '#lib/connections/app-queries.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { callerOf, ISSUER } from '#tests/support/caller.ts';
import { seedApps } from '#tests/support/seed-apps.ts';
import { FakeWorkos, instance, openTestDatabase, seen, testDatabase } from './support.ts';

const USER = 'user_62';
const NOTHING = { ids: [], apps: [], unused: false };
const CODE = 'claude code · localhost';
const workos = new FakeWorkos();
const app = instance(workos);

beforeAll(async () => {
  await openTestDatabase();
  await seedApps(await testDatabase(), { issuer: ISSUER, subject: USER });
});

const page = (parts: Partial<AppQuery> = {}) =>
  appPage(USER, { filter: 'active', sort: 'lastUsed', reverse: false, page: 1, pageSize: 25, ...parts }, app);
const keys = async (parts: Partial<AppQuery> = {}) => (await page(parts)).apps.map(({ key }) => key);

describe('62 registrations', () => {
  test('are six apps; what needs review is first, by urgency, and then the last used', async () => {
    const { apps, counts, unused, connections } = await page();
    expect(apps.map(({ key, connections, review }) => [key, connections, review])).toEqual([
      ['claude · assistant.example', 1, 'look_alike'],
      ['notes sync · notes.example', 3, 'unproven'],
      ['mcp-remote · localhost', 22, 'resumed'],
      [CODE, 21, undefined],
      ['cursor · cursor://anysphere.cursor-mcp', 14, undefined],
      ['claude.ai', 1, undefined],
    ]);
    expect([connections, unused, counts]).toEqual([
      62,
      51,
      { active: 6, acting: 6, review: 3, unused: 3, revoked: 0, all: 6 },
    ]);
  });

  test('show the last use, the first, and the calls of all of an app', async () => {
    const [notes] = (await page({ search: 'notes' })).apps;
    expect(notes?.daily.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThan(
      notes?.latest.recentCalls ?? 0,
    );
    expect(notes?.lastUsed).toEqual(notes?.latest.lastUsed);
    expect(notes?.firstSeen.getTime()).toBeLessThan(notes?.latest.firstSeen?.getTime() ?? 0);
  });

  test('are sorted both ways, searched and paged, and a page after the last is the last', async () => {
    const byName = await keys({ sort: 'name' });
    expect([byName[0], byName.at(-1)]).toEqual(['claude · assistant.example', 'notes sync · notes.example']);
    expect(await keys({ sort: 'name', reverse: true })).toEqual(byName.toReversed());
    const times = (await page({ reverse: true })).apps.map(({ lastUsed }) => lastUsed?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await keys({ search: 'CURSOR' })).toEqual(['cursor · cursor://anysphere.cursor-mcp']);
    const last = await page({ pageSize: 4, page: 9 });
    expect([last.page, last.total, last.apps.length]).toEqual([2, 6, 2]);
  });

  test('are selected by id, by app, and unused ones together', async () => {
    const select = (parts: object) => selectedConnections(USER, { ...NOTHING, ...parts }, 100, app);
    expect(await select({ apps: [CODE] })).toHaveLength(21);
    expect(await select({ unused: true })).toHaveLength(51);
    expect(await select({ unused: true, apps: [CODE], ids: ['x'] })).toHaveLength(52);
    expect(await select({})).toEqual([]);
    expect(await selectedConnections('user_other', { ...NOTHING, apps: [CODE] }, 100, app)).toEqual([]);
  });
});

test('a revoked connection leaves the active ones of its app', async () => {
  const [first, second] = ['client_a', 'client_b'].map((clientId) =>
    callerOf({ subject: 'user_pair', clientId, sessionId: clientId }),
  );
  if (first === undefined || second === undefined) throw new Error('two callers');
  for (const caller of [first, second]) await seen(app, caller);
  const shown = async (filter: AppQuery['filter']) =>
    (
      await appPage('user_pair', { filter, sort: 'lastUsed', reverse: false, page: 1, pageSize: 25 }, app)
    ).apps.map(({ key }) => key);
  await revokeConnection({ userId: 'user_pair', connectionId: connectionKey(first), by: '' }, app);
  expect(await shown('active')).toEqual(['client client_b']);
  expect(await shown('revoked')).toEqual(['client client_a']);
});
