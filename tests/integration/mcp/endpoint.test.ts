import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler } from '#lib/mcp/server.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { tools } from '#tests/support/tools.ts';

const FULL: JWTPayload = {
  client_id: 'https://client.example/id.json',
  scope: 'openid profile email',
  permissions: ['connections:revoke'],
};

let issuer: TestIssuer;
let url: string;
const background: Promise<void>[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
  url = resourceUrl(stubConfiguration({ AUTHKIT_DOMAIN: issuer.url }));
  await db();
});

afterAll(async () => {
  await Promise.all(background);
  await issuer.close();
});

const handler = createHandler(tools);

/** Calls the endpoint as Next does, without a port. */
const direct: typeof fetch = (input, init) => {
  const request = new Request(input, init);
  request.headers.set('host', new URL(request.url).host);
  const after = (task: () => void | Promise<void>) => void background.push(Promise.resolve().then(task));
  return handleMcp(request, after, handler);
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
    expect(names).toContain('identity');
    expect(names).not.toContain('revoke');
    const result = await client.callTool({ name: 'identity', arguments: {} });
    expect(result.structuredContent).toMatchObject({
      subject: 'user_ada',
      clientId: null,
      scopes: ['openid', 'profile'],
    });
    await client.close();
  });

  it('sees a tool that needs a permission when the role has it', async () => {
    const client = await connect(era, FULL);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('revoke');
    await client.close();
  });

  it('gets progress notifications', async () => {
    const client = await connect(era);
    const seen: number[] = [];
    const result = await client.callTool(
      { name: 'slow', arguments: { steps: 3, stepMilliseconds: 1 } },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    expect(result.structuredContent).toEqual({ steps: 3 });
    expect(seen).toEqual([1, 2, 3]);
    await client.close();
  });

  it('is offered tools only by a server without prompts and resources', async () => {
    const client = await connect(era);
    expect(client.getServerCapabilities()).toEqual({ tools: expect.anything() });
    await client.close();
  });
});

describe('a request without credentials', () => {
  it.each(['GET', 'POST', 'DELETE', 'PUT'])('by %s gets the challenge', async (method) => {
    const response = await direct(url, { method });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer resource_metadata="${issuer.config.appUrl}/.well-known/oauth-protected-resource/mcp", scope="openid profile offline_access"`,
    );
  });

  it('is refused with a token in the query or the body', async () => {
    const token = await issuer.token();
    const response = await direct(`${url}?access_token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `access_token=${token}`,
    });
    expect(response.status).toBe(401);
  });
});

describe('a request with a valid token', () => {
  it.each(['GET', 'DELETE', 'PUT', 'PATCH'])(
    'by %s is refused with 405 and the allowed methods',
    async (method) => {
      const response = await direct(url, {
        method,
        headers: { authorization: `Bearer ${await issuer.token()}` },
      });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    },
  );

  it('that calls a tool with more scopes is refused with 403 and all scopes', async () => {
    const authorization = `Bearer ${await issuer.token({ scope: 'openid profile' })}`;
    const response = await post(call('scoped'), { authorization });
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="openid profile email offline_access"');
    expect(challenge).toContain('resource_metadata=');
    const { error_description: description } = await response.json();
    expect(description).toBe('scoped needs the scope email: connect again and allow it');
    expect(challenge).toContain(`error_description="${description}"`);
  });

  it('that has no scope claim gets a tool error instead of a step-up that it cannot satisfy', async () => {
    const response = await post(call('scoped'));
    expect([response.status, response.headers.has('www-authenticate')]).toEqual([200, false]);
    const { result } = await response.json();
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain('the scope "email"');
  });

  it.each([
    { scope: '' },
    { scope: 'openidprofile' },
    { scope: ['openid', 'profile'] },
    { scope: 'profile' },
  ])('that lacks a base scope is refused with 403: %j', async (claims) => {
    const token = await issuer.token(claims);
    const response = await post(call('identity'), { authorization: `Bearer ${token}` });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('scope="openid profile offline_access"');
  });

  it('that calls a tool without its permission gets a tool error that names the permission', async () => {
    const text = await (await post(call('revoke', { id: 'x' }))).text();
    expect(text).toContain('connections:revoke');
    expect(text).toContain('"isError":true');
  });

  it('that calls an unknown tool gets an error that names the tool', async () => {
    expect(await (await post(call('nothing'))).text()).toContain('nothing');
  });

  it('that passes an unknown argument is answered like one without it', async () => {
    const { result } = await (await post(call('store', { text: 'a', colour: 'red' }))).json();
    expect(result.structuredContent).toEqual({ text: 'a' });
  });
});

describe('a request from a browser', () => {
  it('from an allowed origin may read the challenge', async () => {
    const response = await direct(url, { method: 'POST', headers: { origin: 'http://localhost:6274' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    const preflight = await direct(url, { method: 'OPTIONS', headers: { origin: 'http://localhost:6274' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  it('from another origin is refused with 403, also with a token', async () => {
    expect((await post(call('identity'), { origin: 'https://evil.example' })).status).toBe(403);
    expect((await direct(url, { method: 'OPTIONS', headers: { origin: 'null' } })).status).toBe(403);
  });
});

describe('keys and expiry', () => {
  it('a cached token is refused once it has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const token = await issuer.token({ iat: now, exp: now + 60 });
    const authorization = `Bearer ${token}`;
    expect((await post(call('identity'), { authorization })).status).toBe(200);
    vi.useFakeTimers({ now: (now + 90) * 1000, toFake: ['Date'] });
    try {
      expect((await post(call('identity'), { authorization })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a token by the old key is accepted after a rotation', async () => {
    const old = await issuer.token();
    await issuer.rotate();
    expect((await post(call('identity'), { authorization: `Bearer ${old}` })).status).toBe(200);
  });

  it('a token by the new key is accepted when the keys may be fetched again', async () => {
    const token = await issuer.token();
    vi.useFakeTimers({ now: Date.now() + 11_000, toFake: ['Date'] });
    try {
      expect((await post(call('identity'), { authorization: `Bearer ${token}` })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a cached token is refused once the fetched keys no longer include its key', async () => {
    const now = Math.floor(Date.now() / 1000);
    const long = () => issuer.token({ iat: now, exp: now + 3600 });
    const status = async (token: string) =>
      (await post(call('identity'), { authorization: `Bearer ${token}` })).status;
    vi.useFakeTimers({ now: (now + 30) * 1000, toFake: ['Date'] });
    try {
      const first = await long();
      expect([await status(first), await status(first)]).toEqual([200, 200]);
      await issuer.rotate(false);
      expect(await status(first)).toBe(200);
      // A token by another key makes the endpoint fetch the keys.
      const second = await long();
      expect([await status(second), await status(second)]).toEqual([200, 200]);
      expect(await status(first)).toBe(401);
      // So does the maximum age of the keys.
      await issuer.rotate(false);
      vi.setSystemTime((now + 700) * 1000);
      expect(await status(second)).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });
});
