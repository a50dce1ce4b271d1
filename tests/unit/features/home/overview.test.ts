import { beforeAll, expect, test } from 'vitest';
import { overview } from '#features/home/overview.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seenMany } from '../../connections/support.ts';

beforeAll(openTestDatabase);

test('the overview of a person has their active connections, what needs review, and the newest calls', async () => {
  const workos = new FakeWorkos();
  const userId = 'user_home';
  const app = instance(workos);
  const host = (name: string) => `https://${name}.example/id.json`;
  workos.grants.set(userId, [
    grantOf(host('often')),
    grantOf(host('rarely')),
    grantOf(host('revoked')),
    ...['dcr_1', 'dcr_2'].map((clientId) =>
      grantOf(clientId, {
        name: 'Claude',
        dynamicallyRegistered: true,
        redirectUris: ['https://assistant.example/callback'],
      }),
    ),
  ]);
  const now = Date.now();
  const calls = (name: string, count: number, ago: number) =>
    Array.from({ length: count }, (_, n) => ({
      caller: callerOf({ subject: userId, clientId: host(name), sessionId: `session_${name}` }),
      at: new Date(now - ago - n),
      tool: name,
    }));
  await seenMany(app, [
    ...calls('rarely', 2, 0),
    ...calls('often', 30, 5_000),
    ...calls('revoked', 40, 1_000),
  ]);
  const before = await overview(userId, app);
  const gone = before.mostUsed.find(({ latest }) => latest.host === 'revoked.example')?.latest.id ?? '';
  await revokeConnection({ userId, connectionId: gone, by: '' }, app);

  const { active, review, mostUsed, calls: newest } = await overview(userId, app);
  expect(active).toBe(3);
  // Two registrations of one app.
  expect(review).toBe(1);
  expect(mostUsed.map(({ latest }) => latest.host ?? latest.name)).toEqual([
    'often.example',
    'rarely.example',
    'Claude',
  ]);
  expect(newest.map(({ tool }) => tool)).toEqual(['rarely', 'rarely', ...Array(6).fill('often')]);
  expect((await overview('user_home_other', app)).calls).toEqual([]);
});
