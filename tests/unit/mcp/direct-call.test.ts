import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { authInfoOf, type Call } from '#lib/mcp/call.ts';
import { serveDirectly } from '#lib/mcp/direct-call.ts';
import { readOperation } from '#lib/mcp/operation.ts';
import { createSdkHandler } from '#lib/mcp/server.ts';
import { defineTool, type Tool, ToolError } from '#lib/mcp/tool.ts';
import { callerOf } from '#tests/support/caller.ts';
import { legacyToolCall, type McpRequest, toolCall } from '#tests/support/mcp-request.ts';

let runs = 0;
const define = (name: string, more: object = {}, run: (input: { text: string }) => { text: string }) =>
  defineTool({
    name,
    title: name,
    description: name,
    input: z.strictObject({ text: z.string().default('none') }),
    output: z.object({ text: z.string() }),
    annotations: {},
    ...more,
    run(input, context) {
      runs++;
      if (name === 'asks') context.confirm('Sure?', undefined);
      return run(input);
    },
  });

const echo = ({ text }: { text: string }) => ({ text });
const tools: ReadonlyMap<string, Tool> = new Map(
  [
    define('echoes', {}, echo),
    define('asks', {}, echo),
    define('needs_email', { scopes: ['email'] }, echo),
    define('needs_role', { permission: 'connections:revoke' }, echo),
    define('fails', {}, () => {
      throw new ToolError('No such thing. Look again.');
    }),
    define('breaks', {}, () => {
      throw new Error('secret cause');
    }),
    define('lies', {}, () => ({ text: 7 }) as never),
  ].map((tool) => [tool.name, tool]),
);

const sdk = createSdkHandler(tools);
const serverInfo = { name: 'mcp-authkit-starter', title: 'MCP AuthKit Starter', version: '0.1.0' };

