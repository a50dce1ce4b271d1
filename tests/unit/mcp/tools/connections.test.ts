import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

test('list_connections returns the clients of the person, and marks the one that asks', async () => {
  const own = await endpoint.connect({ claims: { client_id: 'https://own.example/id.json' } });
  const other = await endpoint.connect({ claims: { client_id: 'https://other.example/id.json' } });
  await endpoint.connect({ claims: { sub: 'user_ben', client_id: 'https://ben.example/id.json' } });
  await other.callTool({ name: 'list_connections' });
  const listed = async () => {
    const { structuredContent } = await own.callTool({ name: 'list_connections' });
    const { connections } = structuredContent as {
      connections: { clientId: string; isThisClient: boolean }[];
    };
    return connections.map(({ clientId, isThisClient }) => [clientId, isThisClient]).sort();
  };
  await expect.poll(listed).toEqual([
    ['https://other.example/id.json', false],
    ['https://own.example/id.json', true],
  ]);
});

const permitted = { permissions: ['connections:revoke'] };

test('revoke_connection is hidden from a person without the permission', async () => {
  const client = await endpoint.connect();
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('revoke_connection');
});

test('revoke_connection fails for a connection that the person does not have', async () => {
  const client = await endpoint.connect({ claims: permitted, agrees: true });
  const result = await client.callTool({ name: 'revoke_connection', arguments: { id: 'x' } });
  expect(result.isError).toBe(true);
});

test.each([
  [false, 'when the person agreed, and not before'],
  [true, 'without asking, when the client cannot ask and passes confirm'],
])('revoke_connection revokes the connection of another client (%s: %s)', async (passesConfirm) => {
  const claims = {
    sub: `user_${passesConfirm}`,
    client_id: 'https://old.example/id.json',
    sid: `old_${passesConfirm}`,
  };
  const old = await endpoint.connect({ claims });
  await old.callTool({ name: 'whoami' });
  const own = (agrees?: boolean) =>
    endpoint.connect({
      claims: {
        ...permitted,
        sub: claims.sub,
        client_id: 'https://own.example/id.json',
        sid: `own_${passesConfirm}`,
      },
      ...(agrees !== undefined && { agrees }),
    });
  const client = await own(passesConfirm ? undefined : true);
  const find = async () => {
    const { structuredContent } = await client.callTool({ name: 'list_connections' });
    const { connections } = structuredContent as { connections: { id: string; clientId: string }[] };
    return connections.find(({ clientId }) => clientId === claims.client_id)?.id;
  };
  await expect.poll(find).toBeDefined();
  const id = await find();
  const revoke = (by: typeof client, confirm?: boolean) =>
    by.callTool({ name: 'revoke_connection', arguments: { id, ...(confirm && { confirm }) } });

  const refused = passesConfirm ? await revoke(client) : await revoke(await own(false));
  expect(refused.isError).toBe(true);
  await old.callTool({ name: 'whoami' });

  expect((await revoke(client, passesConfirm)).structuredContent).toMatchObject({ revoked: id });
  await expect(old.callTool({ name: 'whoami' })).rejects.toThrow();
});
