import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { resourceUrl } from '#lib/config/urls.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { RevocationUnavailableError, revokeConnection } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { connections } from '#lib/db/schema.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { mcpHandler } from '#lib/mcp/server.ts';
import { callerOf } from '#tests/support/caller.ts';
import { mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

const CALLS_PER_MINUTE = 3;
const FORGED_PER_MINUTE = 4;
const ORIGIN = 'http://localhost:6274';

let issuer: TestIssuer;
let url: string;

beforeAll(async () => {
  issuer = await startIssuer();
  const settings = stubConfiguration({
    AUTHKIT_DOMAIN: issuer.url,
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_PORT: new URL(issuer.url).port,
    WORKOS_API_HTTPS: 'false',
    MCP_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    MCP_CONCURRENT_CALLS_PER_CONNECTION: '1',
    MCP_FAILED_AUTH_PER_MINUTE: String(FORGED_PER_MINUTE),
    // Lets a test choose the client IP.
    TRUSTED_PROXY_HOPS: '1',
  });
  url = resourceUrl(settings);
  await db();
});
afterAll(() => issuer.close());

const background: unknown[] = [];
const after = (task: () => unknown) => void background.push(task());

/** A handler that only answers. */
const answering = (fetch: () => Response | Promise<Response>) =>
  ({ fetch: async () => fetch() }) as unknown as McpHttpHandler;
const ok = answering(() => Response.json({ jsonrpc: '2.0', id: 1, result: {} }));

type Changes = { method?: string; body?: string; headers?: Record<string, string>; claims?: object };

/** Sends a request that passes every check, with these changes; an empty header is left out. */
async function send({ method = 'POST', body, headers, claims }: Changes, handler = ok): Promise<Response> {
  const message = mcpMessage('tools/list');
  const all = new Headers({
    ...message.headers,
    host: new URL(url).host,
    origin: ORIGIN,
    authorization: `Bearer ${await issuer.token({ sub: crypto.randomUUID(), ...claims })}`,
    ...headers,
  });
  for (const [name, value] of [...all]) if (value === '') all.delete(name);
  const sent = method === 'POST' ? (body ?? message.body) : null;
  return handleMcp(new Request(url, { method, headers: all, body: sent }), after, handler);
}

const statusOf = async (changes: Changes) => (await send(changes)).status;

test('a request that passes every check is passed to the handler', async () => {
  expect(await statusOf({})).toBe(200);
});

test.each<[number, string, Changes]>([
  [
    403,
    'another origin, before the missing token',
    { headers: { origin: 'https://x.example', authorization: '' } },
  ],
  [403, 'another host, before the missing token', { headers: { host: 'x.example', authorization: '' } }],
  [401, 'no token, before the media type', { headers: { authorization: '', 'content-type': 'text/plain' } }],
  [401, 'no token, before the method', { method: 'GET', headers: { authorization: '' } }],
  [
    415,
    'another media type, before the bad token',
    { headers: { authorization: 'Bearer x', 'content-type': 'text/plain' } },
  ],
  [401, 'a bad token, before the body', { headers: { authorization: 'Bearer x' }, body: '{' }],
  [401, 'a bad token, before the method', { method: 'GET', headers: { authorization: 'Bearer x' } }],
  [405, 'another method', { method: 'GET' }],
  [400, 'a body that is not JSON, before the missing scope', { body: '{', claims: { scope: '' } }],
  [403, 'a token without the base scopes', { claims: { scope: '' } }],
])('%i is the answer to %s', async (status, _what, changes) => {
  expect(await statusOf(changes)).toBe(status);
});

test('429 is the answer to a call beyond the limit of its connection, before its body is read', async () => {
  const claims = { sub: 'busy' };
  for (let call = 0; call < CALLS_PER_MINUTE; call++) expect(await statusOf({ claims })).toBe(200);
  expect(await statusOf({ claims, body: '{' })).toBe(429);
});

test('a connection with the most concurrent calls gets 429 until one of them is answered', async () => {
  const claims = { sub: 'concurrent' };
  const { promise, resolve } = Promise.withResolvers<Response>();
  const reached = Promise.withResolvers<void>();
  const first = send(
    { claims },
    answering(() => {
      reached.resolve();
      return promise;
    }),
  );
  await reached.promise;
  expect(await statusOf({ claims })).toBe(429);
  resolve(Response.json({}));
  expect((await first).status).toBe(200);
  expect(await statusOf({ claims })).toBe(200);
});

describe('tokens of many clients from one address', () => {
  const from = (address: string, token?: string) => ({
    headers: { 'x-forwarded-for': address, ...(token && { authorization: `Bearer ${token}` }) },
  });
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;

  test('a flood of forged tokens gets 429, and a valid token that is new is accepted during it', async () => {
    const [header, claims] = (await issuer.token()).split('.');
    const forged = [
      (n: number) => `not-a-token-${n}`,
      (n: number) => `${header}.${claims}.${'A'.repeat(342 - String(n).length)}${n}`,
    ];
    for (const [index, make] of forged.entries()) {
      const address = `192.0.2.${index}`;
      for (let n = 0; n < FORGED_PER_MINUTE; n++) expect(await statusOf(from(address, make(n)))).toBe(401);
      expect(await statusOf(from(address, make(9)))).toBe(429);
      expect(await statusOf(from(address))).toBe(200);
    }
  });

  test.each([
    ['that have expired', { iat: hourAgo, exp: hourAgo + 60 }],
    ['for another server', { aud: 'https://other.example/mcp' }],
    ['without a subject', { sub: '' }],
  ])('tokens of the issuer %s get the challenge however many there are', async (_what, claims) => {
    const address = `198.51.100.${Object.keys(claims).length}`;
    for (let n = 0; n < 2 * FORGED_PER_MINUTE; n++) {
      const token = await issuer.token({ jti: String(n), ...claims });
      expect(await statusOf(from(address, token))).toBe(401);
    }
  });
});

describe('a person with many clients', () => {
  const by = (sub: string, client: number) => ({
    claims: { sub, client_id: `https://c${client}.example/id` },
  });

  test('may make twice the calls of one client in a minute, and other people are not affected', async () => {
    const statuses: number[] = [];
    for (let client = 0; client < 3; client++)
      for (let call = 0; call < CALLS_PER_MINUTE; call++) statuses.push(await statusOf(by('many', client)));
    expect(statuses).toEqual([
      ...Array(2 * CALLS_PER_MINUTE).fill(200),
      ...Array(CALLS_PER_MINUTE).fill(429),
    ]);
    expect(await statusOf(by('other', 0))).toBe(200);
  });

  test('is left a share of calls by a client that exceeds its own limit', async () => {
    for (let call = 0; call < 4 * CALLS_PER_MINUTE; call++) await send(by('share', 0));
    expect(await statusOf(by('share', 1))).toBe(200);
  });

  test('may have twice the running calls of one client', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let started = 0;
    const slow = answering(() => {
      started++;
      return promise.then(() => Response.json({}));
    });
    const running = [send(by('wide', 0), slow), send(by('wide', 1), slow)];
    await expect.poll(() => started).toBe(2);
    const refused = await send(by('wide', 2));
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([
      429,
      '"concurrent-calls";q=2',
    ]);
    expect(await statusOf(by('narrow', 0))).toBe(200);
    resolve();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await statusOf(by('wide', 3))).toBe(200);
  });
});

