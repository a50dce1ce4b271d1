import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

const FULL: JWTPayload = {
  client_id: 'https://client.example/id.json',
  scope: 'openid profile email',
  permissions: ['connections:revoke'],
};

let issuer: TestIssuer;
let url: string;
const afterwards: Promise<void>[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
  vi.stubEnv('AUTHKIT_DOMAIN', issuer.url);
  vi.stubEnv('WORKOS_API_KEY', 'sk_test_issuer');
  vi.stubEnv('WORKOS_CLIENT_ID', 'client_test');
  vi.stubEnv('WORKOS_COOKIE_PASSWORD', 'only-for-tests-0123456789-abcdefgh');
  vi.stubEnv('DATABASE_URL', 'pglite:memory://');
  // Read now, because the stubbed variables are gone when the first test starts.
  url = resourceUrl(config());
});

afterAll(async () => {
  await Promise.all(afterwards);
  await issuer.close();
});

const serve = (request: Request) =>
  handleMcp(request, (task) => {
    afterwards.push(Promise.resolve().then(task));
  });

/** Calls the endpoint's function as Next does, without a port. */
const direct: typeof fetch = (input, init) => {
  const request = new Request(input, init);
  request.headers.set('host', new URL(request.url).host);
  return serve(request);
};

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return direct(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await issuer.token()}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function connect(era: 'auto' | 'legacy', claims?: JWTPayload): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: era } });
  const token = await issuer.token(claims);
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: direct,
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  return client;
}

const call = (name: string, args: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});

