import { beforeAll, describe, expect, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { legacyToolCall, postMcp } from '#tests/support/mcp-request.ts';
import { expectNoServerError, ODD_PARTS } from '#tests/support/odd-paths.ts';
import { type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let pages: PageSession;
let token: string;

beforeAll(async () => {
  stack = await sharedStack();
  const account = `${crypto.randomUUID()}@example.com`;
  pages = await signInToPages(stack.appUrl, account);
  const url = `${stack.appUrl}/mcp`;
  const client = await ScriptedClient.connect({ url, account, registration: 'dcr', era: 'auto' });
  token = client.tokens?.access_token ?? '';
  await client.close();
});

test.each(ODD_PARTS)('a URL with %s is no server error', async (odd) => {
  for (const path of [
    `/${odd}`,
    `/sign-in-failed?reason=${odd}`,
    `/login?returnTo=${odd}`,
    `/callback?code=${odd}&state=${odd}`,
    ...PAGES.map((page) => `${page.path}?q=a&q=${odd}&cursor=${odd}`),
  ])
    await expectNoServerError(pages, path);
});

describe('a path that is not the endpoint', () => {
  const { headers, body } = legacyToolCall('identity');

  test.each(['/', '/sse', '/mcp/v1', '/clients', '/login', '/.well-known/mcp'])(
    'answers a message to %s with 404, as JSON where it is not in a well-known path',
    async (path) => {
      const response = await fetch(`${stack.appUrl}${path}`, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
      });
      expect(response.status).toBe(404);
      if (!path.startsWith('/.well-known'))
        expect((await response.json()).error.message).toContain(`${stack.appUrl}/mcp`);
    },
  );

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('is 404 for %s when it is unknown', async (method) => {
    const response = await fetch(`${stack.appUrl}/nothing-here`, { method, redirect: 'manual' });
    expect(response.status).toBe(404);
  });

  test('does not include the endpoint with a slash at its end, which answers without a redirect', async () => {
    for (const path of ['/mcp/', '/mcp/?a=b']) {
      const response = await fetch(`${stack.appUrl}${path}`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${token}` },
        body,
        redirect: 'manual',
      });
      expect(response.status).toBe(200);
    }
  });
});

test('an idle connection is kept longer than load balancers keep theirs', async () => {
  const { headers } = await fetch(`${stack.appUrl}/health/live`);
  expect(headers.get('keep-alive')).toBe('timeout=70');
});

describe('arguments that a database cannot hold', () => {
  test.each<[string, object]>([
    ['revoke', { id: '\u0000', confirm: true }],
    ['revoke', { id: "' or 1=1 --", confirm: true }],
    ['slow', { steps: -1 }],
    ['slow', { steps: 1e308 }],
    ['\u0000', {}],
    ['\ud800', {}],
  ])('%s refuses %j with a message, not with an internal error', async (name, args) => {
    const response = await postMcp(
      stack.appUrl,
      token,
      legacyToolCall(name, args as Record<string, unknown>),
    );
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('failed on this server');
  });
});
