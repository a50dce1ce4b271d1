import { authInfoOf } from '#lib/mcp/call.ts';
import { readOperation } from '#lib/mcp/operation.ts';
import { mcpHandler } from '#lib/mcp/server.ts';
import { cachedCaller } from '../open/without-authentication.ts';

const caller = cachedCaller() as NonNullable<ReturnType<typeof cachedCaller>>;

/** The handler without the endpoint: no token, revocation, guards, limits, request id or activity. */
export async function POST(request: Request): Promise<Response> {
  const parsedBody: unknown = await request.json();
  const operation = readOperation(parsedBody, request.headers);
  const { signal } = request;
  const call = {
    caller,
    operation,
    signal,
    abortState: signal,
    outcome: 'allowed' as const,
    reason: undefined,
  };
  return mcpHandler().fetch(request, { parsedBody, authInfo: authInfoOf(call, 'https://x.example') });
}
