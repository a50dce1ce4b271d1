import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler, createSdkHandler } from '#lib/mcp/server.ts';
import { defineTool } from '#lib/mcp/tool.ts';
import { type McpRequest, mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { startIssuer, type TestIssuer } from '#tests/support/tokens.ts';
import { prompts, resources, tools } from '#tests/support/tools.ts';

const ID = 'request-7';
const REVISION = '2025-06-18';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const SOFTWARE = 'io.modelcontextprotocol/clientInfo';

/** A union without a discriminator. */
const target = z.union([
  z.string(),
  z.strictObject({ kind: z.literal('day'), day: z.int().optional(), zone: z.string().nullable() }),
  z.strictObject({
    kind: z.literal('person'),
    name: z.string(),
    inner: z.union([z.int(), z.strictObject({ at: z.int().optional() }).nullable()]).optional(),
  }),
  z.strictObject({ first: z.int().optional(), last: z.int() }),
  z.strictObject({ last: z.int().optional(), note: z.string().optional() }),
]);

/** Returns the arguments that it was called with. */
const mirror = defineTool({
  name: 'mirror',
  title: 'Mirror',
  description: 'Returns its arguments.',
  input: z.strictObject({
    text: z.string().default('nothing'),
    note: z.string().nullable().optional(),
    filter: z.strictObject({ from: z.int().optional(), tags: z.array(z.string().nullable()) }).optional(),
    target: target.optional(),
    targets: z.array(target).optional(),
    pair: z.tuple([z.string(), z.strictObject({ at: z.int().optional() })]).optional(),
  }),
  output: z.object({ input: z.unknown() }),
  annotations: { readOnlyHint: true },
  run: (input) => ({ input }),
});

let issuer: TestIssuer;
let url: string;
let authorization: string;

beforeAll(async () => {
  issuer = await startIssuer();
  url = resourceUrl(stubConfiguration({ AUTHKIT_DOMAIN: issuer.url }));
  authorization = `Bearer ${await issuer.token()}`;
  await db();
});
beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => issuer.close());

const all = [...tools, mirror];
const handlers = {
  'the fast path': createHandler(all, { prompts, resources }),
  'the SDK': createSdkHandler(all, { prompts, resources }),
};
let handler = handlers['the SDK'];

async function send({ headers, body }: McpRequest, changes: Record<string, string | undefined> = {}) {
  const own = new Headers({ ...headers, authorization, host: new URL(url).host });
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) own.delete(name);
    else own.set(name, value);
  const after = (task: () => unknown) => void task();
  const response = await handleMcp(new Request(url, { method: 'POST', headers: own, body }), after, handler);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? undefined;
  const data = type === 'text/event-stream' ? (/^data: (.*)$/m.exec(text)?.[1] ?? '') : text;
  return { status: response.status, type, message: data === '' ? undefined : JSON.parse(data) };
}

const legacy = (method: string, params?: unknown, members: object = {}): McpRequest => ({
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': REVISION,
  },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: ID,
    method,
    ...(params !== undefined && { params }),
    ...members,
  }),
});

/** A message of 2026-07-28, with members replaced in its envelope. */
function modern(method: string, params: object = {}, meta: object = {}): McpRequest {
  const { headers, body } = mcpMessage(method, params as Record<string, unknown>);
  const message = JSON.parse(body);
  Object.assign(message.params._meta, meta);
  return { headers, body: JSON.stringify({ ...message, id: ID }) };
}

const eras = { '2025': legacy, '2026-07-28': modern };
const software = { name: 'client', version: '1' };

