import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ToolError } from '#lib/mcp/tool.ts';
import { legacyToolCall, toolCall } from '#tests/support/mcp-request.ts';
import {
  bySdk,
  CAPABILITIES,
  changes,
  define,
  direct,
  echo,
  fetchWith,
  quietConfiguration,
  ran,
  requestOf,
  SOFTWARE,
  VERSION,
  withHeaders,
  withMembers,
  withMeta,
  withParams,
} from './both-ways.ts';

beforeEach(quietConfiguration);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each([
  ['2026-07-28', toolCall],
  ['2025', legacyToolCall],
])('a call of %s', (_era, call) => {
  test.each([{ text: 'hello', other: 'x' }, { text: null }, { other: { deep: [] }, text: null }])(
    'with arguments that have no meaning (%j) is answered by the fast path as by the SDK',
    async (args) => {
      const sent = call('echoes', args);
      const answer = await direct(sent);
      const { text = 'none' } = { text: args.text ?? undefined };
      expect(answer?.message).toMatchObject({ result: { structuredContent: { text } } });
      expect(answer).toEqual(await bySdk(sent));
    },
  );

  test.each(['echoes', 'needs_role', 'fails', 'breaks', 'lies', 'asks'])(
    'of "%s" is answered by the fast path as by the SDK',
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
    ['a scope that is missing', call('needs_email')],
    ['a progress token', withMeta(call('echoes'), { progressToken: 1 })],
    ['a key of the protocol in _meta', withMeta(call('echoes'), { 'io.modelcontextprotocol/new': 1 })],
    ['a task', withParams(call('echoes'), { task: {} })],
    ['an answer to a question', withParams(call('asks'), { inputResponses: {} })],
    ['arguments that are null', withParams(call('echoes'), { arguments: null })],
    ['an id that is no integer', withMembers(call('echoes'), { id: 1.5 })],
    ['no id', withMembers(call('echoes'), { id: undefined })],
    ['another method', withMembers(call('echoes'), { method: 'tools/list' })],
    ['a method that is none', withMembers(call('echoes'), { method: 'tools/run' })],
    ['a member that JSON-RPC does not have', withMembers(call('echoes'), { extra: 1 })],
    ['a method that disagrees', withHeaders(call('echoes'), { 'mcp-method': 'tools/list' })],
    ['a name that disagrees', withHeaders(call('echoes'), { 'mcp-name': 'fails' })],
    ['an unknown version', withHeaders(call('echoes'), { 'mcp-protocol-version': '2031-01-01' })],
  ])('with %s is left to the SDK, and nothing has run', async (_what, sent) => {
    expect(await direct(sent)).toBeUndefined();
    expect(ran.times).toBe(0);
  });
});

describe('a call of 2026-07-28', () => {
  test.each([{}, { form: {} }, { form: {}, url: {} }])(
    'is answered with a question when the client can ask the person (%j), as by the SDK',
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
    expect(ran.times).toBe(0);
  });
});

test('a client of 2025 that accepts no stream, or sends a session id, is left to the SDK', async () => {
  expect(await direct(withHeaders(legacyToolCall('echoes'), { accept: 'application/json' }))).toBeUndefined();
  expect(await direct(withHeaders(legacyToolCall('echoes'), { 'mcp-session-id': 'x' }))).toBeUndefined();
});

test('a tool with an argument that is repeated in a header is left to the SDK', async () => {
  const input = z.strictObject({ text: z.string().meta({ 'x-mcp-header': 'Text' }) });
  const mapped = define('maps', { input }, echo);
  expect(await fetchWith([mapped], requestOf(toolCall('maps', { text: 'x' })))).toBeUndefined();
});

test('every generated request gets the same answer from the fast path and from the SDK', async () => {
  let served = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(toolCall, legacyToolCall),
    fc.constantFrom('echoes', 'asks', 'fails'),
    changes,
    async (call, tool, change) => {
      const sent = change(call(tool, { text: 'hello' }));
      const answer = await direct(sent);
      if (answer === undefined) return;
      served++;
      expect(answer).toEqual(await bySdk(sent));
    },
  );
  await fc.assert(property, { numRuns: 1500 });
  expect(served).toBeGreaterThan(300);
});

/** Calls a tool with this `run`; `watched` returns whether the call's signal was used. */
function callOwn(run: () => unknown) {
  const tool = define('own', {}, run as () => never);
  const { request, parsed, call } = requestOf(toolCall('own'));
  const ending = new AbortController();
  let watched = false;
  const watchable = Object.defineProperty({ ...call, abortState: ending.signal }, 'signal', {
    get() {
      watched = true;
      return ending.signal;
    },
  });
  const response = fetchWith([tool], { request, parsed, call: watchable });
  return { response, ending, call: watchable, watched: () => watched };
}

