/** The protocol revision that is tried first. */
const MODERN_VERSION = '2026-07-28';
/** The latest protocol revision with an `initialize` handshake. */
export const LEGACY_VERSION = '2025-11-25';

export const CLIENT_INFO = { name: 'mcp-authkit-starter-inspector', version: '1.0.0' };

export type ProbeMessage = { method: string; headers: Record<string, string>; body: string };

type ProbeName =
  | 'server/discover'
  | 'tools/list'
  | 'initialize'
  | 'notifications/initialized'
  | 'tools/list (legacy)';

const COMMON = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

function modern(method: string, id: string): ProbeMessage {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
    'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return {
    method,
    headers: { ...COMMON, 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': method },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta } }),
  };
}

function legacy(message: Record<string, unknown>, headers: Record<string, string> = {}): ProbeMessage {
  return {
    method: String(message.method),
    headers: { ...COMMON, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  };
}

/**
 * A request without a token, in the form of MCP 2026-07-28 or of an earlier revision.
 *
 * @param revision - of messages with a handshake
 */
export function probeMessage(name: ProbeName, revision = LEGACY_VERSION): ProbeMessage {
  const version = { 'mcp-protocol-version': revision };
  switch (name) {
    case 'server/discover':
      return modern(name, 'discover-1');
    case 'tools/list':
      return modern(name, 'list-1');
    case 'initialize':
      return legacy({
        id: 'initialize-1',
        method: name,
        params: { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT_INFO },
      });
    case 'notifications/initialized':
      return legacy({ method: name }, version);
    case 'tools/list (legacy)':
      return legacy({ id: 'list-1', method: 'tools/list' }, version);
  }
}
