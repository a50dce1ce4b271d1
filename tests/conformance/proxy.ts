import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export type Listening = { port: number; close(): Promise<void> };
type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An HTTP server on loopback; the connection of a request that fails is closed. */
export async function listen(serve: Serve, port = 0): Promise<Listening> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Hands a request on to another port and its answer back, both as they are but for `headers`. */
export async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  headers: IncomingHttpHeaders = {},
): Promise<void> {
  const { method, url: path } = incoming;
  const all = { ...incoming.headers, ...headers };
  const onward = forward({ host: '127.0.0.1', port, path, method, headers: all });
  outgoing.once('close', () => onward.destroy());
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once('response', resolve).once('error', reject);
  });
  // A request that is refused by its headers is answered while the body is still on its way.
  const sent = pipeline(incoming, onward).catch(() => undefined);
  const answer = await answered;
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  outgoing.flushHeaders();
  await pipeline(answer, outgoing);
  await sent;
}
