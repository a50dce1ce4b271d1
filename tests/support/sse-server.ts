import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { z } from 'zod';

type Options = {
  /** Value of `authorization` that every request needs. */
  authorization?: string;
  /** What the event `endpoint` names, in place of the path of the session. */
  endpoint?: string;
};

/** A server of HTTP+SSE, the transport of MCP 2024-11-05, by version 1 of the SDK, on a loopback port. */
export async function startSseServer({ authorization, endpoint }: Options = {}) {
  const sessions = new Map<string, SSEServerTransport>();
  const closed: Promise<unknown>[] = [];
  const seen: { method: string | undefined; url: string; headers: IncomingMessage['headers'] }[] = [];

  const server = createServer(async (request, response) => {
    const { method, url = '/', headers } = request;
    seen.push({ method, url, headers });
    if (method === 'POST' && url === '/sse') return response.writeHead(404).end('Cannot POST /sse');
    if (authorization !== undefined && headers.authorization !== authorization)
      return response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    if (method === 'GET' && url === '/sse') {
      if (endpoint !== undefined)
        return response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(`event: endpoint\ndata: ${endpoint}\n\n`);
      const transport = new SSEServerTransport('/messages', response);
      sessions.set(transport.sessionId, transport);
      closed.push(once(response, 'close').then(() => sessions.delete(transport.sessionId)));
      return product(() => response.end()).connect(transport);
    }
    const session = sessions.get(new URL(url, 'http://localhost').searchParams.get('sessionId') ?? '');
    if (method !== 'POST' || session === undefined) return response.writeHead(404).end();
    await session.handlePostMessage(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/sse`,
    /** Every request that arrived. */
    seen,
    /** Resolves when the streams of all sessions are closed. */
    closed: () => Promise.all(closed),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function product(endStream: () => void): McpServer {
  const server = new McpServer({ name: 'old', version: '1' });
  server.registerTool('add', { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }));
  server.registerTool('ask', {}, async () => {
    const answer = await server.server.elicitInput({
      message: 'Which colour?',
      requestedSchema: { type: 'object', properties: { colour: { type: 'string' } } },
    });
    return { content: [{ type: 'text', text: JSON.stringify(answer.content) }] };
  });
  server.registerTool('end', {}, () => {
    endStream();
    return new Promise(() => {});
  });
  return server;
}
