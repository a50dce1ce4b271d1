import { beforeAll, describe, expect, test } from 'vitest';
import { sessionCookie } from '#features/inspector/server/sealed-cookies.ts';
import { openPages, type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { rawRequest } from '#tests/support/raw-http.ts';
import { callServerAction, serverActionIds } from '#tests/support/server-action.ts';
import { type SharedStack, sharedStack } from '#tests/support/shared-stack.ts';

const SERVER = 'https://mcp.example.com/mcp';
/** The Server Actions of the inspector, each with arguments that it accepts. */
const ACTIONS: [string, unknown[]][] = [
  ['signInToServer', [{ as: 'document', offer: 'x' }]],
  ['finishSignIn', []],
  ['refresh', [{ server: SERVER }]],
  ['keepTokens', [{ server: SERVER }]],
  ['disconnect', [{ server: SERVER }]],
];
const SESSION_COOKIE = `${sessionCookie(SERVER).name}.0`;
const path = '/inspector';

let stack: SharedStack;
let ada: PageSession;

beforeAll(async () => {
  stack = await sharedStack();
  ada = await signInToPages(stack.appUrl, 'ada');
});

/** Calls an action from our own page, with a session cookie that `disconnect` would delete. */
const act = (
  pages: PageSession,
  action: string,
  args: readonly unknown[],
  { origin = stack.appUrl, headers = {} }: { origin?: string; headers?: Record<string, string> } = {},
) => callServerAction(pages, { path, action, args, origin, headers });

/** Cookies of the inspector that a response sets or deletes. */
const inspectorCookies = (headers: Headers) =>
  headers.getSetCookie().filter((line) => line.startsWith('inspector-'));

describe.each(ACTIONS)('the Server Action %s', (action, args) => {
  test.each([
    ['another site', 'https://evil.example'],
    ['a host that starts like ours', 'http://localhost.evil.example'],
    ['another port', 'http://localhost:1'],
    ['https', 'https://localhost'],
    ['a sandboxed frame', 'null'],
    ['an empty origin', ''],
  ])('is refused from %s', async (_from, origin) => {
    const forwarded: Record<string, string>[] = [
      {},
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-host': 'null' },
      { forwarded: 'host=evil.example' },
    ];
    for (const headers of forwarded) {
      const response = await act(ada, action, args, { origin, headers });
      expect(response.status).toBe(403);
      expect(inspectorCookies(response.headers)).toEqual([]);
    }
  });

  test('is refused without an Origin', async () => {
    const { status } = await callServerAction(ada, { path, action, args, origin: undefined });
    expect(status).toBe(403);
  });

  test('is refused without a session, and sets no cookie', async () => {
    const cookie = `${SESSION_COOKIE}=x`;
    for (const headers of [{ cookie }, { cookie: `${cookie}; wos-session=x` }]) {
      const response = await act(openPages(stack.appUrl), action, args, { headers });
      expect(response.text).toContain('"refused":"signed_out"');
      expect(inspectorCookies(response.headers)).toEqual([]);
    }
  });

  test('is refused without a session on a path that the proxy does not handle', async () => {
    const pages = openPages(stack.appUrl);
    const response = await callServerAction(pages, { path: '/x.png', action, args, origin: stack.appUrl });
    expect(response.text).not.toMatch(/"exchanges"/);
    expect(inspectorCookies(response.headers)).toEqual([]);
  });

  test('answers our own page, without storing the response', async () => {
    const response = await act(ada, action, args);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.text).not.toContain('"refused"');
  });

  test('runs by no other media type, and by no GET', async () => {
    const { cookies } = ada;
    const session = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const id = serverActionIds().get(action) ?? '';
    const send = async (headers: Record<string, string>, body: string) => {
      const response = await fetch(`${stack.appUrl}${path}`, {
        method: 'POST',
        headers: {
          ...session,
          cookie: `${session.cookie}; ${SESSION_COOKIE}=x`,
          origin: stack.appUrl,
          ...headers,
        },
        body,
      });
      expect(await response.text()).not.toMatch(/"exchanges":/);
      expect(inspectorCookies(response.headers)).toEqual([]);
    };
    const body = JSON.stringify(args);
    await send({ 'content-type': 'application/json' }, body);
    await send({ 'content-type': 'text/plain' }, body);
    await send({ 'next-action': id, 'content-type': 'application/x-www-form-urlencoded' }, `0=${body}`);
    const response = await ada.request(path, { headers: { 'next-action': id } });
    expect(inspectorCookies(response.headers)).toEqual([]);
  });
});

