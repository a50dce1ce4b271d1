import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { APP_UNDER_TEST } from '#tests/support/app-under-test.ts';
import { bearerCall } from '#tests/support/bearer-call.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';
import { approve } from '#tests/support/sign-in.ts';

type Connection = { client: ScriptedClient; id: string; status(): Promise<number> };

let stack: SharedStack;
let ada: PageSession;
let ben: PageSession;
const actions = new Map<string, string>();
const opened: ScriptedClient[] = [];

beforeAll(async () => {
  stack = await sharedStack();
  [ada, ben] = await Promise.all([signInToPages(stack.appUrl, 'ada'), signInToPages(stack.appUrl, 'ben')]);
  const manifest: { node: Record<string, { exportedName: string }> } = JSON.parse(
    readFileSync(`${APP_UNDER_TEST}/.next/server/server-reference-manifest.json`, 'utf8'),
  );
  for (const [id, { exportedName }] of Object.entries(manifest.node)) actions.set(exportedName, id);
});
afterAll(() => Promise.all(opened.map((client) => client.close())));

/** A client that a person lets in, and the id that their page shows it under. */
async function connected(account: 'ada' | 'ben', pages: PageSession): Promise<Connection> {
  const before = new Set(await ids(pages));
  const url = `${stack.appUrl}/mcp`;
  const client = await ScriptedClient.connect({ url, account, registration: 'dcr', era: 'auto' });
  opened.push(client);
  await client.callTool('identity');
  const token = client.tokens?.access_token ?? '';
  const id = await vi.waitUntil(async () => (await ids(pages)).find((known) => !before.has(known)) ?? false, {
    timeout: 10_000,
  });
  return { client, id, status: async () => (await bearerCall(stack.appUrl, token)).status };
}

async function ids(pages: PageSession): Promise<string[]> {
  const { connections } = await (await pages.request('/clients/live')).json();
  return connections.map(({ id }: { id: string }) => id);
}

type Headers = Record<string, string>;

/** Calls a Server Action as the page does, with these headers besides or instead. */
async function act(pages: PageSession, action: string, args: unknown[], headers: Headers = {}) {
  const response = await pages.request('/clients', {
    method: 'POST',
    headers: {
      'next-action': actions.get(action) ?? '',
      'content-type': 'text/plain;charset=UTF-8',
      origin: stack.appUrl,
      ...headers,
    },
    body: JSON.stringify(args),
  });
  return { status: response.status, text: await response.text() };
}

describe('revoking is refused, and changes nothing, when it comes', () => {
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

  test.each(['/logout', '/inspector/api/run', '/clients', '/'])(
    'POST %s from another site, whatever is sent',
    async (path) => {
      for (const type of [
        'application/x-www-form-urlencoded',
        'application/json',
        'text/plain',
        'multipart/form-data; boundary=x',
      ])
        for (const origin of ['https://evil.example', 'null'])
          expect(
            (
              await ada.request(path, {
                method: 'POST',
                headers: { origin, 'content-type': type },
                body: 'theme=dark',
              })
            ).status,
          ).toBe(403);
      expect((await ada.request('/clients')).status).toBe(200);
    },
  );

  test('without an origin at all', async () => {
    const response = await ada.request('/clients', {
      method: 'POST',
      headers: { 'next-action': actions.get('revokeAccess') ?? '', 'content-type': 'text/plain' },
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
      await ada.request(path, { headers: { 'next-action': actions.get('revokeAccess') ?? '' } });
    await ada.request('/logout');
    expect(await victim.status()).toBe(200);
    expect((await ada.request('/clients')).status).toBe(200);
  });

  test('from somebody who is not signed in', async () => {
    const { text } = await act(openPages(stack.appUrl), 'revokeAccess', [victim.id]);
    expect(text).not.toContain('"revoked"');
    expect(await victim.status()).toBe(200);
  });

  test('under a session that somebody made up, or changed', async () => {
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
    expect(text).not.toContain('"revoked"');
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
          'next-action': actions.get('revokeAccess') ?? '',
          'content-type': type,
          origin: stack.appUrl,
        },
        body: type.startsWith('text') ? body : part,
      });
      expect(await response.text()).not.toMatch(/"revoked"|node_modules|\n\s+at /);
      expect(performance.now() - began).toBeLessThan(5_000);
    }
    expect(await victim.status()).toBe(200);
  });
});

