import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JWTPayload } from 'jose';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { createHandler } from '#lib/mcp/server.ts';
import type { Tool } from '#lib/mcp/tool.ts';
import { stubConfiguration } from './stub-configuration.ts';
import { startIssuer, type TestIssuer } from './tokens.ts';

export type Caller = {
  /** Claims of the token besides the documented ones; `permissions` is what a role gives. */
  claims?: JWTPayload;
  /** What the person answers when a tool asks for confirmation; without it the client cannot ask. */
  agrees?: boolean;
  era?: 'auto' | 'legacy';
};

/** The MCP endpoint in this process, with a database in memory: the fastest way to call a tool for real. */
export type TestEndpoint = {
  /** The official client, connected with a token of the person `user_ada` unless the claims say otherwise. */
  connect(caller?: Caller): Promise<Client>;
  /** The issuer of the tokens, which also answers as the WorkOS API. */
  issuer: TestIssuer;
  close(): Promise<void>;
};

/**
 * Starts the endpoint. The process keeps the configuration that this makes, so one in a test file is enough.
 *
 * @param tools - what it offers instead of the tools of this server
 */
export async function startEndpoint(tools?: readonly Tool[]): Promise<TestEndpoint> {
  const handler = tools && createHandler(tools);
  const issuer = await startIssuer();
  const settings = stubConfiguration({
    AUTHKIT_DOMAIN: issuer.url,
    WORKOS_API_HOSTNAME: 'localhost',
    WORKOS_API_PORT: new URL(issuer.url).port,
    WORKOS_API_HTTPS: 'false',
  });
  const url = resourceUrl(settings);
  // Opened here, so that the first test does not wait for it.
  await db();

  const background: Promise<void>[] = [];
  const direct: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    request.headers.set('host', new URL(request.url).host);
    const after: Parameters<typeof handleMcp>[1] = (task) => {
      background.push(Promise.resolve().then(task));
    };
    return handleMcp(request, after, handler);
  };
  const clients: Client[] = [];
  return {
    issuer,
    async connect({ claims, agrees, era = 'auto' } = {}) {
      const client = new Client(
        { name: 'test', version: '1' },
        {
          capabilities: agrees === undefined ? {} : { elicitation: {} },
          versionNegotiation: { mode: era },
        },
      );
      if (agrees !== undefined)
        client.setRequestHandler('elicitation/create', () => ({
          action: 'accept',
          content: { confirm: agrees },
        }));
      const token = await issuer.token(claims);
      const transport = new StreamableHTTPClientTransport(new URL(url), {
        fetch: direct,
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      });
      await client.connect(transport);
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all(background);
      await issuer.close();
    },
  };
}
