import { expect, test } from 'vitest';
import type { ServerView } from '#features/inspector/server/server-view.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import { startSseServer } from '#tests/support/sse-server.ts';
import { callServer } from '../call.ts';
import { begin, context } from './calls.ts';

const none = { kind: 'none' } as const;
const tool = (name: string, args = {}) => ({ kind: 'tool', name, arguments: args }) as const;

test('a server of HTTP+SSE is found after POST got 404, and its tools are called in its stream', async () => {
  await using old = await startSseServer();
  const { outcome, events } = await callServer(context, { server: old.url, authorization: none });
  const view = outcome.result as ServerView;
  expect([outcome.findings, outcome.failure]).toEqual([[], undefined]);
  expect([view.sse, view.era, view.tools.map(({ name }) => name)]).toEqual([
    true,
    'legacy',
    ['add', 'ask', 'end'],
  ]);
  const shown = events.flatMap((event) => (event.type === 'exchange' ? event.exchange : []));
  const stream = shown.findLast(({ title }) => title.startsWith('Stream of HTTP+SSE'));
  expect(stream?.response?.body).toContain('event: endpoint');
  expect(stream?.response?.body).toContain('"tools":[');
  const pending = events.filter((event) => event.type === 'started').map(({ id }) => id);
  expect(new Set(shown.map(({ id }) => id))).toEqual(new Set(pending));

  old.seen.length = 0;
  const call = { server: old.url, authorization: none, era: 'sse', operation: tool('add', { a: 2, b: 3 }) };
  const added = await callServer(context, call as Parameters<typeof callServer>[1]);
  expect(added.outcome.result).toMatchObject({ content: [{ text: '5' }] });
  // Known to be one: it is not probed again.
  expect(old.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
    'GET /sse',
    ...Array.from({ length: 3 }, () => 'POST /messages'),
  ]);
  await old.closed();
});

test('a token is sent with the stream and with each message, is hidden, and its refusal is named', async () => {
  await using old = await startSseServer({ authorization: 'Bearer token-of-the-person' });
  const refused = await callServer(context, { server: old.url, authorization: none });
  expect(refused.outcome.findings.map(({ id }) => id)).toEqual(['access-refused']);
  const authorization = { kind: 'bearer', token: 'token-of-the-person' } as const;
  const { outcome, events } = await callServer(context, { server: old.url, authorization });
  expect((outcome.result as ServerView).tools).toHaveLength(3);
  expect(JSON.stringify(events)).not.toContain('token-of-the-person');
});

test('an answer of the person goes to the session that asked', async () => {
  await using old = await startSseServer();
  const request = { server: old.url, authorization: none, timeoutSeconds: 60, era: 'sse' } as const;
  const call = await begin({ ...request, operation: tool('ask') });
  const { reply } = await call.next('asked');
  const operation = { kind: 'answer', reply, action: 'accept', content: { colour: 'red' } } as const;
  const answered = await callServer(context, { ...request, operation });
  expect([answered.outcome.findings, answered.outcome.failure]).toEqual([[], undefined]);
  expect(JSON.stringify((await call.next('done')).outcome.result)).toContain('red');
});

test('a stream that the server ends during a call ends the call, with a finding', async () => {
  await using old = await startSseServer();
  const { outcome } = await callServer(context, {
    server: old.url,
    authorization: none,
    era: 'sse',
    operation: tool('end'),
  });
  expect(outcome.findings.map(({ id }) => id)).toEqual(['stream-ended']);
  expect(old.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
});

test('a stream of more than two megabytes is refused', async () => {
  const server = await loopbackServer(({ method }, response) => {
    if (method === 'POST') return response.writeHead(202).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.write(`event: endpoint\ndata: /m\n\n: ${'x'.repeat(3_000_000)}\n\n`);
  });
  const url = `http://localhost:${server.port}/sse`;
  const { outcome } = await callServer(context, { server: url, authorization: none, era: 'sse' });
  await server.close();
  expect(outcome.findings[0]?.observed).toMatch(/larger/);
});

test.each([
  'http://other.localhost:9/messages',
  '//evil.example/messages',
  'https://',
  'javascript:alert(1)',
])('the endpoint %s is refused, and nothing is sent there', async (endpoint) => {
  await using old = await startSseServer({ endpoint });
  const { outcome, events } = await callServer(context, {
    server: old.url,
    authorization: { kind: 'bearer', token: 'token-canary' },
  });
  expect(outcome.findings.map(({ id }) => id)).toEqual(['sse-endpoint-refused']);
  const sentTo = events.flatMap((event) => (event.type === 'started' ? event.url : []));
  expect(new Set(sentTo)).toEqual(new Set([old.url]));
});
