import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { config } from '#lib/config/env.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { markEnded, personEnd, sessionEnd } from '#lib/db/ended.ts';
import { currentUser } from '#lib/session/user.ts';
import { type FakeSessions, startFakeSessions } from '#tests/support/fake-sessions.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let request = new Headers();
vi.mock('next/headers', () => ({ headers: async () => request }));

let fake: FakeSessions;
beforeAll(async () => {
  fake = await startFakeSessions();
  stubConfiguration({
    ...fake.variables,
    DATABASE_URL: 'pglite:memory://',
    WORKOS_WEBHOOK_SECRET: 'whsec_only_for_tests_0123456789abcdef',
  });
  await db();
});
afterAll(async () => {
  await closeDatabase();
  await fake.close();
});
beforeEach(() => {
  request = new Headers();
});

async function userOf(claims: { sub?: string; sid?: string }) {
  request = new Headers({ 'x-workos-session': await fake.seal({ claims }) });
  return currentUser();
}

test('a session that WorkOS reported as ended is refused, and no other one', async () => {
  await markEnded(await db(), sessionEnd('session_ended'));
  expect(await userOf({ sid: 'session_other' })).toMatchObject({ id: 'user_ada' });
  expect(await userOf({ sid: 'session_ended' })).toBeNull();
});

test('every session of a person whom WorkOS deleted is refused', async () => {
  await markEnded(await db(), personEnd({ issuer: config().authkitDomain, subject: 'user_ada' }));
  expect(await userOf({ sid: 'session_other' })).toBeNull();
});
