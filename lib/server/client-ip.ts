import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '#lib/config/env.ts';
import { perProcess } from './per-process.ts';

const HEADER = 'x-peer-address';

/** The client IP of a request for which no trusted source names one. */
export const UNKNOWN_CLIENT_IP = 'unknown';

/**
 * Proves that this process wrote the header. Next copies the headers that a client sends, and a request that arrives
 * before {@link writeClientIp} is installed keeps the client's value.
 */
const seal = perProcess('client-ip-seal', () => randomBytes(16).toString('base64url'));

/**
 * Writes the address of the socket into a request header, and overwrites what the client sent under that name. Next
 * gives a route handler no socket, and sets `x-forwarded-for` only when the client did not.
 */
export function writeClientIp(request: IncomingMessage, socket: Socket): void {
  request.headers[HEADER] = `${seal()} ${socket.remoteAddress ?? ''}`;
}

/**
 * Normalizes an IP address for counting: IPv4 as it is, IPv6 as its /64 network, because one customer of a provider
 * has at least a /64 and could send each request from a new address in it.
 *
 * @returns undefined when `text` is not an IP address
 */
export function normalizeIp(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
    .replace(/%.*$/, '');
  // Fast path for nearly every address, alone or mapped into IPv6; ipaddr.js is slower than the rest of this function.
  const plain = bare.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) return plain;
  if (!ipaddr.isValid(bare)) return undefined;
  const address = ipaddr.process(bare);
  if (address.kind() === 'ipv4') return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}

/** The address of the socket, from the header that {@link writeClientIp} wrote. */
function socketAddress(headers: Headers): string | undefined {
  const [proof, address] = headers.get(HEADER)?.split(' ') ?? [];
  return proof === seal() ? address : undefined;
}

/** The entry that the outermost of `hops` trusted proxies appended; each proxy appends the address of its client. */
function forwardedAddress(headers: Headers, hops: number): string | undefined {
  return headers.get('x-forwarded-for')?.split(',').at(-hops);
}

/**
 * The address that a request is counted under. It identifies no one and grants nothing. The configuration selects the
 * source, never the request: the socket; behind `TRUSTED_PROXY_HOPS` proxies the entry that the first of them appended
 * to `x-forwarded-for`; on Vercel the header that Vercel overwrites.
 *
 * @returns an IPv4 address, an IPv6 /64 network, or {@link UNKNOWN_CLIENT_IP}
 */
export function clientIp(
  { headers }: Pick<Request, 'headers'>,
  { trustedProxyHops, platform }: Pick<Config, 'trustedProxyHops' | 'platform'>,
): string {
  const trusted =
    trustedProxyHops > 0
      ? forwardedAddress(headers, trustedProxyHops)
      : platform === 'vercel'
        ? headers.get('x-vercel-forwarded-for')?.split(',').at(-1)
        : undefined;
  return normalizeIp(trusted) ?? normalizeIp(socketAddress(headers)) ?? UNKNOWN_CLIENT_IP;
}
