import { text } from 'node:stream/consumers';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import type { ServerView } from '#features/inspector/server/server-view.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import { startStubMcpServer } from '#tests/support/stub-mcp-server.ts';
import { callServer } from '../call.ts';
import { begin, context } from './calls.ts';

const none = { kind: 'none' } as const;

const tool = (server: string, name: string, args = {}) =>
  ({
    server,
    authorization: none,
    operation: { kind: 'tool', name, arguments: args },
    timeoutSeconds: 60,
    era: 'auto',
  }) as const;

test('a server without authorization is listed, and its resources are read', async () => {
  await using stub = await startStubMcpServer();
  const { outcome } = await callServer(context, { server: stub.url, authorization: none });
  const view = outcome.result as ServerView;
  expect([view.era, view.tools.map(({ name }) => name), view.resourceTemplates.length]).toEqual([
    'legacy',
    ['order', 'slow', 'ask'],
    1,
  ]);
  const read = await callServer(context, {
    server: stub.url,
    authorization: none,
    operation: { kind: 'resource', uri: 'stub://a' },
  });
  expect(JSON.stringify(read.outcome.result)).toContain('read stub://a');
});

test('headers that a person entered are sent with every request, and their absence is named', async () => {
  await using stub = await startStubMcpServer({ header: ['x-api-key', 'key-of-the-person'] });
  const refused = await callServer(context, { server: stub.url, authorization: none });
  expect(refused.outcome.findings.map(({ title }) => title)).toEqual(['The server requires authorization']);
  const headers = [{ name: 'X-Api-Key', value: 'key-of-the-person' }];
  const { outcome, events } = await callServer(context, {
    server: stub.url,
    authorization: { kind: 'headers', headers },
  });
  expect((outcome.result as ServerView).tools.length).toBe(3);
  expect(stub.seen.every((request) => request.headers['x-api-key'] === 'key-of-the-person')).toBe(true);
  expect(JSON.stringify(events)).not.toContain('key-of-the-person');
});

test('progress and log messages arrive while a tool runs, and cancelling notifies the server', async () => {
  await using stub = await startStubMcpServer();
  const call = await begin({ ...tool(stub.url, 'slow'), logLevel: 'debug' });
  expect(await call.next('progress')).toMatchObject({ progress: 1, total: 2, message: 'half' });
  expect(await call.next('notification')).toMatchObject({ method: 'notifications/message' });
  expect(stub.seen.map(({ method }) => method)).toContain('logging/setLevel');
  call.abort.abort();
  await call.ended;
  expect(stub.cancelled).toHaveLength(1);
});

test('a tool that is silent for longer than the limit ends in a finding that says so', async () => {
  await using stub = await startStubMcpServer();
  const { outcome } = await callServer(context, { ...tool(stub.url, 'slow'), timeoutSeconds: 1 });
  expect(outcome.findings.map(({ id }) => id)).toEqual(['no-answer']);
  expect(outcome.findings[0]?.observed).toContain('within 1 seconds');
  expect(stub.cancelled).toHaveLength(1);
});

test('the answer of a person to a question in a session reaches the call that waits', async () => {
  await using stub = await startStubMcpServer();
  const call = await begin(tool(stub.url, 'ask'));
  const { elicitation, reply } = await call.next('asked');
  expect(elicitation).toMatchObject({ mode: 'form', message: 'Which colour?' });
  expect(reply).not.toContain('session-of-the-stub');
  const answer = { kind: 'answer', reply, action: 'accept', content: { colour: 'red' } } as const;
  const answered = await callServer(context, { server: stub.url, authorization: none, operation: answer });
  expect([answered.outcome.findings, answered.outcome.failure]).toEqual([[], undefined]);
  const { outcome } = await call.next('done');
  expect(JSON.stringify(outcome.result)).toContain('red');
});

test('notifications outside of calls arrive while a person listens', async () => {
  await using stub = await startStubMcpServer();
  const listening = await begin({
    ...tool(stub.url, 'x'),
    operation: { kind: 'listen', resources: ['stub://a'] },
  });
  await listening.next('listening');
  await expect.poll(stub.listeners).toBe(1);
  stub.renameTool('orders');
  expect(await listening.next('notification')).toMatchObject({ method: 'notifications/tools/list_changed' });
  expect(stub.seen.map(({ method }) => method)).toContain('resources/subscribe');
  listening.abort.abort();
  await listening.ended;
});

test('changes of a server of 2026-07-28 arrive while a person listens', async () => {
  const capabilities = { tools: { listChanged: true }, resources: { subscribe: true } };
  const handler = createMcpHandler(() => new McpServer({ name: 'lively', version: '1' }, { capabilities }));
  const server = await loopbackServer(async (incoming, outgoing) => {
    const { method = '', headers, url } = incoming;
    const body = await text(incoming);
    const response = await handler.fetch(
      new Request(`http://localhost${url}`, { method, headers: headers as HeadersInit, body }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    for await (const part of response.body ?? []) outgoing.write(part);
    outgoing.end();
  });
  const listening = await begin({
    ...tool(`http://localhost:${server.port}/mcp`, 'x'),
    operation: { kind: 'listen', resources: ['stub://a'] },
  });
  await listening.next('listening');
  handler.notify.resourceUpdated('stub://a');
  expect(await listening.next('notification')).toMatchObject({
    method: 'notifications/resources/updated',
    params: { uri: 'stub://a' },
  });
  listening.abort.abort();
  await listening.ended;
  await server.close();
});

test('a stream that the server ends has its response, although the client closes it first', async () => {
  const capabilities = { tools: { listChanged: false } };
  const handler = createMcpHandler(() => new McpServer({ name: 'quiet', version: '1' }, { capabilities }));
  const server = await loopbackServer(async (incoming, outgoing) => {
    const { method = '', headers } = incoming;
    const body = await text(incoming);
    const response = await handler.fetch(
      new Request(`http://localhost${incoming.url}`, { method, headers: headers as HeadersInit, body }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).write(await response.text());
    // The connection stays open after the last event.
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) outgoing.end();
  });
  const { events, outcome } = await callServer(context, {
    server: `http://localhost:${server.port}/mcp`,
    authorization: none,
    operation: { kind: 'listen', resources: [] },
  });
  await server.close();
  expect([outcome.findings, outcome.failure]).toEqual([[], undefined]);
  const shown = events.flatMap((event) => (event.type === 'exchange' ? event.exchange : []));
  const listen = shown.findLast(({ title }) => title === 'subscriptions/listen');
  expect(listen?.error).toBeUndefined();
  expect(listen?.response?.status).toBe(200);
  expect(listen?.response?.body).toContain('notifications/subscriptions/acknowledged');
  expect(listen?.response?.body).toContain('"resultType":"complete"');
});

test('a result that does not fit its schema is returned', async () => {
  await using stub = await startStubMcpServer();
  const { outcome } = await callServer(context, tool(stub.url, 'order', { items: [] }));
  expect(outcome.result).toMatchObject({ structuredContent: { total: 'many' } });
});
