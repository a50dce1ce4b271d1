import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AuthInfo, createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

const { APP_URL = '', AUTHKIT_DOMAIN = '', PORT = '' } = process.env;
const keys = createRemoteJWKSet(new URL(`${AUTHKIT_DOMAIN}/oauth2/jwks`));

const nothing = z.object({});
const caller = z.object({ subject: z.string(), clientId: z.string() });
const search = z.object({ text: z.string(), limit: z.int().default(10) });
const found = z.object({ text: z.string(), rows: z.array(z.object({ id: z.string(), at: z.string() })) });

/** The SDK and nothing else. Schemas are built once: what a call costs when nothing is done twice. */
const mcp = createMcpHandler(({ authInfo }) => {
  const server = new McpServer({ name: 'bare', version: '1.0.0' });
  server.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description: 'Says who is calling.',
      inputSchema: nothing,
      outputSchema: caller,
    },
    async () => {
      const result = { subject: String(authInfo?.extra?.subject), clientId: authInfo?.clientId ?? '' };
      return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
    },
  );
  server.registerTool(
    'filler_1',
    {
      title: 'Filler 1',
      description: 'Stands in for one of several tools.',
      inputSchema: search,
      outputSchema: found,
    },
    async ({ text }) => ({ content: [{ type: 'text', text }], structuredContent: { text, rows: [] } }),
  );
  return server;
});

/** Who a bearer token belongs to; undefined for a token that is not good. */
async function verify(authorization: string | undefined): Promise<AuthInfo | undefined> {
  const token = authorization?.replace(/^Bearer /, '') ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: AUTHKIT_DOMAIN, audience: `${APP_URL}/mcp` });
    const { sub, client_id, scope } = payload;
    return { token, clientId: String(client_id), scopes: String(scope).split(' '), extra: { subject: sub } };
  } catch {
    return undefined;
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const authInfo = request.url === '/jose' ? await verify(request.headers.authorization) : undefined;
  if (request.url === '/jose' && authInfo === undefined) {
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    return;
  }
  const headers = new Headers(request.headers as Record<string, string>);
  const answer = await mcp.fetch(new Request(`${APP_URL}${request.url}`, { method: 'POST', headers }), {
    parsedBody: JSON.parse(Buffer.concat(chunks).toString()),
    ...(authInfo && { authInfo }),
  });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** `/open` asks for no token, `/jose` verifies one on each call. */
createServer((request, response) => {
  if (request.method === 'GET') response.end('ready');
  else serve(request, response).catch(() => response.writeHead(500).end());
}).listen(Number(PORT), '127.0.0.1');
