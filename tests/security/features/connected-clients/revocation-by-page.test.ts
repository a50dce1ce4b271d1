import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { serverActionId } from '#scripts/demo/server-action.ts';
import { listedConnections } from '#tests/support/listed-connections.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { actionResult } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

let stack: SharedStack;
let owner: PageSession;
let other: PageSession;
let client: ScriptedClient;
let id: string;

// A person of its own, so that tests of other files do not revoke this client.
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
  [id = ''] = await listedConnections(owner);
});
afterEach(async () => {
  const html = await (await owner.request(`/clients/${id}`)).text();
  expect(html.includes('>Revoke access<')).toBe(active);
});

let active = true;

/** The ids of the two Server Actions that revoke, from the scripts of the page. */
async function actions(): Promise<{ revokeAccess: string; revokeAllAccess: string }> {
  const html = await (await owner.request('/clients')).text();
  const idOf = async (name: string) => (await serverActionId(owner, html, name)) ?? '';
  const found = { revokeAccess: await idOf('revokeAccess'), revokeAllAccess: await idOf('revokeAllAccess') };
  expect(found.revokeAccess).toMatch(/^[0-9a-f]{42}$/);
  expect(found.revokeAllAccess).toMatch(/^[0-9a-f]{42}$/);
  return found;
}

/** What the two actions return; the whole answer of one that returns nothing. */
async function revoke(pages: PageSession, headers: Record<string, string>, method = 'POST') {
  const answers: string[] = [];
  for (const action of Object.values(await actions())) {
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
    const text = await response.text();
    answers.push(actionResult(text) ?? text);
  }
  return answers;
}

describe('revoking a client by the page', () => {
  it('does not happen on GET', async () => {
    await revoke(owner, { origin: stack.appUrl }, 'GET');
    for (const path of [`/clients/${id}?revoke=1`, `/clients/${id}/revoke`, `/clients?revoke=${id}`])
      await owner.request(path);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a request without an origin', {}],
    [
      'another site that claims to be the host',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    ['another port of this host', { origin: 'http://localhost:1' }],
  ] as const)('does not happen for %s', async (_, headers) => {
    for (const answer of await revoke(owner, headers)) expect(answer).not.toMatch(/"(revoked|pending)"/);
  });

  it('does not happen without a session', async () => {
    for (const answer of await revoke(openPages(stack.appUrl), { origin: stack.appUrl }))
      expect(answer).not.toMatch(/"(revoked|pending)"/);
  });

  it('does not happen for another person, who gets the same 404 as for an unknown client', async () => {
    await revoke(other, { origin: stack.appUrl });
    const nothing = 'AAAAAAAAAAAAAAAAAAAAAA';
    for (const rest of ['', '/logo']) {
      const theirs = await other.request(`/clients/${id}${rest}`);
      const none = await other.request(`/clients/${nothing}${rest}`);
      expect(theirs.status).toBe(404);
      expect(none.status).toBe(404);
      const [a, b] = [await theirs.text(), await none.text()];
      expect(a.replaceAll(id, nothing).length).toBe(b.length);
    }
  });

  it('does not happen with an invalid id', async () => {
    const { revokeAccess: action } = await actions();
    const UNKNOWN = /^"unknown"$/;
    for (const [body, result] of [
      ['[null]', UNKNOWN],
      ['[{"toString":"x"}]', UNKNOWN],
      ['[["a"]]', UNKNOWN],
      ['["\\u0000"]', UNKNOWN],
      // Not JSON, because the character is not escaped.
      ['["\u0000"]', /^E\{"digest":"\d+"\}$/],
      ['[""]', UNKNOWN],
      ['["../x"]', UNKNOWN],
    ] as const) {
      const response = await owner.request('/clients', {
        method: 'POST',
        headers: { 'next-action': action, origin: stack.appUrl, 'content-type': 'text/plain;charset=UTF-8' },
        body,
      });
      expect(actionResult(await response.text()), body).toMatch(result);
    }
  });

  it('happens for its owner, and the next call is refused', async () => {
    active = false;
    expect(await revoke(owner, { origin: stack.appUrl })).toEqual([
      expect.stringMatching(/^\{"revoked":1,"undo":"[0-9a-f-]{36}"\}$/),
      '"revoked"',
    ]);
    const refused = await fetch(`${stack.appUrl}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.tokens?.access_token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(refused.status).toBe(401);
  });
});