describe('what is another person’s', () => {
  let ofBen: Connection;
  beforeAll(async () => {
    ofBen = await connected('ben', ben);
  });

  test.each(['', '/export', '/export?format=csv', '/logo', '?outcome=denied', '/nothing'])(
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
    expect(foreign.text.split('\n').at(1)).toBe(unknown.text.split('\n').at(1));
    expect(await ofBen.status()).toBe(200);
  });

  test('stays when somebody revokes everything of their own', async () => {
    const ofAda = await connected('ada', ada);
    expect((await act(ada, 'revokeAllAccess', [])).text).toContain('revoked');
    expect(await ofAda.status()).toBe(401);
    expect(await ofBen.status()).toBe(200);
  });

  test('is not in any list, feed or download of one’s own', async () => {
    for (const path of ['/clients', '/clients/live', '/clients/export', '/clients/export?format=csv'])
      expect(await (await ada.request(path)).text()).not.toContain(ofBen.id);
  });
});

test('revoking twice comes to the same, and the client stays out', async () => {
  const { id, status } = await connected('ben', ben);
  const results = [await act(ben, 'revokeAccess', [id]), await act(ben, 'revokeAccess', [id])];
  for (const { text } of results) expect(text).toContain('"revoked"');
  expect(await status()).toBe(401);
});

test('revoking ten times at once comes to the same', async () => {
  const { id, status } = await connected('ben', ben);
  const results = await Promise.all(Array.from({ length: 10 }, () => act(ben, 'revokeAccess', [id])));
  for (const { text } of results) expect(text).toMatch(/"(revoked|pending)"/);
  expect(await status()).toBe(401);
  const exported = await (await ben.request('/clients/export')).text();
  expect(exported.split(id).length - 1).toBe(1);
});

describe('returnTo', () => {
  const OTHERS = [
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%2fevil.example',
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '/%255cevil.example',
    '/\tevil.example',
    '/%09/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '@evil.example',
    'http:evil.example',
    'http:/evil.example',
    '/\u2215evil.example',
    '\u3000//evil.example',
    ' //evil.example',
    '/\r\nLocation: https://evil.example',
  ];
  test.each(OTHERS)('%j ends on this site', async (returnTo) => {
    const { landedOn } = await signInToPages(stack.appUrl, 'ben', returnTo);
    expect(new URL(landedOn).origin).toBe(stack.appUrl);
    expect(
      (await ben.request(`/login?returnTo=${encodeURIComponent(returnTo)}`)).headers.get('location'),
    ).toMatch(/^\/(?![/\\])/);
  });

  test('given twice is no way around', async () => {
    const twice = '/login?returnTo=%2F&returnTo=https%3A%2F%2Fevil.example';
    expect((await ben.request(twice)).headers.get('location')).toBe('/');
  });
});

describe('the callback of the sign-in', () => {
  test.each([
    ['no state', '?code=x'],
    ['a state of nobody', '?code=x&state=made-up'],
    ['an error', '?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ['nothing', ''],
  ])('with %s signs nobody in, and shows nothing of it', async (_what, query) => {
    const pages = openPages(stack.appUrl);
    const response = await pages.request(`/callback${query}`);
    expect(response.status).toBe(303);
    expect([...pages.cookies.keys()]).not.toContain('wos-session');
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/\/sign-in-failed\?reason=[a-z_]+$/);
    expect(await (await pages.request(location)).text()).not.toMatch(/<script>alert|alert\(1\)/);
  });

  test('of one browser does not work in another', async () => {
    const [mine, attacker] = [openPages(stack.appUrl), openPages(stack.appUrl)];
    const login = await attacker.request('/login');
    const callback = await approve(login.headers.get('location') ?? '', { account: 'ben' });
    await mine.request(callback.pathname + callback.search);
    expect([...mine.cookies.keys()]).not.toContain('wos-session');
  });
});

describe('caches', () => {
  test.each([
    ...PAGES.map((page) => page.path),
    '/clients/live',
    '/clients/export',
    '/login',
    '/nothing-here',
  ])('%s with a person in it is private and stored by nobody', async (path) =>
    expect((await ada.request(path)).headers.get('cache-control')).toMatch(/private.*no-store/),
  );

  test.each(['/clients', '/clients/AAAAAAAAAAAAAAAAAAAAAA'])(
    '%s signed out leads to sign-in, and back',
    async (path) => {
      const response = await openPages(stack.appUrl).request(path);
      expect([response.status, response.headers.get('location')]).toEqual([
        307,
        `/login?returnTo=${encodeURIComponent(path)}`,
      ]);
    },
  );

  test.each([
    '/clients/live',
    '/clients/export',
    '/clients/AAAAAAAAAAAAAAAAAAAAAA/export',
    '/clients/AAAAAAAAAAAAAAAAAAAAAA/logo',
  ])('%s signed out is 401', async (path) =>
    expect((await openPages(stack.appUrl).request(path)).status).toBe(401),
  );
});
