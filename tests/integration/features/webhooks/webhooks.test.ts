import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADA } from '#dev/authkit/state/people.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { workosRequest } from '#tests/support/local-authkit.ts';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { WEBHOOK_SECRET } from '#tests/support/webhook.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ webhookSecret: WEBHOOK_SECRET, behaviour: { claims: 'current' } });
});
afterAll(() => stack.stop());

const connect = (account: string) =>
  ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account,
    registration: 'cimd',
    era: 'auto',
    confirm: true,
  });

/** The result of a request to the WorkOS API of local AuthKit, which sends its webhooks before it answers. */
async function atWorkos(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await workosRequest(stack.authkitUrl, method, path, body);
  expect(response.status).toBeLessThan(300);
  return response.body;
}

/** The WorkOS user id of a person. */
async function idOf(account: string): Promise<string> {
  const client = await connect(account);
  const { structuredContent } = await client.callTool('identity');
  await client.close();
  return String((structuredContent as { subject: string }).subject);
}

const signedIn = async (pages: PageSession) =>
  (await pages.request('/login?returnTo=/sign-in-failed')).headers
    .get('location')
    ?.includes('/sign-in-failed');

test('a tool that needs a permission follows the role of the person at WorkOS', async () => {
  const client = await connect('ada');
  // The official client keeps a list for a minute.
  const offered = async () => {
    const response = await postMcp(stack.appUrl, client.tokens?.access_token ?? '', mcpMessage('tools/list'));
    return (await response.text()).includes('"revoke"');
  };
  expect((await client.callTool('identity')).structuredContent).toMatchObject({ permissions: [] });
  expect(await offered()).toBe(true);
  expect(await client.callTool('revoke', { id: 'x' })).toMatchObject({
    content: [{ text: 'No such connection.' }],
  });

  const path = '/user_management/organization_memberships';
  const { data } = (await atWorkos('GET', `${path}?user_id=${ADA.id}`)) as { data: { id: string }[] };
  await atWorkos('PUT', `${path}/${data[0]?.id}`, { role_slug: 'member' });
  expect(await offered()).toBe(false);
  expect(await client.callTool('revoke', { id: 'x' })).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('your role does not have') }],
  });

  await atWorkos('PUT', `${path}/${data[0]?.id}`, { role_slug: 'admin' });
  expect(await offered()).toBe(true);
  await client.close();
});

test('a page session that is revoked at WorkOS ends, and no other', async () => {
  const [pages, other] = [
    await signInToPages(stack.appUrl, 'ends@example.com'),
    await signInToPages(stack.appUrl, 'stays@example.com'),
  ];
  expect([await signedIn(pages), await signedIn(other)]).toEqual([true, true]);
  const user = await idOf('ends@example.com');
  const { data } = (await atWorkos('GET', `/user_management/users/${user}/sessions`)) as {
    data: { id: string }[];
  };
  await atWorkos('POST', '/user_management/sessions/revoke', { session_id: data[0]?.id });
  expect([await signedIn(pages), await signedIn(other)]).toEqual([false, true]);
});

test('a person who is deleted at WorkOS is signed out, and their clients are refused', async () => {
  const account = 'deleted@example.com';
  const [client, pages] = [await connect(account), await signInToPages(stack.appUrl, account)];
  const token = client.tokens?.access_token ?? '';
  expect((await postMcp(stack.appUrl, token, toolCall('identity'))).status).toBe(200);
  await client.close();
  const user = await idOf(account);
  await atWorkos('DELETE', `/user_management/users/${user}`);
  expect((await postMcp(stack.appUrl, token, toolCall('identity'))).status).toBe(401);
  expect(await signedIn(pages)).toBe(false);
});

test('the endpoint answers programs: without a signature 401, from another site too', async () => {
  const response = await fetch(`${stack.appUrl}/webhooks/workos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{}',
    redirect: 'manual',
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('content-type')).toContain('application/json');
});
