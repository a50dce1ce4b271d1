/**
 * Whether a URL's host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
 *
 * Takes a parsed `URL`, because the WHATWG parser normalizes decimal, octal and hexadecimal spellings of an address.
 */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
