import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearerCall } from '#tests/support/mcp-request.ts';
import type { Started } from '#tests/support/processes.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

const LIMIT = 5;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { MCP_FAILED_AUTH_PER_MINUTE: String(LIMIT) } });
});

afterAll(() => stack?.stop());

/** The status of a call with a bad token that comes with these headers. */
async function badToken(origin: string, headers: Record<string, string>): Promise<number> {
  const response = await bearerCall(origin, `bad-${crypto.randomUUID()}`, headers);
  if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  return response.status;
}

/** The statuses of `count` bad tokens, the headers of each made from its number. */
async function flood(origin: string, count: number, headers: (n: number) => Record<string, string>) {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) statuses.push(await badToken(origin, headers(n)));
  return statuses;
}

test('bad tokens are limited regardless of X-Forwarded-For when no proxy is trusted', async () => {
  const statuses = await flood(stack.appUrl, LIMIT + 2, (n) => ({
    'x-forwarded-for': `203.0.113.${n}`,
    'x-real-ip': `203.0.113.${n}`,
    'x-vercel-forwarded-for': `203.0.113.${n}`,
    'x-peer-address': `203.0.113.${n}`,
    forwarded: `for=203.0.113.${n}`,
  }));
  expect(statuses).toEqual([...Array(LIMIT).fill(401), 429, 429]);
});

describe('behind one trusted proxy', () => {
  let behind: Started;
  beforeAll(async () => {
    await stack.app.running.stop();
    behind = await stack.startInstance({ TRUSTED_PROXY_HOPS: '1' });
  });

  test('the entry of the proxy is the client IP, and entries before it are ignored', async () => {
    const statuses = await flood(behind.url, LIMIT + 1, (n) => ({
      'x-forwarded-for': `203.0.113.${n}, 198.51.100.7`,
    }));
    expect(statuses.at(-1)).toBe(429);
    expect(await badToken(behind.url, { 'x-forwarded-for': '198.51.100.8' })).toBe(401);
  });

  test('the addresses of one IPv6 network count as one', async () => {
    const statuses = await flood(behind.url, LIMIT + 1, (n) => ({
      'x-forwarded-for': `2001:db8:1:2:${n}::1`,
    }));
    expect(statuses.at(-1)).toBe(429);
    expect(await badToken(behind.url, { 'x-forwarded-for': '2001:db8:1:3::1' })).toBe(401);
  });
});
