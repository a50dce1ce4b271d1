import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { type Collector, startCollector } from './collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const CANARY = 'canary-3f9a1c';

let collector: Collector;
let stack: Stack;
let ada: ScriptedClient;
let refused: Response;
let logs: string;

const connect = (registration: 'cimd' | 'dcr') =>
  ScriptedClient.connect({ url: `${stack.appUrl}/mcp`, account: 'ada', registration, era: 'auto' });

/** A call as a client of 2025 makes it: one message with the token it has. */
const call = (name: string, args: object, meta: object = {}, token = ada.tokens?.access_token) =>
  fetch(`${stack.appUrl}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args, _meta: meta },
    }),
  });

beforeAll(async () => {
  collector = await startCollector();
  stack = await startStack({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=of-the-collector',
      OTEL_SERVICE_NAME: 'newcomer',
    },
  });
  ada = await connect('cimd');
  await ada.callTool('store', { text: CANARY });
  const traceContext = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=value' };
  await call('identity', {}, traceContext);
  await call('fail', { message: CANARY }, { traceparent: `00-${'0'.repeat(32)}-${PARENT}-01` });
  await call(`${CANARY}-tool`, {});
  refused = await call('identity', {}, {}, `${CANARY}.${CANARY}.${CANARY}`);
  for (const path of ['/callback', '/inspector/callback', '/nothing/here', '/.well-known/nothing'])
    await fetch(`${stack.appUrl}${path}?code=${CANARY}&state=${CANARY}`, { redirect: 'manual' });

  const other = await connect('dcr');
  const { clientId } = (await other.callTool('identity')).structuredContent as { clientId: string };
  const listed = await ada.callTool('connections');
  const { connections } = listed.structuredContent as {
    connections: { id: string; clientId: string }[];
  };
  const id = connections.find((each) => each.clientId === clientId)?.id;
  await call('revoke', { id, confirm: true });
  await call('identity', {}, {}, other.tokens?.access_token);
  await Promise.all([ada.close(), other.close()]);
  await stack.app.running.stop();
  logs = stack.logs();
});

afterAll(async () => {
  await stack?.stop();
  await collector?.close();
});

const span = (name: string) => collector.spans().find((each) => each.name === name);

describe('a call at the collector', () => {
  test('is one span with the names of the MCP conventions, a child of the request', () => {
    const found = span('tools/call store');
    expect(found?.kind).toBe(2);
    expect(found?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'store',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': '2026-07-28',
      'app.mcp.era': 'modern',
      'app.outcome': 'allowed',
    });
    expect(collector.spans().filter(({ name }) => name === 'tools/call store')).toHaveLength(1);
    expect(collector.spans().map(({ spanId }) => spanId)).toContain(found?.parentSpanId);
  });

  test('belongs to the trace in the _meta of the client, and links to the request', () => {
    const found = span('tools/call identity');
    expect(found).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: 'vendor=value' });
    expect(found?.links?.[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(found?.links?.[0]?.traceId).not.toBe(TRACE);
  });

  test('ignores a trace context that is not valid', () => {
    const found = span('tools/call fail');
    expect(found?.traceId).not.toMatch(/^0+$/);
    expect(found?.parentSpanId).not.toBe(PARENT);
    expect(found?.attributes).toMatchObject({ 'app.outcome': 'failed', 'error.type': 'tool_error' });
    expect(found?.status?.code).toBe(2);
  });

  test('contains no tool name that a client made up', () => {
    expect(span('tools/call _OTHER')).toBeDefined();
  });

  test('contains the reason why a token was refused', () => {
    expect(span('mcp')?.attributes).toMatchObject({
      'http.response.status_code': 401,
      'app.outcome': 'denied',
    });
    const reasons = collector.spans().map(({ attributes }) => attributes['app.rejection.reason']);
    expect(reasons).toEqual(expect.arrayContaining(['missing', 'malformed_token', 'revoked']));
  });
});

test('calls, refusals and revocations are counted', () => {
  const value = (metric: string, attributes: object) =>
    collector
      .points()
      .filter((point) => point.metric === metric)
      .filter((point) => Object.entries(attributes).every(([key, of]) => point.attributes[key] === of))
      .reduce((sum, point) => sum + point.value, 0);
  const stored = { 'gen_ai.tool.name': 'store', 'app.outcome': 'allowed' };
  expect(value('app.mcp.calls', stored)).toBe(1);
  expect(value('mcp.server.operation.duration', stored)).toBe(1);
  expect(value('app.mcp.rejections', { 'app.rejection.reason': 'malformed_token' })).toBe(1);
  expect(value('app.mcp.rejections', { 'app.rejection.reason': 'revoked' })).toBe(1);
  expect(value('app.revocations', { 'app.revocation.of': 'client' })).toBe(1);
});

test('no argument, token, code or query reaches the collector', () => {
  const received = collector.received();
  expect(received.length).toBeGreaterThan(1000);
  expect(received).toContain('newcomer');
  expect(collector.headers()['x-api-key']).toBe('of-the-collector');
  expect(received).not.toContain(CANARY);
  expect(received).not.toContain(ada.tokens?.access_token);
});

test('the response and the log have the same request id, and the log has the trace id', () => {
  const id = refused.headers.get('x-request-id') ?? 'none';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const line = logs.split('\n').find((each) => each.includes(id)) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({ event: 'mcp.token_rejected', requestId: id });
});
