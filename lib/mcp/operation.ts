import { isObject, member } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** The operation of a request, read from its parsed body. The client chose every value. */
export type Operation = {
  /** JSON-RPC method, or `batch`. */
  method: string;
  /** The tool that a `tools/call` names. */
  tool: string | undefined;
  protocolVersion: string | undefined;
  /** The software of the client, by its own description. A client of 2025 sends it with `initialize` only. */
  clientSoftware: { name: string; version: string } | undefined;
};

const MAX_NAME = 64;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? sanitize(value, MAX_NAME) : undefined;
}

/** The `_meta` of a JSON-RPC message's parameters (MCP, General fields). */
export function requestMeta(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const meta = member(member(body, 'params'), '_meta');
  return isObject(meta) ? meta : undefined;
}

/** Reads the operation of a JSON-RPC message, or of a batch of them. Never throws: the SDK validates the message. */
export function readOperation(body: unknown, headers: Headers): Operation {
  if (Array.isArray(body))
    return { method: 'batch', tool: undefined, protocolVersion: undefined, clientSoftware: undefined };
  const params = member(body, 'params');
  const meta = member(params, '_meta');
  const method = text(member(body, 'method')) ?? 'unknown';
  const software = member(meta, 'io.modelcontextprotocol/clientInfo') ?? member(params, 'clientInfo');
  const name = text(member(software, 'name'));
  return {
    method,
    tool: method === 'tools/call' ? text(member(params, 'name')) : undefined,
    protocolVersion: text(headers.get('mcp-protocol-version')) ?? text(member(params, 'protocolVersion')),
    clientSoftware:
      name === undefined ? undefined : { name, version: text(member(software, 'version')) ?? '' },
  };
}
