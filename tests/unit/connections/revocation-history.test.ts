import { beforeAll, expect, test } from 'vitest';
import { connectionKey } from '#lib/connections/identity.ts';
import { revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { revocationHistory } from '#lib/connections/revocation-history.ts';
import { callerOf } from '#tests/support/caller.ts';
import { FakeWorkos, grantOf, instance, openTestDatabase, seen } from './support.ts';

beforeAll(openTestDatabase);

test('the revocation history lists events newest first, marks those of all clients, and is only for their owner', async () => {
  const workos = new FakeWorkos();
  const app = instance(workos);
  const caller = callerOf({ subject: 'user_history' });
  const id = connectionKey(caller);
  workos.grants.set(caller.subject, [grantOf(caller.clientId ?? '')]);
  await seen(app, caller);
  await revokeConnection({ userId: caller.subject, connectionId: id, by: 'page' }, app);
  await revokeAll(caller.subject, 'other', app);
  const history = await revocationHistory(caller.subject, id, app);
  expect(history.filter(({ event }) => event === 'revoked')).toMatchObject([
    { by: 'other', all: true },
    { by: 'page', all: false },
  ]);
  expect(history.map(({ at }) => at)).toEqual(history.map(({ at }) => at).toSorted((a, b) => +b - +a));
  expect(await revocationHistory('user_mallory', id, app)).toEqual([]);
});
