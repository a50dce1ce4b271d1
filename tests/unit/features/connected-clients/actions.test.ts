import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { revokeAccess, revokeAllAccess } from '#features/connected-clients/actions.ts';
import { config, type DatabaseConfig } from '#lib/config/env.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { type FakeSessions, startFakeSessions } from '#tests/support/fake-sessions.ts';
import { freePort } from '#tests/support/free-port.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let request = new Headers();
vi.mock('next/headers', () => ({ headers: async () => request }));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));
vi.mock('next/server', () => ({ after: () => undefined }));

let fake: FakeSessions;
beforeAll(async () => {
  fake = await startFakeSessions();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  stubConfiguration({
    ...fake.variables,
    DATABASE_URL: `postgres://user@127.0.0.1:${await freePort()}/none`,
  });
  request = new Headers({ origin: config().appUrl, 'x-workos-session': await fake.seal() });
});
afterAll(async () => {
  await closeDatabase();
  await fake.close();
});

test('a revocation that fails blames the database only when the database does not respond', async () => {
  expect(await revokeAllAccess()).toBe('database_unavailable');

  const database: DatabaseConfig = { kind: 'pglite', directory: 'memory://' };
  Object.assign(config(), { database });
  await expect.poll(() => db('pages').catch(() => undefined), { timeout: 20_000 }).toBeDefined();
  expect(await revokeAccess(crypto.randomUUID())).toBe('unknown');
  await (await db('pages')).execute('drop table denials cascade');
  expect(await revokeAllAccess()).toBe('failed');
});
