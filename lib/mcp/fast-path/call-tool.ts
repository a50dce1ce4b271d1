import { type Implementation, SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { Call } from '../call.ts';
import type { Tool, ToolResult } from '../tool.ts';
import type { OrdinaryCall } from './match.ts';

/**
 * Serves an ordinary call of a tool without building an SDK server for it, which costs about twice what the rest of
 * this endpoint does. Every error is the SDK's to answer. The answers are those of the SDK, except that a client of
 * 2025 gets JSON where the SDK opens a stream.
 *
 * @returns undefined, and nothing has run, when the SDK has the answer
 */
export function callDirectly(
  ordinary: OrdinaryCall,
  call: Call,
  { tools, serverInfo }: { tools: ReadonlyMap<string, Tool>; serverInfo: Implementation },
): Response | Promise<Response> | undefined {
  const running = tools.get(ordinary.name)?.start(ordinary.args, call, { envelope: ordinary.envelope });
  if (running === undefined) return undefined;
  if (!(running instanceof Promise)) return answer(ordinary, running, serverInfo);
  // The same as the SDK answers to nobody: the client has gone, or may not know the result any more.
  const toNobody = () => new Response(null, { status: 499 });
  return Promise.race([
    running.then((result) => answer(ordinary, result, serverInfo)),
    ended(call.signal).then(toNobody),
  ]);
}

function answer({ id, envelope }: OrdinaryCall, result: ToolResult, serverInfo: Implementation): Response {
  const stamped =
    envelope === undefined
      ? result
      : { resultType: 'complete', ...result, _meta: { [SERVER_INFO_META_KEY]: serverInfo } };
  return Response.json({ result: stamped, jsonrpc: '2.0', id });
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
