import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createMcpHandler, withMcpAuth } from 'mcp-handler';
import { registerTools } from '../../peers.ts';

const handlers = new Map<number, (request: Request) => Promise<Response>>();

function handlerFor(count: number) {
  let handler = handlers.get(count);
  if (handler === undefined) {
    const keys = createRemoteJWKSet(new URL(`${process.env.AUTHKIT_DOMAIN}/oauth2/jwks`));
    handler = withMcpAuth(
      createMcpHandler((server) => registerTools(server, count)),
      async (_request, token) => {
        if (!token) return undefined;
        const { payload } = await jwtVerify(token, keys, {
          issuer: process.env.AUTHKIT_DOMAIN,
          audience: `${process.env.APP_URL}/mcp`,
        });
        return {
          token,
          clientId: String(payload.client_id),
          scopes: String(payload.scope).split(' '),
          expiresAt: payload.exp,
          extra: { subject: payload.sub },
        };
      },
      { required: true },
    );
    handlers.set(count, handler);
  }
  return handler;
}

/** mcp-handler with `withMcpAuth` and jose, schemas where its README declares them. */
export async function POST(request: Request, { params }: { params: Promise<{ count: string }> }) {
  return handlerFor(Number((await params).count))(request);
}
