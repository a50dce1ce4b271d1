import { createMcpProtectedRequestHandler } from '@better-auth/mcp';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { registerTools } from '../peers.ts';

const mcp = createMcpHandler(() => {
  const server = new McpServer({ name: 'peer', version: '1.0.0' });
  registerTools(server, 2);
  return server;
});

let handler: ((request: Request) => Promise<Response>) | undefined;

/** @better-auth/mcp's protected handler in front of the SDK, as its documentation puts them together. */
export function POST(request: Request): Promise<Response> {
  handler ??= createMcpProtectedRequestHandler(
    {
      audience: `${process.env.APP_URL}/mcp`,
      issuer: process.env.AUTHKIT_DOMAIN ?? '',
      jwksUrl: `${process.env.AUTHKIT_DOMAIN}/oauth2/jwks`,
    },
    (verified, claims) =>
      mcp.fetch(verified, {
        authInfo: {
          token: '',
          clientId: String(claims.client_id),
          scopes: [],
          extra: { subject: claims.sub },
        },
      }),
  );
  return handler(request);
}
