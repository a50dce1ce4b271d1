import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a network misbehaves: passes everything on, late, or not at all; or refuses to connect. */
type NetworkState = 'open' | 'stalled' | 'cut' | { delayMs: number };

export type TcpProxy = {
  port: number;
  /** Changes the state, also for connections that are open. */
  set(state: NetworkState): void;
  close(): Promise<void>;
};

/** A TCP proxy on loopback in front of `targetPort`, to fail with. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let state: NetworkState = 'open';
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      if (state === 'stalled') return;
      if (typeof state === 'object') setTimeout(() => to.writable && to.write(chunk), state.delayMs);
      else to.write(chunk);
    });
    from.on('close', () => to.destroy());
  };
  const server = createServer((client) => {
    track(client);
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const target = connect(targetPort, '127.0.0.1');
    track(target);
    pass(client, target);
    pass(target, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      // What was swallowed while it was stalled is lost: those connections are dead.
      if (next === 'cut' || (state === 'stalled' && next !== 'stalled')) destroyAll();
      state = next;
    },
    close() {
      destroyAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
