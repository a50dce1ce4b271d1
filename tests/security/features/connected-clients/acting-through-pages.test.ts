import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectionId } from '#lib/connections/identity.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { listedConnections } from '#tests/support/listed-connections.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { actionResult, callServerAction, serverActionIds } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

type Connection = { client: ScriptedClient; id: string; status(): Promise<number> };

let stack: SharedStack;
let ada: PageSession;
let ben: PageSession;
const opened: ScriptedClient[] = [];

beforeAll(async () => {
  stack = await sharedStack();
  [ada, ben] = await Promise.all([signInToPages(stack.appUrl, 'ada'), signInToPages(stack.appUrl, 'ben')]);
});
afterAll(() => Promise.all(opened.map((client) => client.close())));

/** A client that a person lets in, and the id that their page shows it under. */
async function connected(account: 'ada' | 'ben', pages: PageSession): Promise<Connection> {
  const url = `${stack.appUrl}/mcp`;
  const client = await ScriptedClient.connect({ url, account, registration: 'dcr', era: 'auto' });
  opened.push(client);
  await client.callTool('identity');
  const token = client.tokens?.access_token ?? '';
  const claims = decodeJwt<{ client_id: string; sid: string; org_id?: string }>(token);
  const id = connectionId({
    issuer: claims.iss ?? '',
    subject: claims.sub ?? '',
    clientId: claims.client_id,
    sessionId: claims.sid,
    organizationId: claims.org_id,
  });
  // Until its call is written, the list has its grant under another id.
  await vi.waitUntil(async () => (await listedConnections(pages)).includes(id), { timeout: 10_000 });
  return { client, id, status: async () => (await bearerCall(stack.appUrl, token)).status };
}

type Headers = Record<string, string>;

const act = (pages: PageSession, action: string, args: unknown[], headers: Headers = {}) =>
  callServerAction(pages, { path: '/clients', action, args, origin: stack.appUrl, headers });

