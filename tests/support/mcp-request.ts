/** One MCP message as an HTTP request. */
export type McpRequest = { headers: Record<string, string>; body: string };

const REVISION = '2026-07-28';

const COMMON = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A message of revision 2026-07-28 with all headers and members that the revision requires. */
export function mcpMessage(method: string, params: Record<string, unknown> = {}, id = 1): McpRequest {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'attacker', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
    ...(params._meta as object | undefined),
  };
  const name = params.name ?? params.uri;
  return {
    headers: {
      ...COMMON,
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } }),
  };
}

/** A call of a tool, in revision 2026-07-28. */
export function toolCall(name: string, args: Record<string, unknown> = {}, id = 1): McpRequest {
  return mcpMessage('tools/call', { name, arguments: args }, id);
}

/** A message as clients of 2025 send it, without an envelope. */
function legacyMessage(method: string, params: Record<string, unknown>, id: number): McpRequest {
  return {
    headers: { ...COMMON, 'mcp-protocol-version': '2025-06-18' },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
  };
}

/** A call of a tool as clients of 2025 send it. */
export function legacyToolCall(name: string, args: Record<string, unknown> = {}, id = 1): McpRequest {
  return legacyMessage('tools/call', { name, arguments: args }, id);
}

/** A request for the list of tools as clients of 2025 send it. */
export function legacyToolList(id = 1): McpRequest {
  return legacyMessage('tools/list', {}, id);
}

/** Sends a message to `${appUrl}/mcp` with a token. */
export function postMcp(
  appUrl: string,
  token: string | undefined,
  request: McpRequest = toolCall('identity'),
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${appUrl}/mcp`, {
    method: 'POST',
    redirect: 'manual',
    ...init,
    headers: { ...request.headers, ...(token && { authorization: `Bearer ${token}` }), ...init.headers },
    body: init.body ?? request.body,
  });
}

/**
 * Calls a tool with a token and nothing else, as a client of 2025 without a session: no SDK refreshes the token or asks for
 * consent.
 *
 * @param origin - of the instance, which may listen on another port than its `APP_URL`
 */
export function bearerCall(
  origin: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return postMcp(origin, token, legacyToolCall('identity'), { headers });
}
