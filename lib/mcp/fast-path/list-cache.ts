import { LRUCache } from 'lru-cache';
import type { Call } from '../call.ts';
import type { Tool } from '../tool.ts';
import type { OrdinaryList } from './match.ts';

/** Lists that are kept: one for each revision and each set of permissions that some tool needs. */
const MAX_KEPT = 100;

export type PreparedLists = {
  /**
   * Answers an ordinary request for the list of tools.
   *
   * @param bySdk - the SDK's answer to the same request
   */
  answer(ordinary: OrdinaryList, call: Call, bySdk: () => Promise<Response>): Promise<Response>;
};

/**
 * Lists of tools that are made once: the SDK builds a server with all tools for each request that asks for one. What
 * the SDK answered the first who asked is what everybody is told who sees the same tools and speaks the same
 * revision of the protocol; a client of 2025 gets JSON where the SDK opens a stream.
 */
export function prepareLists(tools: Iterable<Tool>): PreparedLists {
  const needed = [...new Set([...tools].flatMap(({ permission }) => permission ?? []))].sort();
  const results = new LRUCache<string, string>({ max: MAX_KEPT });
  return {
    async answer({ id, revision }, { caller }, bySdk) {
      const held = needed.filter((permission) => caller.permissions.has(permission));
      const key = JSON.stringify([revision, held]);
      const known = results.get(key);
      if (known !== undefined) return answerOf(known, id);
      const response = await bySdk();
      if (response.status !== 200) return response;
      const text = await response.text();
      const result = resultOf(text);
      if (result === undefined) return new Response(text, response);
      results.set(key, result);
      return answerOf(result, id);
    },
  };
}

function answerOf(result: string, id: string | number): Response {
  return new Response(`{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`, {
    headers: { 'content-type': 'application/json' },
  });
}

/** The result in a JSON-RPC message, which is the whole text or the only event of a stream; undefined for an error. */
function resultOf(text: string): string | undefined {
  const message: { result?: unknown } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
  return JSON.stringify(message.result);
}