describe.each(['auto', 'legacy'] as const)('a client of the %s era', (era) => {
  it('lists the tools that the person may use, and calls one as that person', async () => {
    const client = await connect(era);
    const names = (await client.listTools()).tools.map((tool) => tool.name);
    expect(names).toContain('whoami');
    expect(names).not.toContain('revoke_connection');
    const result = await client.callTool({ name: 'whoami', arguments: {} });
    expect(result.structuredContent).toMatchObject({
      subject: 'user_ada',
      clientId: null,
      scopes: ['openid', 'profile'],
    });
    await client.close();
  });

  it('sees a tool that needs a permission once the role gives it', async () => {
    const client = await connect(era, FULL);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('revoke_connection');
    await client.close();
  });

  it('keeps notes that only their owner sees', async () => {
    const owner = await connect(era, { sub: `owner-${era}` });
    const stranger = await connect(era, { sub: `stranger-${era}` });
    const added = await owner.callTool({ name: 'add_note', arguments: { text: 'mine' } });
    const { note } = added.structuredContent as { note: { id: string } };
    const theirs = await stranger.callTool({ name: 'delete_note', arguments: { id: note.id } });
    expect(theirs.isError).toBe(true);
    expect((await stranger.callTool({ name: 'list_notes' })).structuredContent).toEqual({ notes: [] });
    expect((await owner.callTool({ name: 'list_notes' })).structuredContent).toMatchObject({
      notes: [{ text: 'mine' }],
    });
    const read = await owner.readResource({ uri: 'notes://newest' });
    expect(JSON.stringify(read.contents)).toContain('mine');
    expect(
      (await owner.callTool({ name: 'delete_note', arguments: { id: note.id } })).structuredContent,
    ).toEqual({ deleted: note.id });
    await Promise.all([owner.close(), stranger.close()]);
  });

  it('goes through notes a page at a time', async () => {
    const client = await connect(era, { sub: `pages-${era}` });
    for (const text of ['one', 'two', 'three'])
      await client.callTool({ name: 'add_note', arguments: { text } });
    const first = (await client.callTool({ name: 'list_notes', arguments: { limit: 2 } }))
      .structuredContent as { notes: { text: string }[]; nextCursor: string };
    expect(first.notes.map(({ text }) => text)).toEqual(['three', 'two']);
    const second = (
      await client.callTool({ name: 'list_notes', arguments: { limit: 2, cursor: first.nextCursor } })
    ).structuredContent;
    expect(second).toMatchObject({ notes: [{ text: 'one' }] });
    expect(second).not.toHaveProperty('nextCursor');
    await client.close();
  });

  it('is told of progress', async () => {
    const client = await connect(era);
    const seen: number[] = [];
    const result = await client.callTool(
      { name: 'countdown', arguments: { steps: 3, stepMilliseconds: 1 } },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    expect(result.structuredContent).toEqual({ steps: 3 });
    expect(seen).toEqual([1, 2, 3]);
    await client.close();
  });

  it('gets a prompt', async () => {
    const client = await connect(era);
    const prompt = await client.getPrompt({ name: 'review_notes', arguments: { focus: 'dates' } });
    expect(JSON.stringify(prompt.messages)).toContain('dates');
    await client.close();
  });
});

describe('a call without credentials', () => {
  it.each(['GET', 'POST', 'DELETE', 'PUT'])('by %s gets the challenge', async (method) => {
    const response = await direct(url, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${issuer.config.appUrl}/.well-known/oauth-protected-resource/mcp", scope="openid profile"`,
    );
  });

  it('does not get in with a token in the query or the body', async () => {
    const token = await issuer.token();
    const response = await direct(`${url}?access_token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `access_token=${token}`,
    });
    expect(response.status).toBe(401);
  });
});

describe('a call with a valid token', () => {
  it.each(['GET', 'DELETE', 'PUT', 'PATCH'])('by %s is 405 and says what is allowed', async (method) => {
    const response = await direct(url, {
      method,
      headers: { authorization: `Bearer ${await issuer.token()}` },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  });

  it('to a tool that needs more scopes is 403 with all of them', async () => {
    const response = await post(call('contact_card'));
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="openid profile email"');
    expect(challenge).toContain('resource_metadata=');
  });

  it.each([
    { scope: '' },
    { scope: 'openidprofile' },
    { scope: ['openid', 'profile'] },
    { scope: 'profile' },
  ])('that lacks a base scope is 403: %j', async (claims) => {
    const token = await issuer.token(claims);
    const response = await post(call('whoami'), { authorization: `Bearer ${token}` });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('scope="openid profile"');
  });

  it('to a tool that the role forbids is a tool error that names the permission', async () => {
    const text = await (await post(call('revoke_connection', { id: 'x' }))).text();
    expect(text).toContain('connections:revoke');
    expect(text).toContain('"isError":true');
  });

  it('to a tool that is not there says so', async () => {
    expect(await (await post(call('nothing'))).text()).toContain('nothing');
  });

  it('with an argument that the tool does not know names it', async () => {
    expect(await (await post(call('add_note', { text: 'a', colour: 'red' }))).text()).toContain('colour');
  });
});

describe('a call from a browser', () => {
  it('of an allowed origin may read the challenge', async () => {
    const response = await direct(url, { method: 'POST', headers: { origin: 'http://localhost:6274' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    const preflight = await direct(url, { method: 'OPTIONS', headers: { origin: 'http://localhost:6274' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  it('of a foreign origin is 403, with a token too', async () => {
    expect((await post(call('whoami'), { origin: 'https://evil.example' })).status).toBe(403);
    expect((await direct(url, { method: 'OPTIONS', headers: { origin: 'null' } })).status).toBe(403);
  });
});

describe('keys and clocks', () => {
  it('a remembered token stops at its expiry', async () => {
    const now = Math.floor(Date.now() / 1000);
    const token = await issuer.token({ iat: now, exp: now + 60 });
    const authorization = `Bearer ${token}`;
    expect((await post(call('whoami'), { authorization })).status).toBe(200);
    vi.useFakeTimers({ now: (now + 90) * 1000, toFake: ['Date'] });
    try {
      expect((await post(call('whoami'), { authorization })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a token by the old key works after a rotation', async () => {
    const old = await issuer.token();
    await issuer.rotate();
    expect((await post(call('whoami'), { authorization: `Bearer ${old}` })).status).toBe(200);
  });

  it('a token by the new key works once the keys may be fetched again', async () => {
    const token = await issuer.token();
    vi.useFakeTimers({ now: Date.now() + 11_000, toFake: ['Date'] });
    try {
      expect((await post(call('whoami'), { authorization: `Bearer ${token}` })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a remembered token stops with its key, as soon as the keys are fetched without it', async () => {
    const now = Math.floor(Date.now() / 1000);
    const long = () => issuer.token({ iat: now, exp: now + 3600 });
    const status = async (token: string) =>
      (await post(call('whoami'), { authorization: `Bearer ${token}` })).status;
    vi.useFakeTimers({ now: (now + 30) * 1000, toFake: ['Date'] });
    try {
      const first = await long();
      expect([await status(first), await status(first)]).toEqual([200, 200]);
      await issuer.rotate(false);
      expect(await status(first)).toBe(200);
      // A token by another key has them fetched.
      const second = await long();
      expect([await status(second), await status(second)]).toEqual([200, 200]);
      expect(await status(first)).toBe(401);
      // And so has time.
      await issuer.rotate(false);
      vi.setSystemTime((now + 700) * 1000);
      expect(await status(second)).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });
});
