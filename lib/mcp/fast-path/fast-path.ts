import type { Implementation, McpHttpHandler } from '@modelcontextprotocol/server';
import { config } from '#lib/config/env.ts';
import { callOf } from '../call.ts';
import type { Tool } from '../tool.ts';
import { createToolCalls } from './call-tool.ts';
import { createListCache } from './list-cache.ts';
import { matchFastPath } from './match.ts';

/**
 * Puts the fast path before a handler: requests of a well-known form are answered without an SDK server, all others by
 * `handler`. Removing this function changes speed, and nothing else that a client may rely on.
 *
 * `MCP_FAST_PATH=off` turns it off.
 *
 * @param handler - the SDK's handler with the same tools
 */
export function withFastPath(
  handler: McpHttpHandler,
  tools: readonly Tool[],
  serverInfo: () => Implementation,
): McpHttpHandler {
  const lists = createListCache(tools);
  const callTool = createToolCalls(tools, serverInfo);
  return {
    ...handler,
    fetch(request, options) {
      const bySdk = () => handler.fetch(request, options);
      const match = config().fastPath ? matchFastPath(options?.parsedBody, request.headers) : undefined;
      if (match === undefined) return bySdk();
      const call = callOf(options?.authInfo);
      if (match.method === 'tools/list') return lists.answer(match, call, bySdk);
      return callTool(match, call) ?? bySdk();
    },
  };
}