test('an action works behind a reverse proxy that rewrites Host', async () => {
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = [
    ['Host', 'internal.example:8080'],
    ['X-Forwarded-Host', 'internal.example'],
    ['Origin', stack.appUrl],
    ['Next-Action', serverActionIds().get('refresh') ?? ''],
    ['Content-Type', 'text/plain;charset=UTF-8'],
    ['Cookie', cookie],
  ] as const;
  const body = JSON.stringify([{ server: SERVER }]);
  const answer = await rawRequest(stack.appUrl, { method: 'POST', target: path, headers, body });
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('session-expired');
});

describe('arguments that no page of ours sends', () => {
  const WITH_ARGUMENTS = ACTIONS.flatMap(([action, args]) => (args.length > 0 ? [action] : []));

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', [['x']]],
    ['another kind of client', { as: 'owner', offer: 'x' }],
    ['an offer that is an object', { as: 'document', offer: {} }],
    ['a server that is a list', { server: ['http://localhost'] }],
    ['a server that is very long', { server: 'x'.repeat(3_000) }],
    ['an empty client ID', { as: 'entered', offer: 'x', clientId: '' }],
  ])('are refused: %s', async (_what, argument) => {
    for (const action of WITH_ARGUMENTS) {
      const { status, text } = await act(ada, action, argument === undefined ? [] : [argument]);
      expect(status).toBe(200);
      expect([action, text]).toEqual([action, expect.stringContaining('"refused":"invalid_request"')]);
    }
  });

  test('larger than a megabyte are refused', async () => {
    const { status, text } = await act(ada, 'refresh', [{ server: 'x'.repeat(1_100_000) }]);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/"exchanges"|node_modules|\n\s+at /);
  });
});

const CALL = { server: SERVER, authorization: { kind: 'none' }, timeoutSeconds: 5 };

describe.each(['/inspector/api/run', '/inspector/api/call'])('the route %s', (route) => {
  test.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['null', 'null'],
    ['a URL that is a list', '{"url":["http://localhost"]}'],
    ['a URL with a NUL', '{"url":"http://localhost/\\u0000"}'],
    ['a URL that is half a letter', '{"url":"\\ud800"}'],
    ['deep nesting', `{"url":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`],
    ['300 KB', JSON.stringify({ url: 'x'.repeat(300_000) })],
    [
      'deep arguments',
      `{"server":"x","authorization":{"kind":"session"},"timeoutSeconds":5,"operation":{"kind":"tool","name":"x","arguments":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_001)}`,
    ],
    [
      'a definition that is no tool',
      JSON.stringify({
        ...CALL,
        operation: { kind: 'tool', name: 'x', arguments: {}, definition: { a: 1 } },
      }),
    ],
    ['an unknown operation', JSON.stringify({ ...CALL, operation: { kind: 'constructor' } })],
    [
      'a refused header',
      JSON.stringify({
        ...CALL,
        operation: { kind: 'view' },
        authorization: { kind: 'headers', headers: [{ name: 'Host', value: 'internal.example' }] },
      }),
    ],
  ])('answers %s with no server error', async (_what, body) => {
    const response = await ada.request(route, {
      method: 'POST',
      headers: { origin: stack.appUrl, 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toMatch(/node_modules|\n\s+at /);
  });

  test.each(['https://evil.example', 'null', ''])('is refused from the origin %j', async (origin) => {
    const run = async (type: string) => {
      const response = await ada.request(route, {
        method: 'POST',
        headers: { origin, 'content-type': type },
        body: JSON.stringify({ ...CALL, url: `${stack.appUrl}/mcp`, operation: { kind: 'view' } }),
      });
      return [response.status, /This is not the MCP endpoint|only be sent/.exec(await response.text())?.[0]];
    };
    expect(await run('application/json')).toEqual([404, 'This is not the MCP endpoint']);
    expect(await run('text/plain')).toEqual([403, 'only be sent']);
  });

  test('is refused without a session', async () => {
    const response = await openPages(stack.appUrl).request(route, {
      method: 'POST',
      headers: { origin: stack.appUrl, 'content-type': 'application/json' },
      body: JSON.stringify({ ...CALL, url: `${stack.appUrl}/mcp`, operation: { kind: 'view' } }),
    });
    expect([response.status, await response.json()]).toEqual([401, { refused: 'signed_out' }]);
  });
});

test('a call without a session at the server ends in the finding that says so', async () => {
  const response = await ada.request('/inspector/api/call', {
    method: 'POST',
    headers: { origin: stack.appUrl, 'content-type': 'application/json' },
    body: JSON.stringify({ ...CALL, authorization: { kind: 'session' }, operation: { kind: 'view' } }),
  });
  expect(await response.text()).toContain('session-expired');
  expect(response.headers.get('cache-control')).toContain('no-store');
});
