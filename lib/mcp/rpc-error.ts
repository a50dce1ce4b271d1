/** Statuses of a body that was given up on. */
const UNREAD = new Set([408, 413]);

/**
 * A JSON-RPC 2.0 error (section 5.1) that answers no message in particular.
 *
 * @param status - HTTP status
 * @param data - more about it, fit for strangers
 */
export function rpcError(status: number, code: number, message: string, data?: object): Response {
  return Response.json(
    { jsonrpc: '2.0', id: null, error: { code, message, ...(data !== undefined && { data }) } },
    // What of the body was not read is not waited for.
    { status, headers: { 'cache-control': 'no-store', ...(UNREAD.has(status) && { connection: 'close' }) } },
  );
}
