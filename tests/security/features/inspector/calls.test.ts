import { describe, expect, test } from 'vitest';
import { callRequest } from '#features/inspector/call-messages.ts';
import { callRoute } from '#features/inspector/server/call-route.ts';
import { beginCall } from '#features/inspector/server/live-calls.ts';
import { seal, unseal } from '#features/inspector/server/seal.ts';
import { readSession, writeSession } from '#features/inspector/server/session.ts';
import { callServer } from '#tests/unit/features/inspector/call.ts';
import { ada, ben, startBrowser, userWith } from './browser.ts';
import { DOCUMENT_CLIENT, SERVER, targetWith, type World } from './hostile-server.ts';

async function browser(change: World = {}, user = ada) {
  const tab = await startBrowser(change);
  return { ...tab, context: tab.as(user), values: tab.jar().values };
}

const parsed = (headers: { name: string; value: string }[]) =>
  callRequest.safeParse({
    server: SERVER,
    authorization: { kind: 'headers', headers },
    operation: { kind: 'view' },
    timeoutSeconds: 5,
  }).success;

describe('headers that a person enters', () => {
  test.each([
    ...['Host', 'cookie', 'Connection', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'],
    ...['Content-Length', 'Expect', 'Proxy-Authorization', 'Accept-Encoding', 'Mcp-Session-Id', 'MCP-Method'],
    ...['Mcp-Param-x', 'Content-Type', '', 'a b', 'a:b', 'a\r\nb', 'é'],
  ])('are refused with the name %j', (name) => {
    expect(parsed([{ name, value: 'x' }])).toBe(false);
  });

  test.each(['', 'a\r\nX-Evil: 1', 'a\nb', 'a\u0000', ' a', 'a ', 'é', 'x'.repeat(9_000)])(
    'are refused with the value %j',
    (value) => {
      expect(parsed([{ name: 'x-api-key', value }])).toBe(false);
    },
  );

  test('are accepted otherwise, and at most twenty', () => {
    expect(parsed([{ name: 'X-Api-Key', value: 'a b' }])).toBe(true);
    expect(parsed(Array.from({ length: 21 }, () => ({ name: 'x', value: 'y' })))).toBe(false);
  });
});

describe('credentials that a person enters', () => {
  const [token, value] = ['bearer-canary-1', 'header-canary-2'];
  const echo: World = {
    'mcp.example.com/mcp': () => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer error="${token}"`, 'x-echo': `${token} ${value}` },
      body: { seen: token, also: [value], hex: Buffer.from(token).toString('hex') },
    }),
  };

  test('as a token are sent, and are in no event and no cookie', async () => {
    await using tab = await browser(echo);
    const authorization = { kind: 'bearer', token } as const;
    const { events, outcome } = await callServer(tab.context, { server: SERVER, authorization });
    expect(outcome.findings.map(({ id }) => id)).toEqual(['access-refused']);
    expect(tab.world.reached.requests).toBe(1);
    const shown = JSON.stringify(events);
    for (const secret of [token, Buffer.from(token).toString('hex')]) expect(shown).not.toContain(secret);
    expect([...tab.values]).toEqual([]);
  });

  test('as headers are sent, and are in no event and no cookie, however short', async () => {
    await using tab = await browser(echo);
    const headers = [
      { name: 'X-Tenant', value },
      { name: 'Authorization', value: `Basic ${token}` },
      { name: 'X-Pin', value: 'q1w2' },
    ];
    const { events } = await callServer(tab.context, {
      server: SERVER,
      authorization: { kind: 'headers', headers },
    });
    const shown = JSON.stringify(events);
    expect(shown).toContain('"x-pin"');
    for (const secret of [token, value, 'q1w2']) expect(shown).not.toContain(secret);
    expect([...tab.values]).toEqual([]);
  });
});

describe('a call', () => {
  test.each([
    'http://mcp.example.com/mcp',
    'https://127.0.0.1/mcp',
    'https://169.254.169.254/latest',
    'https://[::1]/mcp',
    'https://mcp.example.com:8443/mcp',
    'https://user:pw@mcp.example.com/mcp',
    'http://localhost:3000/mcp',
    'file:///etc/passwd',
    'nonsense',
  ])('to %s dials nothing, with any authorization', async (server) => {
    await using tab = await browser();
    for (const authorization of [{ kind: 'none' }, { kind: 'bearer', token: 'x' }] as const) {
      const { outcome } = await callServer(tab.context, { server, authorization });
      expect(outcome.result).toBeUndefined();
      expect(outcome.findings.length).toBe(1);
    }
    expect(tab.world.forbidden.connections).toBe(0);
    expect(tab.world.reached.connections).toBe(0);
  });

  test('follows no redirect, and takes no credentials along', async () => {
    await using tab = await browser({
      'mcp.example.com/mcp': { status: 307, headers: { location: 'https://other.example.com/mcp' } },
    });
    const authorization = { kind: 'bearer', token: 'bearer-canary-1' } as const;
    const { outcome } = await callServer(tab.context, { server: SERVER, authorization });
    expect(outcome.findings.map(({ id }) => id)).toEqual(['redirected']);
    expect(tab.world.reached.requests).toBe(1);
  });

  test('of more than two megabytes is refused', async () => {
    await using tab = await browser({
      'mcp.example.com/mcp': {
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: `: ${'x'.repeat(3_000_000)}`,
      },
    });
    const { outcome } = await callServer(tab.context, { server: SERVER, authorization: { kind: 'none' } });
    expect(outcome.findings[0]?.observed).toMatch(/larger/);
  });

  test('is refused while the person has six, and possible when one has ended', async () => {
    await using tab = await browser({}, userWith('user_busy'));
    const ends = Array.from({ length: 6 }, () => beginCall('user_busy'));
    const send = () =>
      callRoute(
        new Request('https://app.example.com/inspector/api/call', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            server: SERVER,
            authorization: { kind: 'session' },
            operation: { kind: 'view' },
            timeoutSeconds: 5,
          }),
        }),
        tab.context,
      );
    const refused = await send();
    expect([refused.status, await refused.json()]).toEqual([429, { refused: 'too_many_requests' }]);
    ends[0]?.();
    expect(await (await send()).text()).toContain('session-expired');
    // That call has ended too.
    expect(await (await send()).text()).toContain('session-expired');
    for (const end of ends) end?.();
  });
});

describe('an answer to a question of a server', () => {
  test('is sent only to that server, and only by that person', async () => {
    await using tab = await browser();
    const reply = { serverUrl: SERVER, requestId: 7 };
    const sealed = await seal(tab.context, reply, { kind: 'reply', lifetimeSeconds: 60 });
    const answer = { kind: 'answer', reply: sealed, action: 'accept', content: {} } as const;
    const authorization = { kind: 'none' } as const;
    const elsewhere = await callServer(tab.context, {
      server: 'https://other.example.com/mcp',
      authorization,
      operation: answer,
    });
    expect(elsewhere.outcome.findings.map(({ id }) => id)).toEqual(['question-expired']);
    const byBen = await callServer(tab.as(ben), { server: SERVER, authorization, operation: answer });
    expect(byBen.outcome.findings.map(({ id }) => id)).toEqual(['question-expired']);
    expect(tab.world.reached.requests).toBe(0);
    expect(await unseal(tab.context, sealed, 'session')).toBeUndefined();
  });
});

describe('sessions at several servers', () => {
  const session = (serverUrl: string) => ({
    target: targetWith({ serverUrl, resource: serverUrl }),
    client: DOCUMENT_CLIENT,
    requested: ['openid'],
    tokens: { accessToken: 'a'.repeat(1_200), refreshToken: 'r'.repeat(60) },
  });
  const urlOf = (index: number) => `https://mcp${index}.example.com/mcp`;

  test('are kept side by side, the newest, in cookies that servers accept', async () => {
    await using tab = await browser();
    for (let index = 1; index <= 9; index++) await writeSession(tab.context, session(urlOf(index)));
    expect([...tab.values].flat().join('').length).toBeLessThan(11_500);
    const kept = await Promise.all([7, 8, 9].map((index) => readSession(tab.context, urlOf(index))));
    expect(kept.map((each) => each?.target.serverUrl)).toEqual([urlOf(7), urlOf(8), urlOf(9)]);
    expect(await readSession(tab.context, urlOf(1))).toBeUndefined();
  });

  test('are used for no other server', async () => {
    await using tab = await browser();
    await writeSession(tab.context, session(SERVER));
    const { outcome } = await callServer(tab.context, { server: 'https://other.example.com/mcp' });
    expect(outcome.findings.map(({ id }) => id)).toEqual(['session-expired']);
    expect(tab.world.reached.requests).toBe(0);
  });
});
