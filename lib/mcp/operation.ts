import { isObject, member } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';

/** What a request asks for, read from its parsed body; everything in it is the client's word. */
export type Operation = {
  /** JSON-RPC method, or `batch`. */
  method: string;
  /** The tool that a `tools/call` names. */
  tool: string | undefined;
  protocolVersion: string | undefined;
  /** How the client's software names itself; a 2025-era client says it in `initialize` only. */
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

/** Reads the operation of a JSON-RPC message, or of a batch of them. Never throws: the SDK judges the message. */
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
