import { createServer } from 'node:net';
import { createGuardedFetch, type GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { PUBLIC_ADDRESS, startFakeInternet } from '#tests/support/fake-internet.ts';
import { freePort } from '#tests/support/free-port.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import { faultless, type StubServer, serveStub } from '#tests/support/stub-servers.ts';

/** Short for the one server that never answers, and long for those that do. */
const HANGING_TIMEOUT_MS = 500;

export type StartedStub = AsyncDisposable & {
  /** What a person enters. */
  url: string;
  fetch: GuardedFetch;
  timeoutMs: number | undefined;
};

/** Starts a stub server in its network. */
export async function startStub(stub: StubServer): Promise<StartedStub> {
  const { network = 'page', enter = (origin) => `${origin}/mcp` } = stub;
  if (network === 'page') {
    let origin = '';
    const server = await loopbackServer(
      serveStub(() => ({ ...faultless(origin), ...stub.routes?.(origin) })),
    );
    origin = `http://localhost:${server.port}`;
    return {
      url: enter(origin),
      fetch: createGuardedFetch(),
      timeoutMs: stub.finding === 'timed-out' ? HANGING_TIMEOUT_MS : undefined,
      [Symbol.asyncDispose]: server.close,
    };
  }
  if (network === 'closed port') {
    const origin = `http://localhost:${await freePort()}`;
    return {
      url: enter(origin),
      fetch: createGuardedFetch(),
      timeoutMs: undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const origin = 'https://mcp.example.com';
  const addresses = { 'unknown host': [], 'private host': ['10.0.0.1'] };
  const certified = network === 'certificate of another host' ? 'other.example.com' : 'mcp.example.com';
  const internet = await startFakeInternet(
    [certified],
    serveStub(() => faultless(origin)),
    {
      resolve: async () =>
        network === 'unknown host' || network === 'private host' ? addresses[network] : [PUBLIC_ADDRESS],
      ...(network === 'no TLS' && { dial: await plainDial() }),
    },
  );
  return {
    url: enter(origin),
    fetch: internet.fetch,
    timeoutMs: undefined,
    [Symbol.asyncDispose]: internet.close,
  };
}

/** Connects to a server that answers a TLS handshake with plain HTTP. */
async function plainDial() {
  const { connect } = await import('node:net');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  return () => connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
}
