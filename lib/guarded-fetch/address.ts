import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The kind of an address: public, this machine, or special (`range` names the block). */
export type AddressKind =
  | { kind: 'public' }
  | { kind: 'loopback' }
  | { kind: 'special'; range: string }
  | { kind: 'invalid' };

/** A service of one cloud at an address outside the special ranges; ipaddr.js calls it unicast. */
const AZURE_WIRE_SERVER = '168.63.129.16';

/** The IPv6 space that is assigned to the internet; the rest is special or unassigned. */
const IPV6_GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Host part of an ISATAP address (RFC 5214 section 6.1): `[02]00:5efe` and then an IPv4 address. */
const isIsatap = (parts: readonly number[]) => parts[5] === 0x5efe && ((parts[4] ?? 0) & ~0x0200) === 0;

/**
 * Classifies an IP address by the special-purpose registries (RFC 6890 and its successors).
 *
 * Every address that is not clearly public is special, including IPv6 addresses that embed an IPv4 address (mapped,
 * compatible, NAT64, 6to4, Teredo, ISATAP), because the packet may end at the embedded address.
 *
 * @param address - an IPv4 address in dotted form or an IPv6 address without brackets or zone
 */
export function classifyAddress(address: string): AddressKind {
  if (isIP(address) === 0 || address.includes('%')) return { kind: 'invalid' };
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return { kind: 'loopback' };
  if (range !== 'unicast') return { kind: 'special', range };
  if (parsed instanceof ipaddr.IPv6) {
    if (!parsed.match(IPV6_GLOBAL_UNICAST)) return { kind: 'special', range: 'not global unicast' };
    if (isIsatap(parsed.parts)) return { kind: 'special', range: 'isatap' };
  }
  if (address === AZURE_WIRE_SERVER) return { kind: 'special', range: 'cloud metadata' };
  return { kind: 'public' };
}

/** Names that no public host has (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and `.internal`). */
const SPECIAL_USE_NAMES = [
  'localhost',
  'local',
  'internal',
  'test',
  'invalid',
  'example',
  'onion',
  'alt',
  'arpa',
  'localdomain',
];

/**
 * Whether a host cannot be public, by its name or address alone: a special-use name, a name without a dot, or an IP
 * address that is not public. It does not resolve names.
 *
 * @param hostname - as in `URL.hostname`: lower case, punycode, IPv6 in brackets
 */
export function isSpecialUseHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  const literal = addressLiteral(host);
  if (literal !== undefined) return classifyAddress(literal).kind !== 'public';
  return !host.includes('.') || SPECIAL_USE_NAMES.includes(host.slice(host.lastIndexOf('.') + 1));
}

/** The IP address in a `URL.hostname`, without brackets; undefined for a name. */
export function addressLiteral(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}