describe.each(Object.keys(handlers) as (keyof typeof handlers)[])('answered by %s', (path) => {
  beforeAll(() => {
    handler = handlers[path];
  });

  describe.each(Object.keys(eras) as (keyof typeof eras)[])('a message of %s', (era) => {
    const message = eras[era];

    test.each([
      ['tools/list', { cursor: null }],
      ['tools/list', { _meta: { progressToken: null } }],
      ['tools/list', { _meta: { 'com.example/trace': null } }],
      ['tools/call', { name: 'identity', arguments: null }],
      ['prompts/list', { cursor: null }],
      ['prompts/get', { name: 'summarize', arguments: null }],
      ['prompts/get', { name: 'summarize', arguments: { focus: null } }],
      ['resources/list', { cursor: null }],
      ['resources/read', { uri: 'test://subject', extra: null }],
    ])('with null for an absent member is answered like one without it: %s %j', async (method, params) => {
      const { status, message: answer } = await send(message(method, params));
      expect(status).toBe(200);
      expect(answer).toMatchObject({ id: ID, result: expect.anything() });
    });

    test.each<[object, object]>([
      [{ text: null }, { text: 'nothing' }],
      [
        { text: 'a', note: null },
        { text: 'a', note: null },
      ],
      [{ sessionId: 'x', chatInput: { a: [] } }, { text: 'nothing' }],
      [{ filter: null }, { text: 'nothing' }],
      [
        { filter: { from: null, tags: [null], random_string: '' } },
        { text: 'nothing', filter: { tags: [null] } },
      ],
      [{ target: null }, { text: 'nothing' }],
      [{ pair: ['x', { at: null }] }, { text: 'nothing', pair: ['x', {}] }],
      [
        { target: { kind: 'day', day: null, zone: null } },
        { text: 'nothing', target: { kind: 'day', zone: null } },
      ],
      [
        { target: { kind: 'person', name: 'Ada', inner: null, day: null, zone: null, random_string: '' } },
        { text: 'nothing', target: { kind: 'person', name: 'Ada' } },
      ],
      [
        {
          targets: [
            'x',
            { kind: 'person', name: 'Ada', inner: { at: null } },
            { kind: 'day', day: null, zone: 'Z' },
          ],
        },
        {
          text: 'nothing',
          targets: ['x', { kind: 'person', name: 'Ada', inner: {} }, { kind: 'day', zone: 'Z' }],
        },
      ],
      [
        { target: { first: null, last: 3, note: 'kept', other: null } },
        { text: 'nothing', target: { last: 3, note: 'kept' } },
      ],
    ])('calls a tool with arguments %j as with %j', async (args, input) => {
      const { message: answer } = await send(message('tools/call', { name: 'mirror', arguments: args }));
      expect(answer.result.structuredContent).toEqual({ input });
    });

    test.each([
      [{ text: 5 }, 'text'],
      [{ filter: { tags: null } }, 'filter.tags'],
      [{ filter: { from: 'x', tags: [], other: 1 } }, 'filter.from'],
      [{ target: { kind: 'person', name: null } }, 'target'],
      [{ target: { kind: 'day', day: 'x', zone: null } }, 'target'],
      [{ targets: [null] }, 'targets.0'],
    ])('calls no tool with arguments that do not fit: %j', async (args, named) => {
      const { message: answer } = await send(message('tools/call', { name: 'mirror', arguments: args }));
      expect(answer.result.isError).toBe(true);
      expect(answer.result.content[0].text).toMatch(new RegExp(`: ${named}: [^\\n]+$`));
    });

    test.each([
      ['tools/list', { cursor: 5 }, 'params.cursor'],
      ['resources/list', { cursor: [] }, 'params.cursor'],
      ['tools/call', { name: 5 }, 'params.name'],
      ['tools/call', { name: 'mirror', arguments: [] }, 'params.arguments'],
      ['prompts/get', { name: 'summarize', arguments: { focus: 3 } }, 'params.arguments.focus'],
      ['prompts/get', { arguments: {} }, 'params.name'],
      ['resources/read', { uri: null }, 'params.uri'],
    ])('with wrong parameters gets one sentence, -32602 and its id: %s %j', async (method, params, named) => {
      const headers = { 'mcp-name': era === '2025' ? undefined : 'x' };
      const { message: answer } = await send(message(method, params), headers);
      expect(answer).toMatchObject({ id: ID, error: { code: -32602 } });
      expect(answer.error.message).toMatch(new RegExp(`^Invalid params of ${method}: ${named}: [^\\n[{]+$`));
    });

    test.each<[string | undefined, string]>([
      [undefined, 'application/json'],
      ['', 'application/json'],
      ['*/*', 'application/json'],
      ['application/json', 'application/json'],
      ['Application/JSON; charset=utf-8', 'application/json'],
      ['application/*;q=0.2', 'application/json'],
      ['text/html, */*;q=0.1', 'application/json'],
      ['application/json, application/json, text/event-stream', 'application/json'],
      ['TEXT/Event-Stream', 'text/event-stream'],
      ['text/*', 'text/event-stream'],
      ['*/*, application/json;q=0', 'text/event-stream'],
    ])('with Accept: %j is answered with %s', async (accept, type) => {
      for (const request of [
        message('tools/list'),
        message('tools/call', { name: 'identity' }),
        message('resources/list'),
        message('tools/call', { name: 'nothing' }),
      ]) {
        const answer = await send(request, { accept });
        expect(answer).toMatchObject({ status: 200, type, message: { id: ID } });
      }
    });

    test.each(['text/html', 'application/xml, image/*', 'application/json;q=0', '*/*;q=0.0'])(
      'with Accept: %j gets 406 with its id',
      async (accept) => {
        const answer = await send(message('tools/call', { name: 'identity' }), { accept });
        expect(answer).toMatchObject({ status: 406, message: { id: ID, error: { code: -32000 } } });
      },
    );

    test('is streamed only for progress, and not to a client that accepts no stream', async () => {
      const params = {
        name: 'slow',
        arguments: { steps: 2, stepMilliseconds: 1 },
        _meta: { progressToken: 1 },
      };
      const request = message('tools/call', params);
      expect((await send(request)).type).toBe('text/event-stream');
      expect(await send(request, { accept: 'application/json' })).toMatchObject({
        type: 'application/json',
        message: { id: ID, result: { structuredContent: { steps: 2 } } },
      });
    });

    test('whose headers a gateway repeated is answered', async () => {
      const request = message('tools/call', { name: 'identity' });
      const repeated = Object.entries(request.headers).map(([name, value]) => [name, `${value}, ${value}`]);
      expect((await send(request, Object.fromEntries(repeated))).status).toBe(200);
    });
  });

  test('a message of 2025 with null for every other member of JSON-RPC is answered', async () => {
    expect((await send(legacy('ping', null, { result: null, error: null, extra: 1 }))).status).toBe(200);
    const notified = legacy('notifications/initialized', null, { id: null });
    expect((await send(notified)).status).toBe(202);
    expect((await send(legacy('tools/list', {}, { id: null }))).status).toBe(400);
  });

  test.each([
    { capabilities: null, clientInfo: software },
    {
      capabilities: { roots: null, sampling: null, experimental: null },
      clientInfo: { ...software, title: null },
    },
  ])('initialize with %j is answered', async (members) => {
    const { message } = await send(legacy('initialize', { protocolVersion: REVISION, ...members }));
    expect(message).toMatchObject({ id: ID, result: { protocolVersion: REVISION } });
  });

  test.each([{ [CAPABILITIES]: null }, { [SOFTWARE]: null }, { [CAPABILITIES]: { elicitation: null } }])(
    'an envelope with %j is accepted',
    async (meta) => {
      expect((await send(modern('tools/list', {}, meta))).status).toBe(200);
    },
  );

  test('a subscription of a client that accepts no stream gets 406', async () => {
    const request = modern('subscriptions/listen', { notifications: {} });
    expect(await send(request, { accept: 'application/json' })).toMatchObject({
      status: 406,
      message: { id: ID },
    });
  });

  test('no change is announced that is never notified', async () => {
    const offered = {
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false },
    };
    const first = legacy('initialize', { protocolVersion: REVISION, capabilities: {}, clientInfo: software });
    expect((await send(first)).message.result.capabilities).toEqual(offered);
    expect((await send(modern('server/discover'))).message.result.capabilities).toEqual(offered);
  });
});

test('the published schema of a tool is closed', async () => {
  const { message } = await send(modern('tools/list'));
  const { inputSchema } = message.result.tools.find(({ name }: { name: string }) => name === 'mirror');
  expect(inputSchema.additionalProperties).toBe(false);
  expect(inputSchema.properties.filter.additionalProperties).toBe(false);
});
