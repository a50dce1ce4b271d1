import { beforeAll, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
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
  const { connections } = await (await pages.request('/clients/live')).json();
  id = connections[0].id;
  await vi.waitUntil(
    async () => (await (await pages.request(`/clients/${id}`)).text()).includes('identity'),
    {
      timeout: 10_000,
    },
  );
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Cursors that no page of the list gave. */
const CURSORS = [
  'x',
  encoded(null),
  encoded(['lastUsed', 'yesterday', 'x']),
  encoded(['lastUsed', '\u0000', '\u0000']),
  encoded(['lastUsed', '99999999-99-99', 'x']),
  encoded(['lastUsed', 'infinity', 'x']),
  encoded(['lastUsed', '1', '1']),
  encoded(['name', '\u0000', 'x']),
  encoded(['name', '\ud800', '\ud800']),
  encoded(['firstSeen', '2026-01-01T00:00:00Z); --', 'x']),
];

test.each(ODD_PARTS)('a URL with %s is no server error', async (odd) => {
  for (const path of [
    `/clients/${odd}`,
    `/clients/${odd}/logo`,
    `/clients?q=${odd}`,
    `/clients?sort=${odd}&state=${odd}&cursor=${odd}`,
    `/clients?q=a&q=${odd}&cursor=a&cursor=${odd}`,
    `/clients/${id}?tool=${odd}`,
    `/clients/${id}?outcome=${odd}&shown=${odd}`,
  ])
    await expectNoServerError(pages, path);
});

test.each(CURSORS)('the cursor %s is no server error', async (cursor) => {
  for (const sort of ['lastUsed', 'firstSeen', 'name'])
    await expectNoServerError(pages, `/clients?sort=${sort}&cursor=${cursor}`);
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
