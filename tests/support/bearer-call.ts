/**
 * Calls `identity` with a token and nothing else, as a client of 2025 that keeps no session: what an instance says
 * to this very token, with no SDK that refreshes or asks for consent.
 *
 * @param origin - of the instance, which may listen on another port than its `APP_URL`
 * @param headers - headers besides those that such a client sends
 */
export function bearerCall(
  origin: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'identity', arguments: {} },
    }),
  });
}
