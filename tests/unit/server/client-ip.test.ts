import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { clientIp, normalizeIp, UNKNOWN_CLIENT_IP } from '#lib/server/client-ip.ts';
import { prepareIncomingRequests } from '#lib/server/incoming-request.ts';

const direct = { trustedProxyHops: 0, platform: 'node' } as const;
const from = (headers: Record<string, string>) => ({ headers: new Headers(headers) });

/** The client IP that a server of this process sees for a request with `headers`. */
async function seenBy(headers: Record<string, string>, settings: Parameters<typeof clientIp>[1]) {
  prepareIncomingRequests();
  const server = createServer((request, response) => {
    response.end(clientIp({ headers: new Headers(request.headers as Record<string, string>) }, settings));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
    return await response.text();
  } finally {
    server.close();
  }
}

test('a client that names another address in any header is counted under the address of its socket', async () => {
  const spoofed = {
    'x-peer-address': '203.0.113.9',
    'x-forwarded-for': '203.0.113.9',
    'x-real-ip': '203.0.113.9',
    'x-vercel-forwarded-for': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  };
  expect(await seenBy(spoofed, direct)).toBe('127.0.0.1');
});

test('a client IP header that this process did not write is ignored', () => {
  expect(clientIp(from({ 'x-peer-address': '203.0.113.9' }), direct)).toBe(UNKNOWN_CLIENT_IP);
  expect(clientIp(from({ 'x-peer-address': 'guess 203.0.113.9' }), direct)).toBe(UNKNOWN_CLIENT_IP);
});

test('behind two proxies the entry of the first proxy counts, not the entries before it', async () => {
  const header = { 'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.0.0.2' };
  expect(await seenBy(header, { ...direct, trustedProxyHops: 2 })).toBe('198.51.100.7');
});

test('behind a proxy that appended no entry the socket counts', async () => {
  expect(await seenBy({}, { ...direct, trustedProxyHops: 1 })).toBe('127.0.0.1');
  expect(await seenBy({ 'x-forwarded-for': '6.6.6.6' }, { ...direct, trustedProxyHops: 2 })).toBe(
    '127.0.0.1',
  );
  expect(await seenBy({ 'x-forwarded-for': 'unknown' }, { ...direct, trustedProxyHops: 1 })).toBe(
    '127.0.0.1',
  );
});

test('on Vercel the header that Vercel sets counts', () => {
  const headers = { 'x-vercel-forwarded-for': '198.51.100.7', 'x-forwarded-for': '6.6.6.6' };
  expect(clientIp(from(headers), { ...direct, platform: 'vercel' })).toBe('198.51.100.7');
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:5312', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  [' 192.0.2.1 ', '192.0.2.1'],
  ['not an address', undefined],
  ['', undefined],
])('the address %j is normalized to %j', (text, key) => {
  expect(normalizeIp(text)).toBe(key);
});
