import { authInfoOf } from '#lib/mcp/call.ts';
import { readOperation } from '#lib/mcp/operation.ts';
import { mcpHandler } from '#lib/mcp/server.ts';

const caller = {
  issuer: 'https://issuer.example',
  subject: 'user',
  clientId: 'https://client.example/id.json',
  sessionId: 'session',
  organizationId: undefined,
  scopes: new Set(['openid', 'profile']),
  permissions: new Set<string>(),
  issuedAt: 0,
  expiresAt: 4_000_000_000,
};

/** The same handler with everything about authentication left out: no token, no revocation, no recording. */
export async function POST(request: Request): Promise<Response> {
  const parsedBody: unknown = await request.json();
  const operation = readOperation(parsedBody, request.headers);
  const { signal } = request;
  const call = { caller, operation, signal, ended: signal, outcome: 'allowed' as const, reason: undefined };
  return mcpHandler().fetch(request, { parsedBody, authInfo: authInfoOf(call, 'https://x.example') });
}