describe('revoking is refused and changes nothing when it is requested', () => {
  let victim: Connection;
  beforeAll(async () => {
    victim = await connected('ada', ada);
  });

  const CROSS_SITE: [string, Headers][] = [
    ['from another site', { origin: 'https://evil.example' }],
    ['from a look-alike', { origin: 'http://localhost.evil.example' }],
    ['from another port', { origin: 'http://localhost:1' }],
    ['over https from the same name', { origin: 'https://localhost' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['with an empty origin', { origin: '' }],
    [
      'from another site that calls itself the host',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    [
      'from another site with a Forwarded header',
      { origin: 'https://evil.example', forwarded: 'host=evil.example' },
    ],
    [
      'with our address as the referrer only',
      { origin: 'https://evil.example', referer: 'http://localhost/' },
    ],
  ];
  test.each(CROSS_SITE)('%s', async (_what, headers) => {
    for (const [action, args] of [
      ['revokeAccess', [victim.id]],
      ['revokeAllAccess', []],
    ] as const) {
      const { status, text } = await act(ada, action, [...args], headers);
      expect(status).toBe(403);
      expect(text).not.toContain('revoked');
    }
    expect(await victim.status()).toBe(200);
  });

  test('without an origin at all', async () => {
    const response = await ada.request('/clients', {
      method: 'POST',
      headers: { 'next-action': serverActionIds().get('revokeAccess') ?? '', 'content-type': 'text/plain' },
      body: JSON.stringify([victim.id]),
    });
    expect(response.status).toBe(403);
    expect(await victim.status()).toBe(200);
  });

  test('by GET', async () => {
    for (const path of [
      '/clients',
      `/clients/${victim.id}`,
      `/clients?revoke=${victim.id}`,
      `/clients/${victim.id}/revoke`,
    ])
      await ada.request(path, { headers: { 'next-action': serverActionIds().get('revokeAccess') ?? '' } });
    await ada.request('/logout');
    expect(await victim.status()).toBe(200);
    expect((await ada.request('/clients')).status).toBe(200);
  });

  test('without a session', async () => {
    const { text } = await act(openPages(stack.appUrl), 'revokeAccess', [victim.id]);
    expect(text).not.toContain('"revoked"');
    expect(await victim.status()).toBe(200);
  });

  test('with a session that was made up or changed', async () => {
    const name = 'wos-session';
    const value = ada.cookies.get(name) ?? '';
    for (const cookie of [
      `${name}=x`,
      `${name}=Fe26.2*1*x*x*x**x*x`,
      `${name}=${value.slice(0, -6)}AAAAAA`,
      `${name}=${Buffer.from('{"user":{"id":"user_ada"}}').toString('base64')}`,
    ]) {
      const { text } = await act(openPages(stack.appUrl), 'revokeAccess', [victim.id], { cookie });
      expect(text).not.toContain('"revoked"');
    }
    expect(await victim.status()).toBe(200);
  });

  test('with a session header that only the proxy may set', async () => {
    const forged = { 'x-workos-session': 'forged', 'x-workos-middleware': 'true', 'x-url': stack.appUrl };
    const { text } = await act(openPages(stack.appUrl), 'revokeAccess', [victim.id], forged);
    expect(text).not.toContain('"revoked"');
    expect((await openPages(stack.appUrl).request('/clients', { headers: forged })).status).toBe(307);
  });

  test.each<[string, unknown[]]>([
    ['an id that is a list', [['x']]],
    ['an id that is an object', [{ id: 'x' }]],
    ['no id', []],
    ['SQL', ["' or 1=1 --"]],
    ['100,000 characters', ['x'.repeat(100_000)]],
    ['a path', ['../../clients']],
    ['__proto__', ['__proto__']],
  ])('with %s', async (_what, args) => {
    const { status, text } = await act(ada, 'revokeAccess', args);
    expect(status).toBeLessThan(500);
    expect(actionResult(text)).toBe('"unknown"');
    expect(await victim.status()).toBe(200);
  });

  // What React reads in the arguments of a Server Action besides JSON.
  test.each([
    ['a promise of itself', '["$@0"]'],
    ['a path to a constructor', '["$0:constructor:constructor"]'],
    ['a path to the prototype', '["$0:__proto__:then"]'],
    ['an object that is a promise', '[{"then":"$0:push","status":"resolved_model","value":"{}"}]'],
    ['a function of the server', `["$F0"]`],
    ['a temporary reference', '["$T0"]'],
    ['a symbol', '["$S__proto__"]'],
    ['an iterator of itself', '["$i0"]'],
    ['a part that is not there', '["$K7"]'],
    ['a number of 100,000 digits', `["$n${'9'.repeat(100_000)}"]`],
    ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['no JSON', '["'],
    ['nothing', ''],
  ])('with React’s %s', async (_what, body) => {
    for (const type of ['text/plain;charset=UTF-8', 'multipart/form-data; boundary=x']) {
      const part = `--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n${body}\r\n--x--\r\n`;
      const began = performance.now();
      const response = await ada.request('/clients', {
        method: 'POST',
        headers: {
          'next-action': serverActionIds().get('revokeAccess') ?? '',
          'content-type': type,
          origin: stack.appUrl,
        },
        body: type.startsWith('text') ? body : part,
      });
      const text = await response.text();
      expect(text).not.toMatch(/node_modules|\n\s+at /);
      // Without a result of the action, nothing in the answer may look like one.
      expect(actionResult(text) ?? text).not.toContain('"revoked"');
      expect(performance.now() - began).toBeLessThan(5_000);
    }
    expect(await victim.status()).toBe(200);
  });
});

describe('the connection of another person', () => {
  let ofBen: Connection;
  beforeAll(async () => {
    ofBen = await connected('ben', ben);
  });

  test.each(['', '/logo', '?outcome=denied', '/nothing'])(
    'GET /clients/<id>%s answers the same as for an id that does not exist',
    async (rest) => {
      const compare = async (id: string) => {
        const response = await ada.request(`/clients/${id}${rest}`);
        const text = (await response.text())
          .replaceAll(id, '')
          .replaceAll(/nonce="[^"]*"|"nonce":"[^"]*"|\d{5,}/g, '');
        return { status: response.status, length: text.length, cache: response.headers.get('cache-control') };
      };
      const unknown = await compare('AAAAAAAAAAAAAAAAAAAAAA');
      expect(unknown.status).toBe(404);
      expect(await compare(ofBen.id)).toEqual(unknown);
    },
  );

  test('cannot be revoked by its id, and the answer is that of an unknown one', async () => {
    const foreign = await act(ada, 'revokeAccess', [ofBen.id]);
    const unknown = await act(ada, 'revokeAccess', ['AAAAAAAAAAAAAAAAAAAAAA']);
    expect(foreign.status).toBe(unknown.status);
    expect(actionResult(foreign.text)).toBe('"unknown"');
    expect(actionResult(unknown.text)).toBe('"unknown"');
    expect(await ofBen.status()).toBe(200);
  });

  test('is kept when another person revokes everything of their own', async () => {
    const ofAda = await connected('ada', ada);
    expect(actionResult((await act(ada, 'revokeAllAccess', [])).text)).toBe('"revoked"');
    expect(await ofAda.status()).toBe(401);
    expect(await ofBen.status()).toBe(200);
  });

  test('is in no list or feed', async () => {
    for (const path of ['/clients?show=all', '/clients/live'])
      expect(await (await ada.request(path)).text()).not.toContain(ofBen.id);
  });
});

/** The result of the revocation that revoked the client. */
const REVOKED_NOW = /^\{"revoked":1,"undo":"[0-9a-f-]{36}"\}$/;

test('revoking twice has the effect of revoking once', async () => {
  const { id, status } = await connected('ben', ben);
  const results = [await act(ben, 'revokeAccess', [id]), await act(ben, 'revokeAccess', [id])];
  expect(results.map(({ text }) => actionResult(text))).toEqual([
    expect.stringMatching(REVOKED_NOW),
    '"revoked"',
  ]);
  expect(await status()).toBe(401);
});

test('revoking ten times concurrently has the effect of revoking once', async () => {
  const { id, status } = await connected('ben', ben);
  const results = await Promise.all(Array.from({ length: 10 }, () => act(ben, 'revokeAccess', [id])));
  const outcomes = results.map(({ text }) => actionResult(text) ?? '');
  expect(outcomes.filter((outcome) => REVOKED_NOW.test(outcome))).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === '"revoked"')).toHaveLength(9);
  expect(await status()).toBe(401);
  expect((await listedConnections(ben)).filter((listed) => listed === id)).toHaveLength(1);
});

describe('what a signed-in person reads', () => {
  test('/clients/live is private, is not stored, and is 401 without a session', async () => {
    const live = await ada.request('/clients/live');
    expect(live.headers.get('cache-control')).toMatch(/private.*no-store/);
    expect((await openPages(stack.appUrl).request('/clients/live')).status).toBe(401);
  });

  test('a page of a client redirects to sign-in and back when nobody is signed in', async () => {
    const path = '/clients/AAAAAAAAAAAAAAAAAAAAAA';
    const response = await openPages(stack.appUrl).request(path);
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      `/login?returnTo=${encodeURIComponent(path)}`,
    ]);
  });

  test('the logo of a client is 401 without a session', async () => {
    const path = '/clients/AAAAAAAAAAAAAAAAAAAAAA/logo';
    expect((await openPages(stack.appUrl).request(path)).status).toBe(401);
  });
});
