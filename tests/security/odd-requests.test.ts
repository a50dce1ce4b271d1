import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { legacyToolCall, postMcp } from '#tests/support/mcp-request.ts';
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

/** Text that databases, parsers and lookups stumble over. */
const ODD = [
  '%00',
  'a%00b',
  '%ff',
  '%ed%a0%80',
  '%E2%80%AE',
  '__proto__',
  'constructor',
  "'%20or%201=1%20--",
  '%25',
  '_'.repeat(60),
  '%F0%9F%92%A9'.repeat(50),
  'x'.repeat(6_000),
  '-1',
  '1e400',
  'NaN',
  '../..',
  '%2e%2e%2f',
];

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Where a page of a list ended, as nobody was ever told. */
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

async function expectNoServerError(path: string): Promise<void> {
  const response = await pages.request(path);
  const text = await response.text();
  expect([path.slice(0, 120), response.status < 500]).toEqual([path.slice(0, 120), true]);
  // What failed after the head of the answer was sent is told by its digest, a number.
  expect(text).not.toMatch(/digest\\?":\\?"\d+|data-dgst="\d+"/);
}

describe('an address that somebody made up is no server error', () => {
  test.each(ODD)('%s', async (odd) => {
    for (const path of [
      `/clients/${odd}`,
      `/clients/${odd}/export`,
      `/clients/${odd}/logo`,
      `/clients?q=${odd}`,
      `/clients?sort=${odd}&state=${odd}&cursor=${odd}`,
      `/clients?q=a&q=${odd}&cursor=a&cursor=${odd}`,
      `/clients/${id}?tool=${odd}`,
      `/clients/${id}?outcome=${odd}&shown=${odd}`,
      `/clients/export?format=${odd}`,
      `/clients/${id}/export?format=${odd}`,
      `/inspector/client-metadata?client_id=${odd}`,
      `/inspector/client-metadata/write?client_id=${odd}&client_name=${odd}&redirect_uris=${odd}`,
      `/sign-in-failed?reason=${odd}`,
    ])
      await expectNoServerError(path);
  });

  test.each(CURSORS)('cursor %s', async (cursor) => {
    for (const sort of ['lastUsed', 'firstSeen', 'name'])
      await expectNoServerError(`/clients?sort=${sort}&cursor=${cursor}`);
  });
});

describe('arguments that a database cannot hold', () => {
  test.each<[string, object]>([
    ['revoke', { id: '\u0000', confirm: true }],
    ['revoke', { id: "' or 1=1 --", confirm: true }],
    ['slow', { steps: -1 }],
    ['slow', { steps: 1e308 }],
    ['\u0000', {}],
    ['\ud800', {}],
  ])('%s %j is answered in words, not by a failure of the server', async (name, args) => {
    const response = await postMcp(
      stack.appUrl,
      token,
      legacyToolCall(name, args as Record<string, unknown>),
    );
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('failed on this server');
  });

  test('and the call after them is in the history', async () => {
    await postMcp(stack.appUrl, token, legacyToolCall('connections'));
    await vi.waitUntil(
      async () => (await (await pages.request(`/clients/${id}/export`)).text()).includes('connections'),
      { timeout: 10_000 },
    );
  });
});
