import { beforeAll, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { listedConnections } from '#tests/support/listed-connections.ts';
import { legacyToolCall, postMcp } from '#tests/support/mcp-request.ts';
import { expectNoServerError, ODD_PARTS } from '#tests/support/odd-paths.ts';
import { type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let pages: PageSession;
let id: string;
let token: string;

beforeAll(async () => {
  stack = await sharedStack();
  const account = `${crypto.randomUUID()}@example.com`;
  pages = await signInToPages(stack.appUrl, account);
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account,
    registration: 'dcr',
    era: 'auto',
  });
  await client.callTool('identity');
  token = client.tokens?.access_token ?? '';
  await client.close();
  [id = ''] = await listedConnections(pages);
  await vi.waitUntil(
    async () => (await (await pages.request(`/clients/${id}`)).text()).includes('identity'),
    {
      timeout: 10_000,
    },
  );
});

test.each(ODD_PARTS)('a URL with %s is no server error', async (odd) => {
  for (const path of [
    `/clients/${odd}`,
    `/clients/${odd}/logo`,
    `/clients?q=${odd}`,
    `/clients?sort=${odd}&show=${odd}&page=${odd}&open=${odd}&done=${odd}`,
    `/clients/revoke?id=${odd}&app=${odd}&unused=${odd}`,
    `/clients?q=a&q=${odd}&open=a&open=${odd}`,
    `/clients/revoke?id=a&id=${odd}&app=a&app=${odd}`,
    `/clients/${id}?tool=${odd}`,
    `/clients/${id}?outcome=${odd}&shown=${odd}`,
  ])
    await expectNoServerError(pages, path);
});

test('a call after calls with arguments that a database cannot hold is in the history', async () => {
  const call = (name: string) => postMcp(stack.appUrl, token, legacyToolCall(name, { text: '\u0000' }));
  for (const name of ['revoke', '\u0000', '\ud800']) await call(name);
  await postMcp(stack.appUrl, token, legacyToolCall('connections'));
  await vi.waitUntil(
    async () => (await (await pages.request(`/clients/${id}`)).text()).includes('>connections<'),
    { timeout: 10_000 },
  );
});
