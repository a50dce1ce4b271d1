import { LRUCache } from 'lru-cache';
import { type Call, hasPermission } from '../call.ts';
import type { Tool } from '../tool.ts';
import type { FastPathList } from './match.ts';

/** Cached lists: one for each revision, set of permissions that a tool needs, and set of tools that limits forbid. */
const MAX_LISTS = 100;

type ListCache = {
  /**
   * Answers a request for the list of tools.
   *
   * @param bySdk - returns the SDK's response to the same request
   */
  answer(match: FastPathList, call: Call, bySdk: () => Promise<Response>): Promise<Response>;
};

/**
 * Caches lists of tools, because the SDK builds a server with all tools for each request that asks for one. The result of
 * the first request is that of every later one with the same protocol revision from a caller who sees the same tools. A
 * client of 2025 gets JSON where the SDK opens a stream.
 */
export function createListCache(tools: readonly Tool[]): ListCache {
  const permissions = [...new Set(tools.flatMap(({ permission }) => permission ?? []))].sort();
  const names = tools.map(({ name }) => name);
  const results = new LRUCache<string, string>({ max: MAX_LISTS });
  return {
    async answer({ id, revision }, call, bySdk) {
      const held = permissions.filter((permission) => hasPermission(call, permission));
      const off = names.filter((name) => call.toolsOff?.has(name));
      const key = JSON.stringify([revision, held, off]);
      const cached = results.get(key);
      if (cached !== undefined) return responseWith(cached, id);
      const response = await bySdk();
      if (response.status !== 200) return response;
      const text = await response.text();
      const result = resultOf(text);
      if (result === undefined) return new Response(text, response);
      results.set(key, result);
      return responseWith(result, id);
    },
  };
}

function responseWith(result: string, id: string | number): Response {
  return new Response(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`, {
    headers: { 'content-type': 'application/json' },
  });
}

/** The result in a JSON-RPC message, which is the whole text or the only event of a stream; undefined for an error. */
function resultOf(text: string): string | undefined {
  const message: { result?: unknown } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
  return JSON.stringify(message.result);
}
