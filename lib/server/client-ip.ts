import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '#lib/config/env.ts';
import { perProcess } from './per-process.ts';

const HEADER = 'x-peer-address';

/** What a caller is counted under when nothing trustworthy says where it is. */
export const UNKNOWN_PEER = 'unknown';

/**
 * Proves that this process wrote the header. Next copies what a stranger sends, and a request that arrives
 * before the stamping starts would otherwise keep the stranger's value.
 */
const seal = perProcess('peer-address-seal', () => randomBytes(16).toString('base64url'));

/**
 * Writes the address at the other end of the socket into every request that this process receives, over whatever
 * the client sent under that name. Next gives a route handler no socket, and fills `X-Forwarded-For` in only
 * when the client did not.
 */
export function stampPeerAddresses(): void {
  subscribe('http.server.request.start', (message) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket };
    request.headers[HEADER] = `${seal()} ${socket.remoteAddress ?? ''}`;
  });
}

/**
 * One form for every spelling of an address: IPv4 as it is, IPv6 as its /64 network, because one customer of a
 * provider has at least that much and could otherwise come from a new address for each request.
 *
 * @returns undefined when `text` is no IP address, or none at all
 */
export function addressKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '');
  // Nearly every address, alone or mapped into IPv6 by a socket for both. ipaddr.js would take longer than all the rest.
  const plain = bare.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) return plain;
  if (!ipaddr.isValid(bare)) return undefined;
  const address = ipaddr.process(bare);
  if (address.kind() === 'ipv4') return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}

/** The address of the socket, from the header that {@link stampPeerAddresses} wrote. */
function socketAddress(headers: Headers): string | undefined {
  const [proof, address] = headers.get(HEADER)?.split(' ') ?? [];
  return proof === seal() ? address : undefined;
}

/** The entry that the outermost of `hops` trusted proxies appended; each appends the address it was called from. */
function forwardedAddress(headers: Headers, hops: number): string | undefined {
  return headers.get('x-forwarded-for')?.split(',').at(-hops);
}

/**
 * Where a request comes from, to count it by: not who sent it, and no ground for letting it in. The configuration
 * decides which source is believed, never the request: the socket; behind `TRUSTED_PROXY_HOPS` proxies the entry
 * that the first of them made in `X-Forwarded-For`; on Vercel the header that Vercel overwrites.
 *
 * @returns an IPv4 address, an IPv6 /64 network, or {@link UNKNOWN_PEER}
 */
export function peerAddress(
  { headers }: Pick<Request, 'headers'>,
  { trustedProxyHops, platform }: Pick<Config, 'trustedProxyHops' | 'platform'>,
): string {
  const believed =
    trustedProxyHops > 0
      ? forwardedAddress(headers, trustedProxyHops)
      : platform === 'vercel'
        ? headers.get('x-vercel-forwarded-for')?.split(',').at(-1)
        : undefined;
  return addressKey(believed) ?? addressKey(socketAddress(headers)) ?? UNKNOWN_PEER;
}
