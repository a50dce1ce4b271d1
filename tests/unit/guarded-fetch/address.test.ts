import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyAddress, isSpecialUseHost } from '#lib/guarded-fetch/address.ts';
import { destination } from '#lib/guarded-fetch/destination.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch-error.ts';

/** IANA special-purpose registries for IPv4, and what clouds add: written here by hand, so that this is a second opinion. */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...[
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
  ],
  ...['192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['255.255.255.255/32', '168.63.129.16/32'],
];

/** The same for IPv6, as 16-bit groups and a prefix length; all beyond 2000::/3 is refused as well. */
const SPECIAL_V6: [bigint, number][] = (
  [
    [[0x2001, 0], 23],
    [[0x2001, 0x2, 0], 48],
    [[0x2001, 0xdb8], 32],
    [[0x2002], 16],
    [[0x2620, 0x4f, 0x8000], 48],
    [[0x3fff], 20],
  ] as [number[], number][]
).map(([groups, prefix]) => [groupsToBigint(groups), prefix]);
const GLOBAL_UNICAST = { first: 0x2000n << 112n, last: (0x4000n << 112n) - 1n };

function groupsToBigint(groups: readonly number[]): bigint {
  return Array.from({ length: 8 }, (_, i) => BigInt(groups[i] ?? 0)).reduce(
    (sum, group) => (sum << 16n) | group,
    0n,
  );
}
const v4Number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
const v6Text = (value: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');

const v4Ranges = SPECIAL_V4.map((cidr) => {
  const [base = '', prefix = ''] = cidr.split('/');
  return { cidr, first: v4Number(base), last: v4Number(base) + 2 ** (32 - Number(prefix)) - 1 };
});
const v6Ranges = SPECIAL_V6.map(([first, prefix]) => ({
  first,
  last: first + (1n << BigInt(128 - prefix)) - 1n,
}));
const isSpecialV4 = (value: number) => v4Ranges.some(({ first, last }) => value >= first && value <= last);
const isSpecialV6 = (value: bigint) =>
  value < GLOBAL_UNICAST.first ||
  value > GLOBAL_UNICAST.last ||
  v6Ranges.some(({ first, last }) => value >= first && value <= last);

const specialV4 = fc
  .constantFrom(...v4Ranges)
  .chain(({ first, last }) => fc.oneof(fc.constantFrom(first, last), fc.integer({ min: first, max: last })));
const anyV4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyV6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });

const radix = (value: number) =>
  fc.constantFrom(
    String(value),
    `0x${value.toString(16)}`,
    `0X${value.toString(16)}`,
    `0${value.toString(8)}`,
    `0x000${value.toString(16)}`,
  );
const fullWidth = (text: string) =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const percentEncoded = (text: string) =>
  [...text].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');

/** Every way to write an IPv4 address as the host of a URL: parts of any radix, fewer parts, other digits. */
const v4Notation = (value: number) => {
  const parts = dotted(value).split('.').map(Number);
  const tail = (count: number) => parts.slice(4 - count).reduce((sum, part) => sum * 256 + part, 0);
  const written = fc
    .integer({ min: 1, max: 4 })
    .chain((count) =>
      fc
        .tuple(...[...parts.slice(0, count - 1), tail(5 - count)].map(radix))
        .map((pieces) => pieces.join('.')),
    );
  return written.chain((text) =>
    fc.constantFrom(text, `${text}.`, fullWidth(text), percentEncoded(text), text.replaceAll('.', '。')),
  );
};

const hex = (value: number) => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
/** Every IPv6 address that carries an IPv4 address inside. */
const v4Inside = (value: number) =>
  fc.constantFrom(
    `::ffff:${dotted(value)}`,
    `::ffff:${hex(value)}`,
    `0:0:0:0:0:FFFF:${hex(value)}`,
    `::${dotted(value)}`,
    `::ffff:0:${hex(value)}`,
    `64:ff9b::${dotted(value)}`,
    `64:ff9b:1::${hex(value)}`,
    `2002:${hex(value)}::1`,
    `2001:0:4136:e378:8000:63bf:${hex(~value >>> 0)}`,
    `2606:4700::5efe:${hex(value)}`,
    `2606:4700::200:5efe:${hex(value)}`,
  );

