import { beforeAll, expect, test } from 'vitest';
import { claimDueDeletions } from '#lib/connections/deletion-queries.ts';
import { addDenials, liftDenials, loadDenials, type NewDenial } from '#lib/connections/denial-queries.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, instance, openTestDatabase, seen, testDatabase } from './support.ts';

beforeAll(openTestDatabase);

const denialOf = (subject: string, parts: Partial<NewDenial> = {}): NewDenial => ({
  issuer: 'https://auth.example.com',
  subject,
  target: `target of ${subject}`,
  parent: null,
  clientId: 'https://app.example/client.json',
  permanent: true,
  coversUnattributed: false,
  deletion: 'done',
  ...parts,
});

test('the first read has the deletions that are pending, so that a new process retries them', async () => {
  const db = await testDatabase();
  await addDenials(
    db,
    [denialOf('user_pending', { deletion: 'pending' }), denialOf('user_done')],
    new Date(),
  );
  const loaded = await loadDenials(db, -1, []);
  expect(loaded?.denials).toMatchObject([{ target: 'target of user_pending', pending: true }]);
});

test('a denial that was renewed after it was read is not lifted', async () => {
  const db = await testDatabase();
  const denial = denialOf('user_renewed');
  const read = await addDenials(db, [denial], new Date('2026-11-20T12:00:00Z'));
  const renewed = await addDenials(db, [denial], new Date('2026-11-20T12:00:05Z'));
  expect(await liftDenials(db, read, new Date())).toEqual([]);
  expect(await liftDenials(db, renewed, new Date())).toMatchObject([{ permanent: false }]);
});

test('a deletion is tried again as late as WorkOS asks for', async () => {
  const workos = new FakeWorkos();
  workos.list = async () => {
    throw new WorkosUnavailableError('list the grants', 429, 600_000);
  };
  const start = Date.parse('2026-11-20T12:00:00Z');
  const app = instance(workos, { now: () => new Date(start) });
  const caller = callerOf({ subject: 'user_limited' });
  await seen(app, caller);
  const connectionId = connectionKey(caller);
  expect(await revokeConnection({ userId: 'user_limited', connectionId, by: '' }, app)).toBe('pending');
  const isDue = async (seconds: number) =>
    (await claimDueDeletions(await testDatabase(), new Date(start + seconds * 1000), 1_000)).some(
      ({ subject }) => subject === 'user_limited',
    );
  expect(await isDue(599)).toBe(false);
  expect(await isDue(601)).toBe(true);
});
