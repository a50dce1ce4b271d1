import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEndpoint, type TestEndpoint } from '#tests/support/endpoint.ts';

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());

test('whoami returns what the access token says about the caller', async () => {
  const client = await endpoint.connect({
    claims: { client_id: 'https://client.example/id.json', permissions: ['a:b'] },
  });
  const { structuredContent } = await client.callTool({ name: 'whoami' });
  expect(structuredContent).toMatchObject({
    subject: 'user_ada',
    clientId: 'https://client.example/id.json',
    scopes: ['openid', 'profile'],
    permissions: ['a:b'],
  });
  expect(structuredContent).not.toHaveProperty('organizationId');
});