test('a call of a tool that needs no I/O is not watched for revocation while it runs', async () => {
  for (const run of [() => ({ text: 'now' }), async () => ({ text: 'now' })]) {
    const { response, watched } = callOwn(run);
    expect(await response).toBeInstanceOf(Response);
    expect(watched()).toBe(false);
  }
});

test('a call of a tool that waits for I/O is watched', async () => {
  const { response, watched } = callOwn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { text: 'later' };
  });
  expect(await (await response)?.json()).toMatchObject({ result: { structuredContent: { text: 'later' } } });
  expect(watched()).toBe(true);
});

test('a result is answered in the same way from a value, a promise and a thenable', async () => {
  // What libraries for databases return.
  const thenable = Object.fromEntries([
    ['then', (resolve: (value: object) => void) => resolve({ text: 'later' })],
  ]);
  const answers = [() => ({ text: 'later' }), () => Promise.resolve({ text: 'later' }), () => thenable].map(
    async (run) => (await callOwn(run).response)?.json(),
  );
  const [now, later, byLibrary] = await Promise.all(answers);
  expect(now).toMatchObject({ result: { structuredContent: { text: 'later' } } });
  expect(later).toEqual(now);
  expect(byLibrary).toEqual(now);
});

test.each([
  ['no such thing', new ToolError('No such thing. Look again.'), 'tool_error'],
  ['an unknown cause', new Error('secret cause'), 'internal'],
])('a tool that throws %s is answered like one that rejects with it', async (_what, error, reason) => {
  const thrown = callOwn(() => {
    throw error;
  });
  const rejected = callOwn(() => Promise.reject(error));
  expect(await (await rejected.response)?.json()).toEqual(await (await thrown.response)?.json());
  expect(rejected.call).toMatchObject({ outcome: 'failed', reason });
  expect(thrown.call).toMatchObject({ outcome: 'failed', reason });
});

test('a result that does not fit the output schema is not sent', async () => {
  const { response, call } = callOwn(() => Promise.resolve({ text: 7 }));
  expect(await (await response)?.json()).toMatchObject({ result: { isError: true } });
  expect(call).toMatchObject({ outcome: 'failed', reason: 'internal' });
});

test('a call that is aborted while its tool runs is answered immediately', async () => {
  const { response, ending } = callOwn(() => new Promise(() => undefined));
  ending.abort();
  expect((await response)?.status).toBe(499);
});

test('a call whose tool stops because it was aborted is recorded as ended', async () => {
  const { response, ending, call } = callOwn(
    () => new Promise((_resolve, reject) => ending.signal.addEventListener('abort', reject)),
  );
  ending.abort();
  expect((await response)?.status).toBe(499);
  expect(call).toMatchObject({ outcome: 'failed', reason: 'ended' });
});

test('a cached description of a client is judged like a new one', async () => {
  const unnamed = withMeta(toolCall('echoes'), { [SOFTWARE]: null });
  const undescribed = withMeta(toolCall('echoes'), { [SOFTWARE]: undefined });
  for (const _again of [1, 2]) {
    expect(await direct(unnamed)).toBeUndefined();
    expect((await direct(undescribed))?.status).toBe(200);
  }
});

test('an asynchronous input schema is left to the SDK, and an asynchronous output schema is checked', async () => {
  const short = z.string().refine(async (text) => text.length < 10);
  const judges = define('judges', { input: z.strictObject({ text: short }) }, echo);
  const judged = define('judged', { output: z.object({ text: short }) }, echo);
  const serve = (name: string, text: string) =>
    fetchWith([judges, judged], requestOf(toolCall(name, { text })));
  expect(await serve('judges', 'fits')).toBeUndefined();
  const [fits, tooLong] = [await serve('judged', 'fits'), await serve('judged', 'much too long')];
  expect(await fits?.json()).toMatchObject({ result: { structuredContent: { text: 'fits' } } });
  expect(await tooLong?.json()).toMatchObject({ result: { isError: true } });
});

test.each([
  [10, 'no-store, no-transform'],
  [5_000, 'no-store'],
])('a response with a text of %d characters has cache-control "%s"', async (length, expected) => {
  const requested = requestOf(toolCall('echoes', { text: 'x'.repeat(length) }));
  const response = await fetchWith([define('echoes', {}, echo)], requested);
  expect(response?.headers.get('cache-control')).toBe(expected);
});