const decision = (host: string): string => {
  try {
    destination(`https://${host}/x`, false);
    return 'allowed';
  } catch (error) {
    return error instanceof GuardedFetchError ? error.code : String(error);
  }
};

describe('the address of a host', () => {
  test('is blocked in any special IPv4 range and in any notation', () => {
    fc.assert(
      fc.property(
        specialV4.chain((value) => fc.tuple(fc.constant(value), v4Notation(value))),
        ([, notation]) => decision(notation) === 'blocked',
      ),
      { numRuns: 2000 },
    );
  });

  test('is blocked when it is IPv6 with any embedded IPv4 address', () => {
    fc.assert(
      fc.property(anyV4.chain(v4Inside), (notation) => decision(`[${notation}]`) === 'blocked'),
      { numRuns: 1000 },
    );
  });

  test.each(v4Ranges)('is blocked from the first to the last address of $cidr only', ({ first, last }) => {
    for (const inside of [first, last]) expect(classifyAddress(dotted(inside)).kind).not.toBe('public');
    for (const outside of [first - 1, last + 1].filter((value) => value >= 0 && value < 2 ** 32))
      expect([dotted(outside), classifyAddress(dotted(outside)).kind === 'public']).toEqual([
        dotted(outside),
        !isSpecialV4(outside),
      ]);
  });

  test.each([...v6Ranges, GLOBAL_UNICAST])(
    'is blocked on the right side of each IPv6 boundary (%#)',
    ({ first, last }) => {
      for (const value of [first - 1n, first, last, last + 1n])
        expect([v6Text(value), classifyAddress(v6Text(value)).kind === 'public']).toEqual([
          v6Text(value),
          !isSpecialV6(value),
        ]);
    },
  );

  test('is classified as in the registries for any IPv4 address', () => {
    fc.assert(
      fc.property(
        anyV4,
        (value) => (classifyAddress(dotted(value)).kind === 'public') === !isSpecialV4(value),
      ),
      { numRuns: 5000 },
    );
  });

  test('is never public for a special IPv6 address of the registries', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyV6, ...v6Ranges.map(({ first, last }) => fc.bigInt({ min: first, max: last }))),
        (value) => !isSpecialV6(value) || classifyAddress(v6Text(value)).kind !== 'public',
      ),
      { numRuns: 5000 },
    );
  });

  test.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
    'is public for %s',
    (address) => {
      expect(classifyAddress(address)).toEqual({ kind: 'public' });
      expect(decision(address.includes(':') ? `[${address}]` : address)).toBe('allowed');
    },
  );

  test.each(['fe80::1%eth0', '2606:4700::1%1', '0x7f.1', '127.1', '1.2.3.4.', '', 'localhost', '[::1]'])(
    'is nothing for %j, which is no address in plain form',
    (text) => expect(classifyAddress(text)).toEqual({ kind: 'invalid' }),
  );

  test('is blocked for the metadata service of a cloud', () => {
    for (const host of [
      '169.254.169.254',
      '168.63.129.16',
      '100.100.100.200',
      '192.0.0.192',
      '[fd00:ec2::254]',
    ])
      expect([host, decision(host)]).toEqual([host, 'blocked']);
  });
});

describe('the name of a host', () => {
  test.each([
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      'a.localhost',
      'printer.local',
      'metadata.google.internal',
      'intranet',
    ],
    ...[
      'client.test',
      'x.invalid',
      'a.example',
      'hidden.onion',
      'router.home.arpa',
      'a.localdomain',
      'x.alt',
    ],
  ])('%s is blocked without a DNS query', (host) => expect(decision(host)).toBe('blocked'));

  test.each(['example.com', 'bücher.example.org', 'example.com.', 'a-local.dev', 'localhost.example.net'])(
    '%s may be looked up',
    (host) => {
      expect(decision(host)).toBe('allowed');
      expect(isSpecialUseHost(new URL(`https://${host}`).hostname)).toBe(false);
    },
  );
});
