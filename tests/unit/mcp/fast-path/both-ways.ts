import type { McpHandlerRequestOptions, McpHttpHandler } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { vi } from 'vitest';
import { z } from 'zod';
import { authInfoOf, type Call, callOf } from '#lib/mcp/call.ts';
import { withFastPath } from '#lib/mcp/fast-path/fast-path.ts';
import { readOperation } from '#lib/mcp/operation.ts';
import { createSdkHandler } from '#lib/mcp/server.ts';
import { defineTool, type Tool, ToolError } from '#lib/mcp/tool.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import type { McpRequest } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

/** Sets a configuration and an empty list cache, prints nothing, and resets {@link ran}. */
export function quietConfiguration(): void {
  Object.assign(ran, { times: 0, lists: 0 });
  handler = fastPath(tools);
  stubConfiguration();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'error').mockReturnValue(undefined);
}

/** How often a tool of {@link define} ran, and how often {@link direct} asked the SDK for a list. */
export const ran = { times: 0, lists: 0 };

/** A tool that takes a text and gives one back. */
export const define = (name: string, more: object = {}, run: (input: { text: string }) => { text: string }) =>
  defineTool({
    name,
    title: name,
    description: name,
    input: z.strictObject({ text: z.string().default('none') }),
    output: z.object({ text: z.string() }),
    annotations: {},
    ...more,
    run(input, context) {
      ran.times++;
      if (name === 'asks') context.confirm('Sure?', undefined);
      return run(input);
    },
  });

export const echo = ({ text }: { text: string }) => ({ text });
const tools: readonly Tool[] = [
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
];

const sdk = createSdkHandler(tools);
const serverInfo = { name: 'mcp-authkit-starter', title: 'MCP AuthKit Starter', version: '0.1.0' };
/** In every response that the fast path left to the SDK. */
const LEFT_TO_SDK = 'x-left-to-sdk';

/** The fast path before a handler that makes lists of tools and runs none. */
function fastPath(own: readonly Tool[]): McpHttpHandler {
  const behind = async (request: Request, options?: McpHandlerRequestOptions) => {
    const list = callOf(options?.authInfo).operation.method === 'tools/list';
    if (list) ran.lists++;
    const response = list ? await sdk.fetch(request, options) : new Response();
    response.headers.set(LEFT_TO_SDK, 'yes');
    return response;
  };
  return withFastPath({ ...sdk, fetch: behind }, own, () => serverInfo);
}

let handler = fastPath(tools);

function callFor(request: Request, body: unknown, caller: Partial<Caller>): Call {
  return {
    caller: callerOf(caller),
    operation: readOperation(body, request.headers),
    signal: request.signal,
    abortState: request.signal,
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

/** A request as the endpoint has it after authentication. */
export function requestOf({ headers, body }: McpRequest, caller: Partial<Caller> = {}) {
  const request = new Request('http://localhost:3000/mcp', { method: 'POST', headers, body });
  const parsed: unknown = JSON.parse(body);
  return { request, parsed, call: callFor(request, parsed, caller) };
}

type Requested = ReturnType<typeof requestOf>;

const optionsFor = ({ parsed, call }: Requested): McpHandlerRequestOptions => ({
  parsedBody: parsed,
  authInfo: authInfoOf(call, 'https://app.example/.well-known/oauth-protected-resource/mcp'),
});

async function unlessLeft(serving: Promise<Response>): Promise<Response | undefined> {
  const response = await serving;
  return response.headers.has(LEFT_TO_SDK) ? undefined : response;
}

/** The response of the fast path with other tools; undefined when it leaves the request to the SDK. */
export function fetchWith(own: readonly Tool[], requested: Requested): Promise<Response | undefined> {
  return unlessLeft(fastPath(own).fetch(requested.request, optionsFor(requested)));
}

/** The answer of the fast path; undefined when it leaves the request to the SDK. */
export async function direct(sent: McpRequest, caller?: Partial<Caller>): Promise<Answer | undefined> {
  const requested = requestOf(sent, caller);
  const response = await unlessLeft(handler.fetch(requested.request, optionsFor(requested)));
  return response && read(response, requested.call);
}

/** The SDK's answer to the same. */
export async function bySdk(sent: McpRequest, caller?: Partial<Caller>): Promise<Answer> {
  const requested = requestOf(sent, caller);
  return read(await sdk.fetch(requested.request, optionsFor(requested)), requested.call);
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

export const withParams = (sent: McpRequest, params: Record<string, unknown>) =>
  changed(sent, (message) => Object.assign(message.params, params));
export const withMeta = (sent: McpRequest, meta: Record<string, unknown>) =>
  changed(sent, ({ params }) => {
    params._meta = { ...params._meta, ...meta };
  });
export const withMembers = (sent: McpRequest, members: Record<string, unknown>) =>
  changed(sent, (message) => Object.assign(message, members));
export const withHeaders = (sent: McpRequest, headers: Record<string, string | undefined>) =>
  changed(sent, () => undefined, headers);

export const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const SOFTWARE = 'io.modelcontextprotocol/clientInfo';
export const VERSION = 'io.modelcontextprotocol/protocolVersion';

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
/** A change of one thing in a request: mostly one that makes it another request, or none. */
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

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** Up to two changes of a request. */
export const changes = fc
  .array(change, { maxLength: 2 })
  .map((all) => (sent: McpRequest) => all.reduce(applied, sent));

function applied(sent: McpRequest, { where, name, value: to }: Change): McpRequest {
  if (where === 'header') return withHeaders(sent, { [name]: to as string | undefined });
  if (where === 'message') return withMembers(sent, { [name]: to });
  if (where === 'params') return changed(sent, ({ params }) => Object.assign(params ?? {}, { [name]: to }));
  return changed(sent, ({ params }) => Object.assign(params?._meta ?? {}, { [name]: to }));
}
