import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { type Listening, listen, pass } from '../proxy.ts';

function webRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const init = { method, headers, signal };
  if (method === 'GET' || method === 'HEAD') return new Request(new URL(url, 'http://localhost'), init);
  const body = Readable.toWeb(incoming) as NonNullable<BodyInit>;
  // The types are of browsers, which do not have this member; Node asks for it with every streamed body.
  const streamed: RequestInit & { duplex: 'half' } = { ...init, body, duplex: 'half' };
  return new Request(new URL(url, 'http://localhost'), streamed);
}

/**
 * The real endpoint pipeline on loopback, with another handler behind its guards.
 *
 * @returns its port and a function that closes it
 */
export function startEndpoint(handler: McpHttpHandler): Promise<Listening> {
  return listen(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const tasks: (() => void | Promise<void>)[] = [];
    const after = (task: () => void | Promise<void>) => void tasks.push(task);
    try {
      const response = await handleMcp(webRequest(incoming, gone.signal), after, handler);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) outgoing.end();
      else await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), outgoing);
    } finally {
      for (const task of tasks) await task();
    }
  });
}

/**
 * A proxy before the endpoint for a suite that expects a server without sign-in: adds a token and changes nothing
 * else, `Host` and `Origin` included.
 *
 * @returns the URL for the suite
 */
export async function startTokenProxy(
  port: number,
  token: () => Promise<string>,
): Promise<{ url: string; close(): Promise<void> }> {
  const proxy = await listen(async (incoming, outgoing) =>
    pass(incoming, outgoing, port, { authorization: `Bearer ${await token()}` }),
  );
  return { url: `http://localhost:${proxy.port}/mcp`, close: proxy.close };
}
