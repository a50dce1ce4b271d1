import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { addressKey, peerAddress, stampPeerAddresses, UNKNOWN_PEER } from '#lib/server/client-ip.ts';

const direct = { trustedProxyHops: 0, platform: 'node' } as const;
const from = (headers: Record<string, string>) => ({ headers: new Headers(headers) });

/** What a server of this process says about a request that carries `headers`. */
async function seenBy(headers: Record<string, string>, settings: Parameters<typeof peerAddress>[1]) {
  stampPeerAddresses();
  const server = createServer((request, response) => {
    response.end(peerAddress({ headers: new Headers(request.headers as Record<string, string>) }, settings));
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

test('a stranger who names another address in any header is counted under the socket it uses', async () => {
  const spoofed = {
    'x-peer-address': '203.0.113.9',
    'x-forwarded-for': '203.0.113.9',
    'x-real-ip': '203.0.113.9',
    'x-vercel-forwarded-for': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  };
  expect(await seenBy(spoofed, direct)).toBe('127.0.0.1');
});

test('a header that this process did not write is not believed', () => {
  expect(peerAddress(from({ 'x-peer-address': '203.0.113.9' }), direct)).toBe(UNKNOWN_PEER);
  expect(peerAddress(from({ 'x-peer-address': 'guess 203.0.113.9' }), direct)).toBe(UNKNOWN_PEER);
});

test('behind two proxies the entry that the first of them made counts, whatever stands before it', async () => {
  const header = { 'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.0.0.2' };
  expect(await seenBy(header, { ...direct, trustedProxyHops: 2 })).toBe('198.51.100.7');
});

test('behind a proxy that made no entry the socket counts', async () => {
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
  expect(peerAddress(from(headers), { ...direct, platform: 'vercel' })).toBe('198.51.100.7');
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
])('the address %j is counted as %j', (text, key) => {
  expect(addressKey(text)).toBe(key);
});
