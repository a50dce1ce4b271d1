import { member } from '#lib/text/json.ts';

export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const SERVER_ERROR = -32000;

/** Statuses after which the rest of the body is not read. */
const CLOSES_CONNECTION = new Set([408, 413]);

/** The `id` of a JSON-RPC message, for a response to it; null when it has none. */
export function messageId(message: unknown): string | number | null {
  const id = member(message, 'id');
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/**
 * A response with a JSON-RPC 2.0 error (section 5.1).
 *
 * @param status - HTTP status
 * @param data - details that any client may see
 * @param id - of the message that it answers; null when it answers none in particular
 */
export function rpcError(
  status: number,
  code: number,
  message: string,
  data?: object,
  id: string | number | null = null,
): Response {
  return Response.json(
    { jsonrpc: '2.0', id, error: { code, message, data } },
    {
      status,
      headers: {
        'cache-control': 'no-store',
        ...(CLOSES_CONNECTION.has(status) && { connection: 'close' }),
      },
    },
  );
}