describe('the challenge is the answer to a revoked connection', () => {
  const claims = {
    sub: 'user_revoked',
    client_id: 'https://client.example/id.json',
    sid: 'consent',
    // Issued before the revocation.
    iat: Math.floor(Date.now() / 1000) - 60,
  };
  const revoked = (changes: Changes = {}) => send({ claims, ...changes });

  beforeAll(async () => {
    expect((await revoked()).status).toBe(200);
    await Promise.all(background);
    const caller = callerOf({
      issuer: issuer.url,
      subject: claims.sub,
      clientId: claims.client_id,
      sessionId: claims.sid,
    });
    await revokeConnection({ userId: claims.sub, connectionId: connectionKey(caller), by: 'test' });
  });

  test('is refused with 401 for a valid and for a malformed body', async () => {
    expect((await revoked()).status).toBe(401);
    expect((await revoked({ body: '{' })).status).toBe(401);
  });

  test('is refused with 401 and not 429 beyond its call limit', async () => {
    for (let call = 0; call < CALLS_PER_MINUTE; call++) await revoked();
    const response = await revoked();
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

test('a call whose limits cannot be read gets 503 and is not recorded, because its client sends it again', async () => {
  const { denylist } = processContext();
  const ready = vi.spyOn(denylist, 'ready');
  const claims = { sub: 'user_again', client_id: 'https://again.example/id.json' };
  const recorded = async () => {
    await Promise.all(background);
    await flushActivity(5_000);
    const where = eq(connections.clientId, claims.client_id);
    return (await (await db()).select().from(connections).where(where)).map(({ calls }) => calls);
  };
  const list = () => send({ claims }, mcpHandler());
  expect((await list()).status).toBe(200);
  expect(await recorded()).toEqual([1]);
  // The first look is for revocation, the second one for limits.
  ready
    .mockImplementationOnce(() => undefined)
    .mockImplementationOnce(() => Promise.reject(new RevocationUnavailableError('timeout')));
  expect((await list()).status).toBe(503);
  expect(await recorded()).toEqual([1]);
  ready.mockRestore();
  expect((await list()).status).toBe(200);
  expect(await recorded()).toEqual([2]);
});

test('every response to an allowed origin has CORS headers, a request id and no-store', async () => {
  const breaking = answering(() => {
    throw new Error('unexpected');
  });
  const responses = await Promise.all([
    send({}),
    send({ method: 'OPTIONS' }),
    send({ method: 'GET' }),
    send({ headers: { authorization: '' } }),
    send({ body: '{' }),
    send({}, breaking),
  ]);
  expect(responses.map(({ status }) => status)).toEqual([200, 204, 405, 401, 400, 500]);
  for (const { headers } of responses) {
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('x-request-id')).toMatch(/./);
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('no response is stored by a cache, with or without an origin', async () => {
  for (const headers of [{ origin: '' }, { origin: ORIGIN }])
    for (const response of await Promise.all([
      send({ headers }),
      send(
        { headers },
        answering(() => new Response('event: message\n\n')),
      ),
      send({ headers: { ...headers, authorization: 'Bearer x' } }),
      send({ headers, claims: { scope: '' } }),
    ]))
      expect(response.headers.get('cache-control')).toBe('no-store');
});

test('an unexpected error is answered with 500 and the request id, and its cause is only logged', async () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const response = await send(
    {},
    answering(() => {
      throw new Error('secret cause');
    }),
  );
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).toContain(String(response.headers.get('x-request-id')));
  expect(text).not.toContain('secret');
  expect(lines.join('')).toContain('secret cause');
});
