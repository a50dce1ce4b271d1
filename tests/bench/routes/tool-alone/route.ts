import { authInfoOf } from '#lib/mcp/call.ts';
import { readOperation } from '#lib/mcp/operation.ts';
import { mcpHandler } from '#lib/mcp/server.ts';
import { recognise } from '../open/without-authentication.ts';

const caller = recognise();

/** What stands behind the endpoint, without any of it: no token, no revocation, no guards, no limits, no request id, no record. */
export async function POST(request: Request): Promise<Response> {
  const parsedBody: unknown = await request.json();
  const operation = readOperation(parsedBody, request.headers);
  const { signal } = request;
  const call = { caller, operation, signal, ended: signal, outcome: 'allowed' as const, reason: undefined };
  return mcpHandler().fetch(request, { parsedBody, authInfo: authInfoOf(call, 'https://x.example') });
}
