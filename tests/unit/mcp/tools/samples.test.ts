import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

test('contact_card returns the address of the person to a client with the scope email', async () => {
  const client = await endpoint.connect({ claims: { scope: 'openid profile email' } });
  const { structuredContent } = await client.callTool({ name: 'contact_card' });
  expect(structuredContent).toEqual({
    email: 'ada@example.com',
    emailVerified: true,
    firstName: 'Ada',
  });
});

test('contact_card is refused without the scope email', async () => {
  const client = await endpoint.connect({ claims: { scope: 'openid profile' } });
  await expect(client.callTool({ name: 'contact_card' })).rejects.toThrow();
});

test('contact_card fails with a message when WorkOS does not know the person', async () => {
  const client = await endpoint.connect({ claims: { sub: 'user_gone', scope: 'openid profile email' } });
  const result = await client.callTool({ name: 'contact_card' });
  expect(result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('no such user') }],
  });
});

test('countdown reports progress after each step', async () => {
  const client = await endpoint.connect();
  const seen: number[] = [];
  const { structuredContent } = await client.callTool(
    { name: 'countdown', arguments: { steps: 3, stepMilliseconds: 1 } },
    { onprogress: ({ progress }) => seen.push(progress) },
  );
  expect(structuredContent).toEqual({ steps: 3 });
  expect(seen).toEqual([1, 2, 3]);
});

test('countdown stops when the client cancels', async () => {
  const client = await endpoint.connect();
  const cancel = new AbortController();
  const running = client.callTool(
    { name: 'countdown', arguments: { steps: 100, stepMilliseconds: 1000 } },
    { signal: cancel.signal },
  );
  cancel.abort();
  await expect(running).rejects.toThrow();
});

test('list_connections returns the clients of the person, and marks the one that asks', async () => {
  const own = await endpoint.connect({
    claims: { sub: 'user_lists', client_id: 'https://own.example/id.json' },
  });
  const other = await endpoint.connect({
    claims: { sub: 'user_lists', client_id: 'https://other.example/id.json' },
  });
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

test.each<[string, object]>([
  ['revoke_connection', { id: '\u0000', confirm: true }],
  [
    'list_connections',
    { cursor: Buffer.from(JSON.stringify(['lastUsed', '\u0000', '\u0000'])).toString('base64url') },
  ],
  ['countdown', { steps: -1 }],
])('%s answers %j, which a database cannot store, without an internal error', async (name, args) => {
  const client = await endpoint.connect({ claims: permitted });
  const answer = await client
    .callTool({ name, arguments: args as Record<string, unknown> })
    .catch((error: unknown) => error);
  expect(JSON.stringify(answer)).not.toContain('failed on this server');
  expect(String(answer)).not.toMatch(/internal/i);
});
