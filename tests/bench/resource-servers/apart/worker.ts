import { OAuthResourceServer } from '@cloudflare/workers-oauth-provider';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { registerTools } from '../../routes/peers.ts';

type Env = { RESOURCE: string; ISSUER: string };

const mcp = createMcpHandler(() => {
  const server = new McpServer({ name: 'peer', version: '1.0.0' });
  registerTools(server, 2);
  return server;
});

/** The resource server of the documentation, with tokens of another issuer. */
export default {
  fetch(request: Request, env: Env, context: never): Promise<Response> {
    const server = new OAuthResourceServer<Env, object>({
      resourceMetadata: { resource: env.RESOURCE, authorization_servers: [env.ISSUER] },
      requiredScopes: ['openid', 'profile'],
      validateToken: () => async (resource, token) => {
        const keys = createRemoteJWKSet(new URL(`${env.ISSUER}/oauth2/jwks`));
        const verified = await jwtVerify(token, keys, { issuer: env.ISSUER, audience: resource }).catch(
          () => undefined,
        );
        if (verified === undefined) return null;
        const { exp: expiresAt, scope } = verified.payload;
        return { props: {}, audience: resource, expiresAt, scope: String(scope ?? '').split(' ') };
      },
      handler: { fetch: (verified: Request) => mcp.fetch(verified) },
    });
    return server.fetch(request, env, context);
  },
};
