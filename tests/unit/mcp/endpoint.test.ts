import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { resourceUrl } from '#lib/config/urls.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { callerOf } from '#tests/support/caller.ts';
import { mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';

const CALLS_PER_MINUTE = 3;
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
