import { beforeAll, expect, test } from 'vitest';
import { connectionsOfApp } from '#lib/connections/app-connections.ts';
import { ISSUER } from '#tests/support/caller.ts';
import { seedApps } from '#tests/support/seed-apps.ts';
import { FakeWorkos, instance, openTestDatabase, testDatabase } from '#tests/unit/connections/support.ts';

const USER = 'user_62';
const CODE = 'claude code · localhost';
const app = instance(new FakeWorkos());

beforeAll(async () => {
  await openTestDatabase();
  await seedApps(await testDatabase(), { issuer: ISSUER, subject: USER });
});

test('the connections of an app are listed in parts, with the filter and the search of the list', async () => {
  const versions = async (parts: object) =>
    (await connectionsOfApp(USER, { key: CODE, filter: 'all', limit: 15, ...parts }, app)).map(
      ({ software }) => software?.version,
    );
  const all = [...(await versions({})), ...(await versions({ skip: 15 }))];
  expect(all).toEqual(Array.from({ length: 21 }, (_, n) => `1.${n}.0`));
  expect(await versions({ filter: 'unused' })).not.toContain('1.0.0');
  expect(await versions({ search: 'cursor' })).toEqual([]);
});
