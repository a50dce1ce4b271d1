import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

type Listed = { id: string; clientId: string; app: string; limits: object; isThisClient: boolean };

/** Two clients of a new person, of which the first has the permission. */
async function clients(sub: string) {
  const claims = { sub, scope: 'openid profile' };
  const permissions = ['connections:revoke'];
  const one = await endpoint.connect({
    claims: { ...claims, permissions, client_id: 'https://one.example/id.json', sid: `${sub}_1` },
    agrees: true,
  });
  const two = await endpoint.connect({
    claims: { ...claims, permissions, client_id: 'https://two.example/id.json', sid: `${sub}_2` },
    agrees: true,
  });
  for (const client of [one, two]) await client.callTool({ name: 'whoami' });
  const list = async () => {
    const { structuredContent } = await one.callTool({ name: 'list_connections' });
    return (structuredContent as { connections: Listed[] }).connections;
  };
  await expect.poll(list).toHaveLength(2);
  const listed = await list();
  const idOf = (host: string) => listed.find(({ clientId }) => clientId.includes(host))?.id ?? '';
  const limit = (client: typeof one, wish: object) =>
    client.callTool({ name: 'limit_connection', arguments: { confirm: true, ...wish } });
  return { one, two, list, limit, idOne: idOf('one'), idTwo: idOf('two') };
}

test('limit_connection adds limits, which list_connections shows with the app', async () => {
  const { one, two, list, limit, idTwo } = await clients('user_adds');
  const { structuredContent } = await limit(one, { id: idTwo, readOnly: true, unusedDays: 30 });
  expect(structuredContent).toMatchObject({ limited: idTwo, readOnly: true, unusedDays: 30 });
  expect((await list()).find(({ id }) => id === idTwo)).toMatchObject({
    app: 'two.example',
    limits: { readOnly: true, toolsOff: [], unusedDays: 30, setBy: ['person'] },
  });
  expect((await two.callTool({ name: 'add_note', arguments: { text: 'x' } })).isError).toBe(true);
  // More limits add to those.
  expect((await limit(one, { id: idTwo, toolsOff: ['whoami'] })).structuredContent).toMatchObject({
    readOnly: true,
    toolsOff: ['whoami'],
  });
});

test('no client lifts limits: not its own, and not those of another', async () => {
  const { one, two, list, limit, idOne, idTwo } = await clients('user_lifts');
  await limit(one, { id: idTwo, readOnly: true, unusedDays: 30 });
  for (const [client, wish] of [
    [two, { id: idTwo, readOnly: false }],
    [two, { id: idOne, readOnly: true }],
    [one, { id: idTwo, readOnly: false }],
    [one, { id: idTwo, unusedDays: 3650 }],
    [one, { id: idTwo, expiresAt: '2020-01-01T00:00:00Z' }],
  ] as const)
    expect((await limit(client, wish)).isError, JSON.stringify(wish)).toBe(true);
  const limitsOfTwo = (await list()).find(({ id }) => id === idTwo)?.limits;
  expect(limitsOfTwo).toMatchObject({ readOnly: true, unusedDays: 30 });
  expect(limitsOfTwo).not.toHaveProperty('expiresAt');
  expect((await list()).find(({ id }) => id === idOne)?.limits).toMatchObject({ readOnly: false });
});

test('revoke_connection revokes every registration of an app on request', async () => {
  const { one, limit, idTwo, two } = await clients('user_groups');
  const again = await endpoint.connect({
    claims: {
      sub: 'user_groups',
      scope: 'openid profile',
      client_id: 'https://two.example/other.json',
      sid: 'g3',
    },
  });
  await again.callTool({ name: 'whoami' });
  const registrations = async () => {
    const { structuredContent } = await one.callTool({ name: 'list_connections' });
    return (structuredContent as { connections: Listed[] }).connections.length;
  };
  await expect.poll(registrations).toBe(3);
  const revoked = await one.callTool({ name: 'revoke_connection', arguments: { id: idTwo, wholeApp: true } });
  expect(revoked.structuredContent).toMatchObject({ revoked: idTwo, connections: 2 });
  for (const client of [two, again]) await expect(client.callTool({ name: 'whoami' })).rejects.toThrow();
  expect((await limit(one, { id: 'x'.repeat(22), readOnly: true })).isError).toBe(true);
});
