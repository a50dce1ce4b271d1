import { beforeAll, expect, test } from 'vitest';
import { appPage } from '#lib/connections/app-queries.ts';
import { keepConnections } from '#lib/connections/reviews.ts';
import { ISSUER } from '#tests/support/caller.ts';
import { seedApps } from '#tests/support/seed-apps.ts';
import { FakeWorkos, instance, openTestDatabase, testDatabase } from '#tests/unit/connections/support.ts';

const USER = 'user_review';
const ALIKE = 'claude · assistant.example';

beforeAll(async () => {
  await openTestDatabase();
  await seedApps(await testDatabase(), { issuer: ISSUER, subject: USER });
});

test('apps need no review any more when their own person keeps them', async () => {
  const app = instance(new FakeWorkos());
  const query = { filter: 'review', sort: 'lastUsed', reverse: false, page: 1, pageSize: 25 } as const;
  const keys = async () => (await appPage(USER, query, app)).apps.map(({ key }) => key);
  await keepConnections('user_other', { ids: [], apps: [ALIKE], unused: false }, app);
  expect(await keys()).toHaveLength(3);
  await keepConnections(USER, { ids: [], apps: [ALIKE, 'mcp-remote · localhost'], unused: false }, app);
  expect(await keys()).toEqual(['notes sync · notes.example']);
});
