import { isLoopback } from '#lib/config/loopback.ts';
import { addressLiteral, classifyAddress, isSpecialUseHost } from './address.ts';
import { GuardedFetchError } from './guarded-fetch-error.ts';

/** A URL that may be fetched, by the URL alone. */
export type Destination = {
  url: URL;
  /** Whether only this machine may answer; otherwise only a public address may. */
  loopback: boolean;
};

const MAX_URL_LENGTH = 2048;

const blocked = (reason: string) => new GuardedFetchError('blocked', reason);

/**
 * Checks a URL before its host is resolved: `https`, port 443, no user name or password, a host that can be public.
 * `allowLoopback` also accepts `http` to loopback on any port.
 *
 * It checks the parsed host, never the text: the parser normalizes decimal, octal, hexadecimal and full-width spellings
 * of an address.
 *
 * @throws {GuardedFetchError} `blocked`
 */
export function destination(input: string | URL, allowLoopback: boolean): Destination {
  const text = String(input);
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text);
  if (url === null) throw blocked('not a URL');
  if (url.username !== '' || url.password !== '') throw blocked('user name or password in the URL');
  if (allowLoopback && url.protocol === 'http:' && isLoopback(url)) return { url, loopback: true };
  if (url.protocol !== 'https:') throw blocked(`scheme ${url.protocol}`);
  if (url.port !== '') throw blocked(`port ${url.port}`);
  if (isSpecialUseHost(url.hostname)) throw blocked('special-use host');
  return { url, loopback: false };
}

/**
 * Checks every address of a destination's host. One forbidden address refuses all of them: otherwise the name server
 * would choose the address that is connected.
 *
 * @throws {GuardedFetchError} `blocked`, or `network` when there is no address
 */
export function checkAddresses(addresses: readonly string[], { loopback }: Destination): void {
  if (addresses.length === 0) throw new GuardedFetchError('network', 'the name has no address');
  for (const address of addresses) {
    const found = classifyAddress(address);
    if (found.kind !== (loopback ? 'loopback' : 'public'))
      throw blocked(found.kind === 'special' ? `resolves to ${found.range}` : `resolves to ${found.kind}`);
  }
}

/** The addresses that are known without a query: an IP literal, or `localhost` (RFC 6761 section 6.3). */
export function knownAddresses({ url, loopback }: Destination): string[] | undefined {
  const literal = addressLiteral(url.hostname);
  if (literal !== undefined) return [literal];
  return loopback ? ['127.0.0.1', '::1'] : undefined;
}
