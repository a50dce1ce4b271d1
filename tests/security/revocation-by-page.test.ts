import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let owner: PageSession;
let other: PageSession;
let client: ScriptedClient;
let id: string;

// A person of one's own, so that tests of other files do not revoke under this one.
const OWNER = 'owner@revocation.example';

beforeAll(async () => {
  stack = await sharedStack();
  owner = await signInToPages(stack.appUrl, OWNER);
  other = await signInToPages(stack.appUrl, 'stranger@revocation.example');
  client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: OWNER,
    registration: 'dcr',
    era: 'auto',
  });
  await client.callTool('identity');
  const live = await owner.request('/clients/live');
  id = (await live.json()).connections[0].id;
});
afterEach(async () => {
  const live = await (await owner.request('/clients/live')).json();
  expect(live.connections.find((row: { id: string }) => row.id === id)?.state).toBe(expectedState);
});

let expectedState = 'active';

/** The ids of the page's Server Actions, as the page itself knows them. */
async function actions(): Promise<string[]> {
  const html = await (await owner.request('/clients')).text();
  const ids = [...html.matchAll(/\\"id\\":\\"([0-9a-f]{42})\\"/g)].map(([, found]) => found ?? '');
  expect(new Set(ids).size).toBe(2);
  return [...new Set(ids)];
}

async function revoke(pages: PageSession, headers: Record<string, string>, method = 'POST') {
  const said: string[] = [];
  for (const action of await actions()) {
    const response = await pages.request('/clients', {
      method,
      headers: {
        'next-action': action,
        accept: 'text/x-component',
        'content-type': 'text/plain;charset=UTF-8',
        ...headers,
      },
      ...(method === 'POST' && { body: JSON.stringify([id]) }),
    });
    said.push(await response.text());
  }
  return said.join('\n');
}

describe('revoking a client', () => {
  it('does not happen by GET', async () => {
    await revoke(owner, { origin: stack.appUrl }, 'GET');
    for (const path of [`/clients/${id}?revoke=1`, `/clients/${id}/revoke`, `/clients?revoke=${id}`])
      await owner.request(path);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['something that hides its origin', {}],
    [
      'another site that claims to be the host',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    ['another port of this machine', { origin: 'http://localhost:1' }],
  ] as const)('does not happen for %s', async (_, headers) => {
    expect(await revoke(owner, headers)).not.toMatch(/"(revoked|pending)"/);
  });

  it('does not happen for somebody who is signed out', async () => {
    expect(await revoke(openPages(stack.appUrl), { origin: stack.appUrl })).not.toMatch(
      /"(revoked|pending)"/,
    );
  });

  it('does not happen for another person, who sees the same 404 as for a client that does not exist', async () => {
    await revoke(other, { origin: stack.appUrl });
    const nothing = 'AAAAAAAAAAAAAAAAAAAAAA';
    for (const rest of ['', '/export?format=json', '/export?format=csv', '/logo']) {
      const theirs = await other.request(`/clients/${id}${rest}`);
      const none = await other.request(`/clients/${nothing}${rest}`);
      expect(theirs.status).toBe(404);
      expect(none.status).toBe(404);
      const [a, b] = [await theirs.text(), await none.text()];
      expect(a.replaceAll(id, nothing).length).toBe(b.length);
    }
  });

  it('does not happen with an id that is none', async () => {
    const [action = ''] = (await actions()).filter((found) => found.startsWith('4') || found.startsWith('6'));
    for (const body of ['[null]', '[{"toString":"x"}]', '[["a"]]', '["\u0000"]', '[""]', '["../x"]']) {
      const response = await owner.request('/clients', {
        method: 'POST',
        headers: { 'next-action': action, origin: stack.appUrl, 'content-type': 'text/plain;charset=UTF-8' },
        body,
      });
      expect(await response.text()).not.toMatch(/"(revoked|pending)"/);
    }
  });

  it('happens for its owner from the page, and the next call is refused', async () => {
    expectedState = 'revoked';
    expect(await revoke(owner, { origin: stack.appUrl })).toContain('"revoked"');
    const refused = await fetch(`${stack.appUrl}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.tokens?.access_token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(refused.status).toBe(401);
  });
});
