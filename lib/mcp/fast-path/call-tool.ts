import { setImmediate } from 'node:timers/promises';
import { type Implementation, SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { Call } from '../call.ts';
import type { Tool, ToolRequest, ToolResult } from '../tool.ts';
import type { FastPathCall } from './match.ts';

/** Characters of a response that is not worth compressing. */
const MAX_UNCOMPRESSED = 1_000;

/**
 * Calls a tool without an SDK server.
 *
 * @returns undefined, and nothing has run, when the SDK has to answer: the tool is unknown, the arguments do not fit, or
 *   the caller lacks a scope
 */
type CallTool = (match: FastPathCall, call: Call) => Promise<Response> | undefined;

/** Creates the function that calls one of these tools. */
export function createToolCalls(tools: readonly Tool[], serverInfo: () => Implementation): CallTool {
  const byName = new Map(tools.filter((tool) => !mirrorsHeaders(tool)).map((tool) => [tool.name, tool]));
  return (match, call) => {
    const tool = byName.get(match.name);
    if (tool === undefined || !tool.scopes.every((scope) => call.caller.scopes.has(scope))) return undefined;
    const parsed = tool.listing.inputSchema['~standard'].validate(match.args);
    if (parsed instanceof Promise) {
      // The SDK validates again, and answers a failure.
      parsed.catch(() => undefined);
      return undefined;
    }
    return parsed.issues ? undefined : run(tool, parsed.value, match, call, serverInfo);
  };
}

/**
 * Whether an argument of the tool is repeated in a header (`x-mcp-header` in the schema, 2026-07-28). The SDK compares
 * the two.
 */
function mirrorsHeaders({ listing }: Tool): boolean {
  const { input } = listing.inputSchema['~standard'].jsonSchema;
  return JSON.stringify(input({ target: 'draft-2020-12' })).includes('x-mcp-header');
}

async function run(
  tool: Tool,
  args: unknown,
  match: FastPathCall,
  call: Call,
  serverInfo: () => Implementation,
): Promise<Response> {
  const running = tool.run(args, call, new FastPathRequest(match, call));
  // Watching a call for revocation costs more than most tools do. A tool that needs no I/O is done before the next turn of
  // the event loop, so only others are watched.
  const done = await Promise.race([running.then(() => true), setImmediate(false)]);
  if (!done) await Promise.race([running, aborted(call.signal)]);
  // The response of the SDK to a call that was aborted, which no client receives.
  if (call.abortState.aborted) return new Response(null, { status: 499 });
  return answer(match, await running, serverInfo);
}

/** The request as the tool sees it. A match has neither a progress token nor answers to questions. */
class FastPathRequest implements ToolRequest {
  readonly envelope: ToolRequest['envelope'];
  readonly #call: Call;

  constructor({ envelope }: FastPathCall, call: Call) {
    this.envelope = envelope;
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  async notify(): Promise<void> {}
}

function answer(
  { id, envelope }: FastPathCall,
  result: ToolResult,
  serverInfo: () => Implementation,
): Response {
  const stamped =
    envelope === undefined
      ? result
      : { resultType: 'complete', ...result, _meta: { [SERVER_INFO_META_KEY]: serverInfo() } };
  const text = JSON.stringify({ result: stamped, jsonrpc: '2.0', id });
  // Next compresses what it does not know the length of. A text this short is in one packet without that, too.
  const cacheControl = text.length < MAX_UNCOMPRESSED ? 'no-store, no-transform' : 'no-store';
  return new Response(text, {
    headers: { 'content-type': 'application/json', 'cache-control': cacheControl },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
