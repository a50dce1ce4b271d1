import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createGuardedFetch, type GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { selfSignedCertificate } from './certificate.ts';

/** The public address of the fake internet. */
export const PUBLIC_ADDRESS = '93.184.216.34';

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

type Fetch = Parameters<typeof createGuardedFetch>[0];

/**
 * An internet of one https server: a guarded fetch that dials it instead of {@link PUBLIC_ADDRESS}, port
 * 443, and dials anything else at a listener that only counts. All checks are the real ones.
 *
 * @param hosts - names in the server's certificate; each resolves to the public address unless `resolve` is given
 */
export async function startFakeInternet(hosts: string[], serve: RequestListener, overrides: Fetch = {}) {
  const certificate = selfSignedCertificate(...hosts);
  const open = new Set<{ destroy(): void }>();
  const website = createHttpsServer(certificate, serve);
  const forbidden = { connections: 0, bytes: 0 };
  const inside = createServer((socket) => {
    forbidden.connections += 1;
    socket.on('data', (chunk) => {
      forbidden.bytes += chunk.length;
    });
    socket.on('error', () => undefined);
  });
  const reached = { connections: 0, requests: 0, serverNames: [] as (string | false | null)[] };
  website.on('request', () => {
    reached.requests += 1;
  });
  website.on('secureConnection', (socket) => reached.serverNames.push(socket.servername));
  website.on('connection', () => {
    reached.connections += 1;
  });
  for (const server of [website, inside])
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
  const [websitePort, insidePort] = [await listening(website), await listening(inside)];
  const dialled: string[] = [];
  const fetch: GuardedFetch = createGuardedFetch({
    resolve: async (hostname) => (hosts.includes(hostname) ? [PUBLIC_ADDRESS] : []),
    dial: ([address = ''], port) => {
      dialled.push(`${address}:${port}`);
      return connect(address === PUBLIC_ADDRESS && port === 443 ? websitePort : insidePort, '127.0.0.1');
    },
    ca: certificate.cert,
    ...overrides,
  });
  return {
    fetch,
    /** What the https server saw. */
    reached,
    /** What came to an address that is not the public one: must stay 0. */
    forbidden,
    /** Connections that are open now. */
    open,
    dialled,
    certificate,
    close: async () => {
      for (const socket of open) socket.destroy();
      await Promise.all([closed(website), closed(inside)]);
    },
  };
}
