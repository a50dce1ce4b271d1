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
    lastName: null,
  });
});

test('contact_card is refused without the scope email', async () => {
  const client = await endpoint.connect();
  await expect(client.callTool({ name: 'contact_card' })).rejects.toThrow();
});

test('contact_card fails with a message when WorkOS does not know the person', async () => {
  const client = await endpoint.connect({ claims: { sub: 'user_gone', scope: 'openid profile email' } });
  const result = await client.callTool({ name: 'contact_card' });
  expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('no longer') }] });
});
