import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server';
import { isObject } from '#lib/text/json.ts';

/** Members that JSON-RPC 2.0 gives to a message. */
const MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
/** Members that are required, and that clients without any capability send as `null`. */
const CAPABILITIES = new Set(['capabilities', CLIENT_CAPABILITIES_META_KEY]);
/** Headers with one value, which gateways repeat and join. */
const SINGLE_HEADERS = ['content-type', 'origin', 'mcp-protocol-version', 'mcp-method', 'mcp-name'];

type Members = Record<string, unknown>;

/**
 * Removes what has no meaning from a JSON-RPC message, in place: members that are `null`, which many languages write for
 * an absent one, and members unknown to JSON-RPC. The arguments of a tool are left to its schema, where `null` may have a
 * meaning, and so is the `id` of a request, without which it would be a notification.
 */
export function normalizeMessage(message: unknown): void {
  if (!isObject(message)) return;
  const members = message as Members;
  const { id, method, params } = members;
  for (const name of Object.keys(members)) if (!MEMBERS.has(name)) delete members[name];
  const args = method === 'tools/call' && isObject(params) ? params.arguments : undefined;
  dropNulls(members, args);
  if (id === null && !String(method).startsWith('notifications/')) members.id = null;
}

/** The depth is bounded, because the body was checked before. */
function dropNulls(members: Members, kept: unknown): void {
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (value === null && CAPABILITIES.has(name)) members[name] = {};
    else if (value === null && !Array.isArray(members)) delete members[name];
    else if (typeof value === 'object' && value !== null && value !== kept) dropNulls(value as Members, kept);
  }
}

/** Sets a header to one value where a gateway repeated the same value. Different values stay, and are refused. */
export function mergeRepeatedHeaders(headers: Headers): void {
  for (const name of SINGLE_HEADERS) {
    const value = headers.get(name);
    if (!value?.includes(',')) continue;
    const [first = '', ...others] = value.split(/\s*,\s*/);
    if (others.every((other) => other === first)) headers.set(name, first);
  }
}
