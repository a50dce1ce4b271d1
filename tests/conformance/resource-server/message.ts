import type { Revision } from './requirement.ts';

export type Message = { headers: Record<string, string>; body: string };

const CLIENT = { name: 'resource-server-suite', version: '1.0.0' };

/** Whether requests of a revision carry everything with them, without a handshake before. */
const isStateless = (revision: Revision) => revision >= '2026-07-28';

/**
 * A JSON-RPC request as a client of the revision sends it: with an envelope and mirrored headers from 2026-07-28
 * on, before that with the headers of its time.
 *
 * @param name - of the tool, prompt or resource that the request is for
 */
export function message(
  revision: Revision,
  method: string,
  params: Record<string, unknown> = {},
  name?: string,
): Message {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  if (revision >= '2025-06-18' && method !== 'initialize') headers['mcp-protocol-version'] = revision;
  if (!isStateless(revision))
    return { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) };
  headers['mcp-method'] = method;
  if (name !== undefined) headers['mcp-name'] = name;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }) };
}

/** The request with which a client of the revision begins. */
export function firstMessage(revision: Revision): Message {
  return isStateless(revision)
    ? message(revision, 'server/discover')
    : message(revision, 'initialize', {
        protocolVersion: revision,
        capabilities: {},
        clientInfo: CLIENT,
      });
}

/** A request that calls a tool without arguments. */
export function toolCall(revision: Revision, name: string): Message {
  return message(revision, 'tools/call', { name, arguments: {} }, name);
}
