import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { rows } from '#lib/db/rows.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler } from '#lib/mcp/server.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { tools } from '#tests/support/tools.ts';

const CALLS_PER_MINUTE = 10;
const RUNNING_CALLS = 6;

let issuer: TestIssuer;
let url: string;
const background: unknown[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
  const settings = stubConfiguration({
    AUTHKIT_DOMAIN: issuer.url,
    MCP_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    MCP_CONCURRENT_CALLS_PER_CONNECTION: String(RUNNING_CALLS),
  });
  url = resourceUrl(settings);
  await db();
});
afterAll(() => issuer.close());

const handler = createHandler(tools);

async function send(subject: string, body: unknown, headers: Record<string, string> = {}) {
  const request = new Request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      host: new URL(url).host,
      authorization: `Bearer ${await issuer.token({ sub: subject, scope: 'openid profile' })}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return handleMcp(request, (task) => void background.push(task()), handler);
}

const message = (method: string, params: object, id?: number) => ({ jsonrpc: '2.0', id, method, params });
const call = (id: number, name: string, args: object = {}) =>
  message('tools/call', { name, arguments: args }, id);
const store = (count: number) =>
  Array.from({ length: count }, (_, id) => call(id, 'store', { text: `${id}` }));

async function stored(subject: string): Promise<number> {
  const answer = await (await send(subject, call(1, 'stored'))).json();
  return answer.result.structuredContent.texts.length;
}

test('each message of a batch is answered and recorded like a call of its own', async () => {
  const response = await send('user_batch', [
    call(1, 'identity'),
    message('notifications/initialized', {}),
    call(2, 'scoped'),
    call(3, 'fail', { message: 'No luck.' }),
    message('tools/list', {}, 4),
    { jsonrpc: '2.0', id: 5 },
  ]);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  const answers = await response.json();
  expect(answers.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4, null]);
  const [identity, scoped, failed, list, invalid] = answers;
  expect(identity.result.structuredContent.subject).toBe('user_batch');
  expect(scoped.error.message).toContain('scope');
  expect(failed.result.isError).toBe(true);
  expect(list.result.tools.length).toBeGreaterThan(1);
  expect(invalid.error.code).toBe(-32600);

  await Promise.all(background);
  const recorded = await rows(
    await db(),
    sql`select method, tool, outcome, reason from activity
        where connection_id in (select id from connections where subject = 'user_batch')`,
  );
  expect(recorded).toHaveLength(6);
  for (const row of [
    { method: 'tools/call', tool: 'identity', outcome: 'allowed', reason: null },
    { method: 'notifications/initialized', tool: null, outcome: 'allowed', reason: null },
    { method: 'tools/call', tool: 'scoped', outcome: 'denied', reason: 'insufficient_scope' },
    { method: 'tools/call', tool: 'fail', outcome: 'failed', reason: 'tool_error' },
    { method: 'tools/list', tool: null, outcome: 'allowed', reason: null },
    { method: 'unknown', tool: null, outcome: 'failed', reason: 'protocol' },
  ])
    expect(recorded).toContainEqual(row);
});

test('a batch counts as many calls as it has messages, and none of them runs beyond the limit', async () => {
  expect((await send('user_rate', store(6))).status).toBe(200);
  const refused = await send('user_rate', store(5));
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit-policy')).toBe(`"calls";q=${CALLS_PER_MINUTE};w=60`);
  const texts = await rows<{ count: number }>(
    await db(),
    sql`select count(*)::int as count from test_texts where subject = 'user_rate'`,
  );
  expect(texts).toEqual([{ count: 6 }]);
});

test('a batch takes as many places as it has messages, and releases them', async () => {
  const refused = await send('user_places', store(RUNNING_CALLS + 1));
  expect(refused.status).toBe(429);
  expect(refused.headers.get('ratelimit-policy')).toBe(`"concurrent-calls";q=${RUNNING_CALLS}`);
  expect(await stored('user_places')).toBe(0);
  expect((await send('user_released', store(RUNNING_CALLS))).status).toBe(200);
  expect((await send('user_released', store(4))).status).toBe(200);
});

test.each(['2025-06-18', '2025-11-25', '2026-07-28'])('revision %s has no batches', async (version) => {
  const response = await send(`user_${version}`, store(2), { 'mcp-protocol-version': version });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    code: -32600,
    message: expect.stringContaining('one message'),
  });
  expect(await stored(`user_${version}`)).toBe(0);
});

test('revision 2025-03-26 has batches, of at least one message', async () => {
  const headers = { 'mcp-protocol-version': '2025-03-26' };
  expect(await (await send('user_named', store(1), headers)).json()).toHaveLength(1);
  expect((await send('user_named', [], headers)).status).toBe(400);
  expect((await send('user_named', [message('notifications/initialized', {})], headers)).status).toBe(202);
});

test('a client that accepts only streams gets the batch of responses in one', async () => {
  const response = await send('user_stream', store(2), { accept: 'text/event-stream' });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const data = /^data: (.*)$/m.exec(await response.text())?.[1] ?? '';
  expect(JSON.parse(data)).toHaveLength(2);
});
