import { Resolver } from 'node:dns/promises';
import { connect as connectTcp, isIPv6, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { checkAddresses, type Destination, knownAddresses } from './destination.ts';
import { GuardedFetchError } from './guarded-fetch-error.ts';

/** How connections are made. Tests replace the name server, the listeners and the certificate authority. */
export type ConnectDependencies = {
  /** All addresses of a name. */
  resolve: (hostname: string, signal: AbortSignal) => Promise<string[]>;
  /** Opens a TCP connection to the first of `addresses` that answers; never resolves a name. */
  dial: (addresses: readonly string[], port: number) => Socket;
  /** PEM certificates trusted instead of the system's. */
  ca?: string;
};

const MAX_ADDRESSES_TRIED = 8;

/** How long addresses of one family wait for the other family: some name servers never answer AAAA queries. */
const OTHER_FAMILY_TIMEOUT_MS = 300;

/**
 * A `resolve` that queries `servers` (default: those of the system). It does not use `getaddrinfo`, which cannot be
 * cancelled, so a hostile name server could hold one of the few threads of the process.
 */
export function dnsResolve(servers?: readonly string[]): ConnectDependencies['resolve'] {
  return async (hostname, signal) => {
    const resolver = new Resolver({ timeout: 1500, tries: 2 });
    if (servers) resolver.setServers(servers);
    const found: string[] = [];
    const collect = async (query: Promise<string[]>) => {
      found.push(...(await query.catch(() => [])));
    };
    const families = [collect(resolver.resolve4(hostname)), collect(resolver.resolve6(hostname))];
    const both = Promise.all(families);
    const oneAndGracePeriod = async () => {
      await Promise.race(families);
      await (found.length > 0 ? setTimeout(OTHER_FAMILY_TIMEOUT_MS) : both);
    };
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel);
    try {
      await Promise.race([both, oneAndGracePeriod()]);
      return [...found];
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  };
}

/** Tries the addresses in order, a new one each second, without resolving a name. */
export function dialAddresses(addresses: readonly string[], port: number): Socket {
  const pinned = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return connectTcp({
    host: 'checked.invalid',
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1000,
    lookup: (_hostname, _options, callback) => callback(null, pinned),
  });
}

/**
 * An undici connector for one request to one destination. It resolves the host once, checks every address, and connects
 * to the checked addresses only, which prevents DNS rebinding.
 *
 * The connector fails with a {@link GuardedFetchError}, and opens no connection after `signal` has aborted.
 */
export function guardedConnector(
  target: Destination,
  { resolve, dial, ca }: ConnectDependencies,
  signal: AbortSignal,
): buildConnector.connector {
  const open = async (): Promise<Socket> => {
    const { hostname, port, protocol } = target.url;
    const addresses = knownAddresses(target) ?? (await resolve(hostname, signal));
    signal.throwIfAborted();
    checkAddresses(addresses, target);
    const secure = protocol === 'https:';
    const tcp = dial(addresses.slice(0, MAX_ADDRESSES_TRIED), Number(port || (secure ? 443 : 80)));
    if (!secure) return connected(tcp, 'connect', signal);
    const named = knownAddresses(target) === undefined;
    const host = hostname.replace(/^\[|\]$|\.$/g, '');
    const tls = connectTls({
      socket: tcp,
      host,
      servername: named ? host : '',
      ALPNProtocols: ['http/1.1'],
      ca,
    });
    // A TCP error during the handshake is emitted on the inner socket only.
    tcp.once('error', (error) => tls.destroy(error));
    return connected(tls, 'secureConnect', signal);
  };
  return (_options, callback) => {
    open().then(
      (socket) => callback(null, socket),
      (error) => callback(asGuardedError(error), null),
    );
  };
}

function connected(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const abort = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', abort);
  socket.setNoDelay(true);
  socket.once('error', reject);
  socket.once(event, () => resolve(socket));
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

function asGuardedError(error: unknown): GuardedFetchError {
  if (error instanceof GuardedFetchError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new GuardedFetchError('network', `connect: ${code}`);
}
