import { expect, test } from 'vitest';
import { asksAgain } from '#features/connected-clients/technical/refresh.ts';

const row = { state: 'active', granted: true, grantedScopes: ['openid', 'profile'] } as const;
const asks = (changes: object) => asksAgain({ ...row, grantedScopes: [...row.grantedScopes], ...changes });

test('a client whose grant has no offline_access asks again when its token expires', () => {
  expect(asks({})).toBe(true);
  expect(asks({ grantedScopes: ['openid', 'offline_access'] })).toBe(false);
});

test('nothing is said of a client that is revoked, or whose grant or scopes WorkOS does not list', () => {
  for (const changes of [{ state: 'revoked' }, { granted: false }, { grantedScopes: [] }])
    expect(asks(changes)).toBe(false);
});
