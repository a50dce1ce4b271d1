/** Statuses after which the rest of the body is not read. */
const CLOSES_CONNECTION = new Set([408, 413]);

/**
 * A response with a JSON-RPC 2.0 error (section 5.1) that belongs to no message in particular.
 *
 * @param status - HTTP status
 * @param data - details that any client may see
 */
export function rpcError(status: number, code: number, message: string, data?: object): Response {
  return Response.json(
    { jsonrpc: '2.0', id: null, error: { code, message, data } },
    {
      status,
      headers: {
        'cache-control': 'no-store',
        ...(CLOSES_CONNECTION.has(status) && { connection: 'close' }),
      },
    },
  );
}
