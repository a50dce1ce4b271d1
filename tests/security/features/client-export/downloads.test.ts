import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { listedConnections } from '#tests/support/listed-connections.ts';
import { expectNoServerError, ODD_PARTS } from '#tests/support/odd-paths.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAA';

let stack: SharedStack;
let owner: PageSession;
let other: PageSession;
let id: string;

beforeAll(async () => {
  stack = await sharedStack();
  const account = `${crypto.randomUUID()}@example.com`;
  [owner, other] = await Promise.all([
    signInToPages(stack.appUrl, account),
    signInToPages(stack.appUrl, `${crypto.randomUUID()}@example.com`),
  ]);
  const url = `${stack.appUrl}/mcp`;
  const client = await ScriptedClient.connect({ url, account, registration: 'dcr', era: 'auto' });
  await client.callTool('identity');
  await client.close();
  [id = ''] = await listedConnections(owner);
});

const text = async (pages: PageSession, path: string) => (await pages.request(path)).text();

test('the owner downloads their connections and the calls of one, private and not stored', async () => {
  for (const format of ['json', 'csv']) {
    const list = await owner.request(`/clients/export?format=${format}`);
    expect(list.headers.get('cache-control')).toMatch(/private.*no-store/);
    // One line for each connection, in either format.
    expect((await list.text()).split('\n').filter((line) => line.includes(id))).toHaveLength(1);
    await vi.waitUntil(
      async () => (await text(owner, `/clients/${id}/export?format=${format}`)).includes('identity'),
      { timeout: 10_000 },
    );
  }
});

describe('another person', () => {
  test('finds no connection of the owner in their own downloads', async () => {
    for (const path of ['/clients/export', '/clients/export?format=csv'])
      expect(await text(other, path)).not.toContain(id);
  });

  test.each(['/export', '/export?format=csv'])(
    'gets the same 404 for /clients/<id>%s as for an id that does not exist',
    async (rest) => {
      const [theirs, none] = await Promise.all(
        [id, UNKNOWN].map((which) => other.request(`/clients/${which}${rest}`)),
      );
      expect([theirs?.status, none?.status]).toEqual([404, 404]);
      expect(await theirs?.text()).toBe(await none?.text());
    },
  );
});

test.each(['/clients/export', `/clients/${UNKNOWN}/export`])('%s is 401 without a session', async (path) =>
  expect((await openPages(stack.appUrl).request(path)).status).toBe(401),
);

test.each(ODD_PARTS)('a URL of a download with %s is no server error', async (odd) => {
  for (const path of [
    `/clients/${odd}/export`,
    `/clients/export?format=${odd}`,
    `/clients/${id}/export?format=${odd}`,
  ])
    await expectNoServerError(owner, path);
});
