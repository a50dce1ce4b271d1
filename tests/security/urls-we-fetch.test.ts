import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { dnsResolve } from '#lib/guarded-fetch/connect.ts';
import { createGuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { startDnsServer, type Zone } from '#tests/support/dns-server.ts';
import { PUBLIC_ADDRESS, startFakeInternet } from '#tests/support/fake-internet.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const HOST = 'rebind.example.com';
const outcome = (promise: Promise<{ status: number }>): Promise<number | string> =>
  promise.then(
    ({ status }) => status,
    (error: { code: string }) => error.code,
  );

/** A guarded fetch that asks a name server of our own, in front of a public website and a listener inside. */
async function behindNameServer(zone: Zone) {
  const dns = await startDnsServer(zone);
  const web = await startFakeInternet([HOST], (_request, response) => response.end('public'), {
    resolve: dnsResolve([dns.server]),
  });
  closing.push(dns.close, web.close);
  return {
    ...web,
    dns,
    get: () => outcome(web.fetch(`https://${HOST}/x`, { allowLoopback: false, timeoutMs: 2000 })),
  };
}

describe('a name server', () => {
  test('that changes its answer has no effect: the connection goes to the checked address', async () => {
    const { get, dns, dialled, forbidden } = await behindNameServer(({ type }, asked) =>
      type === 'AAAA' ? [] : [asked === 1 ? PUBLIC_ADDRESS : '127.0.0.1'],
    );
    expect(await get()).toBe(200);
    expect(dns.questions.filter(({ type }) => type === 'A')).toHaveLength(1);

    expect(await get()).toBe('blocked');
    expect(dialled).toEqual([`${PUBLIC_ADDRESS}:443`]);
    expect(forbidden).toEqual({ connections: 0, bytes: 0 });
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a public and a private address', [PUBLIC_ADDRESS, '10.0.0.1'], []],
    [
      'a private address last of many',
      [...Array.from({ length: 30 }, (_, i) => `93.184.216.${i}`), '192.168.0.1'],
      [],
    ],
    ['a private address for IPv6 only', [PUBLIC_ADDRESS], ['::1']],
    ['loopback', ['127.0.0.1'], []],
    ['the unspecified address', ['0.0.0.0'], ['::']],
    ['a cloud’s metadata address', ['169.254.169.254'], []],
    ['Azure’s wire server', ['168.63.129.16'], []],
    ['shared address space', ['100.64.0.1'], []],
    ['an IPv4-mapped address', [], ['::ffff:7f00:1']],
    ['an IPv4-compatible address', [], ['::7f00:1']],
    ['a NAT64 address', [], ['64:ff9b::a00:1']],
    ['a 6to4 address', [], ['2002:7f00:1::']],
    ['a unique local address', [], ['fd00:ec2::254']],
    ['a link-local address', [], ['fe80::1']],
  ])('that answers with %s is refused before a connection is made', async (_what, a, aaaa) => {
    const { get, dialled } = await behindNameServer(({ type }) => (type === 'A' ? a : aaaa));
    expect(await get()).toBe('blocked');
    expect(dialled).toEqual([]);
  });

  test('that does not answer for one address family is not waited for', async () => {
    const { fetch, dialled } = await behindNameServer(({ type }) =>
      type === 'A' ? [PUBLIC_ADDRESS] : undefined,
    );
    const answer = await fetch(`https://${HOST}/`, { allowLoopback: false, timeoutMs: 1000 });
    expect(answer.status).toBe(200);
    expect(dialled).toEqual([`${PUBLIC_ADDRESS}:443`]);
  });

  test('without an answer gives the same error as an unreachable address', async () => {
    const { get, dialled } = await behindNameServer(() => []);
    expect(await get()).toBe('network');
    const silent = await behindNameServer(() => undefined);
    expect(await outcome(silent.fetch(`https://${HOST}/`, { allowLoopback: false, timeoutMs: 100 }))).toBe(
      'timeout',
    );
    expect([dialled, silent.dialled]).toEqual([[], []]);
  });
});

describe('a URL from outside', () => {
  test.each([
    ...[
      'http://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'gopher://example.com/',
      'data:text/plain,x',
    ],
    ...[
      'javascript:alert(1)',
      'blob:https://example.com/x',
      'ws://example.com/',
      'example.com',
      '',
      '//example.com/',
    ],
    ...[
      'https://example.com:80/',
      'https://example.com:8443/',
      'https://example.com:22/',
      'https://example.com:0/',
    ],
    ...['https://user@example.com/', 'https://user:pass@example.com/', 'https://:pass@example.com/'],
    ...[
      'https://127.0.0.1/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://017700000001/',
    ],
    ...[
      'https://0/',
      'https://①②⑦.⓪.⓪.①/',
      'https://127。0。0。1/',
      'https://127.0.0.1./',
      'https://%31%32%37.0.0.1/',
    ],
    ...['https://[::1]/', 'https://[::]/', 'https://[::ffff:169.254.169.254]/', 'https://[64:ff9b::7f00:1]/'],
    ...['https://[fe80::1%25eth0]/', 'https://[fe80::1%eth0]/', 'https://localhost/', 'https://LOCALHOST./'],
    ...[
      'https://metadata.google.internal/',
      'https://client.test/',
      'https://printer.local/',
      'https://intranet/',
    ],
    ...[`https://example.com/${'a'.repeat(3000)}`],
  ])('%s is blocked before it is resolved or connected to', async (url) => {
    const touched: string[] = [];
    const fetch = createGuardedFetch({
      resolve: async (name) => {
        touched.push(name);
        return [PUBLIC_ADDRESS];
      },
      dial: ([address = '']) => {
        touched.push(address);
        return connect(9, '127.0.0.1');
      },
    });
    expect(await outcome(fetch(url, { allowLoopback: false }))).toBe('blocked');
    expect(touched).toEqual([]);
  });

  test('that redirects to a blocked one is not followed', async () => {
    const web = await startFakeInternet(['a.example.com'], (_request, response) =>
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
    );
    closing.push(web.close);
    const answer = await web.fetch('https://a.example.com/', { allowLoopback: false });
    expect(answer.status).toBe(307);
    expect(web.dialled).toEqual([`${PUBLIC_ADDRESS}:443`]);
    expect(web.forbidden.connections).toBe(0);
  });

  test('with a loopback address is fetched on a loopback deployment only', async () => {
    const server = await loopbackServer((_request, response) => response.end('mine'));
    closing.push(server.close);
    const fetch = createGuardedFetch();
    expect(await outcome(fetch(server.url, { allowLoopback: false }))).toBe('blocked');
    expect(server.seen.connections).toBe(0);
    for (const host of ['127.0.0.1', 'localhost', '127.1', '0x7f.1'])
      expect(await outcome(fetch(`http://${host}:${server.port}/`, { allowLoopback: true }))).toBe(200);
  });

  test.each([
    ...[
      'http://10.0.0.1/',
      'http://169.254.169.254/',
      'http://0.0.0.0/',
      'http://[::]/',
      'http://192.168.1.1:3000/',
    ],
    ...[
      'http://example.com/',
      'http://localhost.example.com/',
      'http://127.0.0.1.example.com/',
      'http://client.test/',
    ],
    ...[
      'https://127.0.0.1/',
      'https://localhost:3000/',
      'https://10.0.0.1/',
      'ftp://localhost/',
      'http://u@localhost/',
    ],
    ...['http://[::ffff:127.0.0.1]/', 'http://a.localhost/'],
  ])('%s is blocked on a loopback deployment too', async (url) => {
    const fetch = createGuardedFetch({ resolve: async () => ['127.0.0.1'] });
    expect(await outcome(fetch(url, { allowLoopback: true }))).toBe('blocked');
  });

  test('whose name resolves to loopback is blocked on a loopback deployment too', async () => {
    const web = await startFakeInternet([HOST], (_request, response) => response.end('x'), {
      resolve: async () => ['127.0.0.1'],
    });
    closing.push(web.close);
    expect(await outcome(web.fetch(`https://${HOST}/`, { allowLoopback: true }))).toBe('blocked');
    expect(web.dialled).toEqual([]);
  });
});