beforeEach(() => {
  runs = 0;
  vi.stubEnv('AUTHKIT_DOMAIN', 'https://example.authkit.app');
  vi.stubEnv('WORKOS_API_KEY', 'sk_test_x');
  vi.stubEnv('WORKOS_CLIENT_ID', 'client_test');
  vi.stubEnv('WORKOS_COOKIE_PASSWORD', 'only-for-tests-0123456789-abcdefgh');
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'error').mockReturnValue(undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function callFor(request: Request, body: unknown): Call {
  return {
    caller: callerOf(),
    operation: readOperation(body, request.headers),
    signal: request.signal,
    ended: request.signal,
    outcome: 'allowed',
    reason: undefined,
  };
}

type Answer = { status: number; outcome: string; reason: string | undefined; message: unknown };

async function read(response: Response, { outcome, reason }: Call): Promise<Answer> {
  const text = await response.text();
  const json = text.startsWith('event:') ? text.replace(/^[\s\S]*?^data: /m, '') : text;
  return { status: response.status, outcome, reason, message: json === '' ? '' : JSON.parse(json) };
}

function requestOf({ headers, body }: McpRequest) {
  const request = new Request('http://localhost:3000/mcp', { method: 'POST', headers, body });
  const parsed: unknown = JSON.parse(body);
  return { request, parsed, call: callFor(request, parsed) };
}

async function direct(sent: McpRequest): Promise<Answer | undefined> {
  const { request, parsed, call } = requestOf(sent);
  const response = await serveDirectly(request, parsed, call, { tools, serverInfo });
  return response && read(response, call);
}

async function bySdk(sent: McpRequest): Promise<Answer> {
  const { request, parsed, call } = requestOf(sent);
  const authInfo = authInfoOf(call, 'https://app.example/.well-known/oauth-protected-resource/mcp');
  return read(await sdk.fetch(request, { parsedBody: parsed, authInfo }), call);
}

type Message = {
  [member: string]: unknown;
  params: { [member: string]: unknown; _meta?: Record<string, unknown> };
};

/** The same request with another body, and with headers replaced; undefined takes one away. */
function changed(
  sent: McpRequest,
  change: (message: Message) => void,
  headers: Record<string, string | undefined> = {},
): McpRequest {
  const message = JSON.parse(sent.body) as Message;
  change(message);
  const kept = Object.entries({ ...sent.headers, ...headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { headers: Object.fromEntries(kept), body: JSON.stringify(message) };
}

const withParams = (sent: McpRequest, params: Record<string, unknown>) =>
  changed(sent, (message) => Object.assign(message.params, params));
const withMeta = (sent: McpRequest, meta: Record<string, unknown>) =>
  changed(sent, ({ params }) => {
    params._meta = { ...params._meta, ...meta };
  });
const withMembers = (sent: McpRequest, members: Record<string, unknown>) =>
  changed(sent, (message) => Object.assign(message, members));
const withHeaders = (sent: McpRequest, headers: Record<string, string | undefined>) =>
  changed(sent, () => undefined, headers);

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const SOFTWARE = 'io.modelcontextprotocol/clientInfo';
const VERSION = 'io.modelcontextprotocol/protocolVersion';

describe.each([
  ['2026-07-28', toolCall],
  ['2025', legacyToolCall],
])('a call of %s', (_era, call) => {
  test.each(['echoes', 'needs_role', 'fails', 'breaks', 'lies', 'asks'])(
    'of "%s" is served without a server, with the answer that the SDK gives',
    async (name) => {
      const sent = call(name, { text: 'hello' });
      const answer = await direct(sent);
      expect(answer?.status).toBe(200);
      expect(answer).toEqual(await bySdk(sent));
    },
  );

  test.each([
    ['an unknown tool', call('nothing')],
    ['arguments that do not fit', call('echoes', { text: 5 })],
    ['an argument too many', call('echoes', { other: 'x' })],
    ['a scope that is missing', call('needs_email')],
    ['a wish for progress', withMeta(call('echoes'), { progressToken: 1 })],
    ['a key of the protocol in _meta', withMeta(call('echoes'), { 'io.modelcontextprotocol/new': 1 })],
    ['a task', withParams(call('echoes'), { task: {} })],
    ['an answer to a question', withParams(call('asks'), { inputResponses: {} })],
    ['arguments that are null', withParams(call('echoes'), { arguments: null })],
    ['an id that is no integer', withMembers(call('echoes'), { id: 1.5 })],
    ['no id', withMembers(call('echoes'), { id: undefined })],
    ['another method', withMembers(call('echoes'), { method: 'tools/list' })],
    ['a member that JSON-RPC does not have', withMembers(call('echoes'), { extra: 1 })],
    ['a method that disagrees', withHeaders(call('echoes'), { 'mcp-method': 'tools/list' })],
    ['a name that disagrees', withHeaders(call('echoes'), { 'mcp-name': 'fails' })],
    ['an unknown version', withHeaders(call('echoes'), { 'mcp-protocol-version': '2031-01-01' })],
  ])('with %s is left to the SDK, and nothing has run', async (_what, sent) => {
    expect(await direct(sent)).toBeUndefined();
    expect(runs).toBe(0);
  });
});

describe('a call of 2026-07-28', () => {
  test.each([{}, { form: {} }, { form: {}, url: {} }])(
    'is answered with a question where the person can be asked (%j), as by the SDK',
    async (elicitation) => {
      const sent = withMeta(toolCall('asks'), { [CAPABILITIES]: { elicitation } });
      const answer = await direct(sent);
      expect(answer).toEqual(await bySdk(sent));
      expect(answer?.message).toMatchObject({ result: { resultType: 'input_required' } });
    },
  );

  test.each([
    ['no capabilities', withMeta(toolCall('asks'), { [CAPABILITIES]: undefined })],
    ['capabilities of the wrong form', withMeta(toolCall('asks'), { [CAPABILITIES]: { elicitation: 1 } })],
    ['only a URL to ask by', withMeta(toolCall('asks'), { [CAPABILITIES]: { elicitation: { url: {} } } })],
    ['software without a name', withMeta(toolCall('asks'), { [SOFTWARE]: { version: '1' } })],
    ['another version in its envelope', withMeta(toolCall('asks'), { [VERSION]: '2025-11-25' })],
  ])('with %s is left to the SDK, and nothing has run', async (_what, sent) => {
    expect(await direct(sent)).toBeUndefined();
    expect(runs).toBe(0);
  });
});

test('a client of 2025 that takes no stream, or brings a session, is left to the SDK', async () => {
  expect(await direct(withHeaders(legacyToolCall('echoes'), { accept: 'application/json' }))).toBeUndefined();
  expect(await direct(withHeaders(legacyToolCall('echoes'), { 'mcp-session-id': 'x' }))).toBeUndefined();
});

test('a tool that maps an argument to a header is left to the SDK', async () => {
  const input = z.strictObject({ text: z.string().meta({ 'x-mcp-header': 'Text' }) });
  const mapped = define('maps', { input }, echo);
  const { request, parsed, call } = requestOf(toolCall('maps', { text: 'x' }));
  const serving = serveDirectly(request, parsed, call, { tools: new Map([['maps', mapped]]), serverInfo });
  expect(serving).toBeUndefined();
});

test('whatever is served directly has the answer that the SDK gives', async () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'echoes',
      'fails',
      'tools/call',
      '2.0',
      '2026-07-28',
      '2025-11-25',
    ),
    fc.constantFrom<unknown>({}, [], { elicitation: {} }, { roots: { listChanged: true } }, { text: 'x' }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const change = fc.oneof(
    fc.record({
      where: fc.constant('message' as const),
      name: fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'result'),
      value,
    }),
    fc.record({
      where: fc.constant('params' as const),
      name: fc.constantFrom('name', 'arguments', '_meta', 'task'),
      value,
    }),
    fc.record({
      where: fc.constant('meta' as const),
      name: fc.constantFrom(CAPABILITIES, SOFTWARE, VERSION, 'traceparent', 'com.example/x', 'mcp.dev/x'),
      value,
    }),
    fc.record({
      where: fc.constant('header' as const),
      name: fc.constantFrom('accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name'),
      value: fc.constantFrom<unknown>(undefined, '*/*', 'echoes', 'tools/call', '2026-07-28', '2025-03-26'),
    }),
  );
  let served = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(toolCall, legacyToolCall),
    fc.constantFrom('echoes', 'asks', 'fails'),
    fc.array(change, { maxLength: 2 }),
    async (call, tool, changes) => {
      let sent = call(tool, { text: 'hello' });
      for (const { where, name, value: to } of changes)
        if (where === 'header') sent = withHeaders(sent, { [name]: to as string | undefined });
        else if (where === 'message') sent = withMembers(sent, { [name]: to });
        else if (where === 'params')
          sent = changed(sent, ({ params }) => Object.assign(params ?? {}, { [name]: to }));
        else sent = changed(sent, ({ params }) => Object.assign(params?._meta ?? {}, { [name]: to }));
      const answer = await direct(sent);
      if (answer === undefined) return;
      served++;
      expect(answer).toEqual(await bySdk(sent));
    },
  );
  await fc.assert(property, { numRuns: 1500 });
  expect(served).toBeGreaterThan(300);
});

/** Serves a call of a tool that runs like this; `watched` says whether anyone asked when the call ends. */
function serving(run: () => unknown) {
  const tool = define('own', {}, run as () => never);
  const { request, parsed, call } = requestOf(toolCall('own'));
  const ending = new AbortController();
  let watched = false;
  const watchable = Object.defineProperty({ ...call, ended: ending.signal }, 'signal', {
    get() {
      watched = true;
      return ending.signal;
    },
  });
  const response = serveDirectly(request, parsed, watchable, { tools: new Map([['own', tool]]), serverInfo });
  return { response, ending, call: watchable, watched: () => watched };
}

test('a tool that answers at once is answered at once, and nobody watches for its end', async () => {
  const { response, watched } = serving(() => ({ text: 'now' }));
  expect(response).toBeInstanceOf(Response);
  expect(watched()).toBe(false);
});

test('a result that arrives later, also by a promise of a library, is the same answer', async () => {
  const thenable = {
    // biome-ignore lint/suspicious/noThenProperty: what libraries for databases return
    then: (resolve: (value: object) => void) => resolve({ text: 'later' }),
  };
  const answers = [() => ({ text: 'later' }), () => Promise.resolve({ text: 'later' }), () => thenable].map(
    async (run) => (await serving(run).response)?.json(),
  );
  const [now, later, byLibrary] = await Promise.all(answers);
  expect(now).toMatchObject({ result: { structuredContent: { text: 'later' } } });
  expect(later).toEqual(now);
  expect(byLibrary).toEqual(now);
});

test.each([
  ['no such thing', new ToolError('No such thing. Look again.'), 'tool_error'],
  ['an unknown cause', new Error('secret cause'), 'internal'],
])('a tool that fails later for %s is answered like one that fails at once', async (_what, error, reason) => {
  const atOnce = serving(() => {
    throw error;
  });
  const later = serving(() => Promise.reject(error));
  expect(await (await later.response)?.json()).toEqual(await (await atOnce.response)?.json());
  expect(later.call).toMatchObject({ outcome: 'failed', reason });
  expect(atOnce.call).toMatchObject({ outcome: 'failed', reason });
});

test('a result that arrives later and does not fit the output schema is not given out', async () => {
  const { response, call } = serving(() => Promise.resolve({ text: 7 }));
  expect(await (await response)?.json()).toMatchObject({ result: { isError: true } });
  expect(call).toMatchObject({ outcome: 'failed', reason: 'internal' });
});

test('a call that is ended while its tool still works is not waited for', async () => {
  const { response, ending } = serving(() => new Promise(() => undefined));
  ending.abort();
  expect((await response)?.status).toBe(499);
});

test('a tool that stops because its call was ended is recorded as ended', async () => {
  const { response, ending, call } = serving(
    () => new Promise((_resolve, reject) => ending.signal.addEventListener('abort', reject)),
  );
  ending.abort();
  expect((await response)?.status).toBe(499);
  expect(call).toMatchObject({ outcome: 'failed', reason: 'ended' });
});

test('software that was seen before is judged like software that was not', async () => {
  const unnamed = withMeta(toolCall('echoes'), { [SOFTWARE]: null });
  const untold = withMeta(toolCall('echoes'), { [SOFTWARE]: undefined });
  for (const _again of [1, 2]) {
    expect(await direct(unnamed)).toBeUndefined();
    expect((await direct(untold))?.status).toBe(200);
  }
});

test('schemas that judge asynchronously are left to the SDK, and still hold for results', async () => {
  const short = z.string().refine(async (text) => text.length < 10);
  const judges = define('judges', { input: z.strictObject({ text: short }) }, echo);
  const judged = define('judged', { output: z.object({ text: short }) }, echo);
  const own = { tools: new Map([judges, judged].map((tool) => [tool.name, tool])), serverInfo };
  const serve = (name: string, text: string) => {
    const { request, parsed, call } = requestOf(toolCall(name, { text }));
    return serveDirectly(request, parsed, call, own);
  };
  expect(serve('judges', 'fits')).toBeUndefined();
  const [fits, tooLong] = [await serve('judged', 'fits'), await serve('judged', 'much too long')];
  expect(await fits?.json()).toMatchObject({ result: { structuredContent: { text: 'fits' } } });
  expect(await tooLong?.json()).toMatchObject({ result: { isError: true } });
});
