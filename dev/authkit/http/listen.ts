import { createServer, type RequestListener, type Server } from 'node:http';
import { AuthkitStartError } from '../start-error.ts';

export type Listening = { port: number; close(): Promise<void> };

/**
 * Binds to loopback. `localhost` is bound in both address families, because machines resolve it to either; without
 * IPv6 it is bound in IPv4 alone.
 *
 * @param port - 0 for a free port
 * @throws {AuthkitStartError} when the port is taken
 */
export async function listen(host: string, port: number, listener: RequestListener): Promise<Listening> {
  if (host !== 'localhost') {
    const server = await bind(host, port, listener);
    return { port: portOf(server), close: () => close([server]) };
  }
  for (let attempt = 1; ; attempt++) {
    const first = await bind('127.0.0.1', port, listener);
    try {
      const second = await bind('::1', portOf(first), listener);
      return { port: portOf(first), close: () => close([first, second]) };
    } catch (error) {
      if (!(error instanceof AuthkitStartError)) return { port: portOf(first), close: () => close([first]) };
      await close([first]);
      if (port !== 0 || attempt === 5) throw error;
    }
  }
}

function bind(host: string, port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new AuthkitStartError(
              cause.code === 'EACCES'
                ? `port ${port} needs privileges that this process does not have: set AUTHKIT_PORT to another`
                : `port ${port} is in use: stop the process that listens there, or set AUTHKIT_PORT to another`,
              { cause },
            )
          : cause,
      ),
    );
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(servers: Server[]): Promise<void> {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
}
