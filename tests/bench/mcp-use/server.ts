import { MCPServer } from 'mcp-use';
import { createJwtVerifier, oauthCustomProvider } from 'mcp-use/oauth';
import { z } from 'zod';

const { APP_URL = '', AUTHKIT_DOMAIN = '', PORT = '' } = process.env;
const jwksUrl = new URL(`${AUTHKIT_DOMAIN}/oauth2/jwks`);

/** mcp-use with the token verifier that it brings for issuers it has no provider for, tools as its README declares them. */
const server = new MCPServer<{ subject: string; clientId: string }>({
  name: 'peer',
  version: '1.0.0',
  logging: { enabled: false },
  oauth: oauthCustomProvider({
    resource: `${APP_URL}/mcp`,
    createTokenVerifier: (resource) => createJwtVerifier({ issuer: AUTHKIT_DOMAIN, jwksUrl, resource }),
    oauthMetadata: {
      issuer: AUTHKIT_DOMAIN,
      authorization_endpoint: `${AUTHKIT_DOMAIN}/oauth2/authorize`,
      token_endpoint: `${AUTHKIT_DOMAIN}/oauth2/token`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
    },
    mapAuthInfo: ({ clientId, extra }) => ({
      user: { subject: String(extra?.sub), clientId },
      payload: {},
      permissions: [],
    }),
  }),
});

server.tool(
  {
    name: 'whoami',
    title: 'Who am I',
    description: 'Says who is calling.',
    inputSchema: z.object({}),
    outputSchema: z.object({ subject: z.string(), clientId: z.string() }),
  },
  async (_input, { auth: { user } }) => ({
    content: [{ type: 'text', text: JSON.stringify(user) }],
    structuredContent: user,
  }),
);

server.tool(
  {
    name: 'filler_1',
    title: 'Filler 1',
    description: 'Stands in for one of several tools.',
    inputSchema: z.object({ text: z.string(), limit: z.number().int().default(10) }),
    outputSchema: z.object({ text: z.string(), rows: z.array(z.object({ id: z.string(), at: z.string() })) }),
  },
  async ({ text }) => ({ content: [{ type: 'text', text }], structuredContent: { text, rows: [] } }),
);

await server.listen(Number(PORT));
