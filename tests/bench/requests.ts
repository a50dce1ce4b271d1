import type { Variant } from './load.ts';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

export type Era = '2026-07-28' | '2025-11-25';

/** A JSON-RPC request as a client of an era sends it. */
export function message(era: Era, method: string, name?: string): Pick<Variant, 'body' | 'headers'> {
  const params = name === undefined ? {} : { name, arguments: {} };
  if (era === '2025-11-25')
    return {
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      headers: { ...JSON_HEADERS, 'mcp-protocol-version': era },
    };
  return {
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: ENVELOPE } }),
    headers: {
      ...JSON_HEADERS,
      'mcp-protocol-version': era,
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
    },
  };
}

/** A call of `whoami` that has to be answered with its result. */
export function whoami(
  name: string,
  server: Variant['server'],
  changes: Partial<Variant> & { era?: Era } = {},
): Variant {
  const { era = '2026-07-28', ...others } = changes;
  return {
    name,
    server,
    path: '/mcp',
    ...message(era, 'tools/call', 'whoami'),
    status: [200],
    contains: 'structuredContent',
    ...others,
  };
}
