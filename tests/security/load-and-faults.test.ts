import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

const FAILED = 10;
const CALLS = 40;
const PER_CONNECTION = 3;
const PER_INSTANCE = 5;

let app: TrustingAppOnPostgres;
/** Sent first, because the response takes as long as the deadline of a body. */
let slowBody: ReturnType<typeof rawRequest>;

beforeAll(async () => {
  app = await startTrustingAppOnPostgres({
    MCP_FAILED_AUTH_PER_MINUTE: String(FAILED),
    MCP_CALLS_PER_MINUTE: String(CALLS),
    MCP_CONCURRENT_CALLS_PER_CONNECTION: String(PER_CONNECTION),
    MCP_CONCURRENT_CALLS: String(PER_INSTANCE),
    // Lets a test come from any number of addresses, as behind a proxy.
    TRUSTED_PROXY_HOPS: '1',
  });
  slowBody = rawRequest(app.appUrl, {
    headers: [
      ...Object.entries(toolCall('identity').headers),
      ['Authorization', `Bearer ${await tokenOf('slow-body')}`],
      ['Content-Length', '100'],
      ['X-Forwarded-For', '198.51.100.200'],
    ],
    timeoutMs: 40_000,
  });
  slowBody.catch(() => undefined);
});
afterAll(() => app?.stop());

const tokenOf = (client: string, claims = {}) =>
  app.issuer.token({ client_id: `https://${client}.example/id.json`, sub: `user_${client}`, ...claims });

/** A call that reports its progress: a stream that stays open. */
async function openStream(token: string, steps = 100, stepMilliseconds = 1000) {
  const controller = new AbortController();
  const request = mcpMessage('tools/call', {
    name: 'slow',
    arguments: { steps, stepMilliseconds },
    _meta: { progressToken: 'p' },
  });
  const response = await postMcp(app.appUrl, token, request, { signal: controller.signal });
  return { response, leave: () => controller.abort() };
}

async function activityOf(client: string) {
  return app.query(
    `select method, tool, outcome, reason from activity
     where connection_id = (select id from connections where client_id = 'https://${client}.example/id.json') order by id`,
  );
}

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const badToken = (address: string) =>
  postMcp(app.appUrl, `bad.${crypto.randomUUID()}.x`, toolCall('identity'), from(address));

/** The fields of draft-ietf-httpapi-ratelimit-headers, and `Retry-After` with the same time. */
function expectRateLimit(response: Response, policy: string, quota: number): void {
  expect(response.status).toBe(429);
  const seconds = Number(response.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(response.headers.get('ratelimit-policy')).toMatch(new RegExp(`^"${policy}";q=${quota}\\b`));
  expect(response.headers.get('ratelimit')).toBe(`"${policy}";r=0;t=${seconds}`);
}

describe('a flood of bad tokens', () => {
  test('from one address gets 429 with Retry-After', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < FAILED; i++) statuses.push((await badToken('198.51.100.1')).status);
    expect(statuses).toEqual(Array(FAILED).fill(401));
    expectRateLimit(await badToken('198.51.100.1'), 'failed-authentication', FAILED);
  });

  test('does not affect other addresses, discovery without a token, or a valid token', async () => {
    expect((await badToken('198.51.100.2')).status).toBe(401);
    expect((await postMcp(app.appUrl, undefined, toolCall('identity'), from('198.51.100.1'))).status).toBe(
      401,
    );
    const token = await tokenOf('neighbour');
    expect((await postMcp(app.appUrl, token, toolCall('identity'), from('198.51.100.2'))).status).toBe(200);
    expect((await postMcp(app.appUrl, token, toolCall('identity'), from('198.51.100.1'))).status).toBe(200);
    const unseen = await tokenOf('new-neighbour');
    expect((await postMcp(app.appUrl, unseen, toolCall('identity'), from('198.51.100.1'))).status).toBe(200);
  });

  test('counts the same token each time', async () => {
    const send = () => postMcp(app.appUrl, 'the.same.token', toolCall('identity'), from('198.51.100.3'));
    for (let i = 0; i < FAILED; i++) await send();
    expect((await send()).status).toBe(429);
  });

  test('from one IPv6 network counts as one address in any notation', async () => {
    const spelt = (n: number) =>
      [`2001:db8:1:2::${n}`, `2001:DB8:1:2:0:0:0:${n}`, `[2001:db8:1:2::${n}]`, `[2001:db8:1:2::${n}]:443`][
        n % 4
      ] ?? '';
    const statuses: number[] = [];
    for (let n = 1; n <= FAILED + 2; n++) statuses.push((await badToken(spelt(n))).status);
    expect(statuses).toEqual([...Array(FAILED).fill(401), 429, 429]);
    expect((await badToken('2001:db8:1:3::1')).status).toBe(401);
  });

  test('from an IPv4-mapped address counts for the IPv4 address', async () => {
    for (let i = 0; i < FAILED; i++) await badToken(i % 2 ? '198.51.100.9' : '::ffff:198.51.100.9');
    expect((await badToken('198.51.100.9')).status).toBe(429);
  });

  test('is not hidden by addresses that the client adds to X-Forwarded-For', async () => {
    for (let i = 0; i < FAILED; i++) await badToken(`203.0.113.${i}, 198.51.100.10`);
    expect((await badToken('203.0.113.99, 198.51.100.10')).status).toBe(429);
  });

  test('from a thousand addresses writes a bounded number of log lines and logs how many were dropped', async () => {
    const lines = () => app.logs().match(/"event":"mcp\.token_rejected"/g)?.length ?? 0;
    const before = lines();
    const addresses = Array.from({ length: 1000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
    for (let n = 0; n < addresses.length; n += 50)
      await Promise.all(
        addresses.slice(n, n + 50).map(async (address) => (await badToken(address)).arrayBuffer()),
      );
    await expect
      .poll(() => app.logs(), { timeout: 15_000 })
      .toMatch(/"event":"log\.dropped","of":"mcp\.token_rejected","lines":\d+/);
    // At most one more window may have begun.
    expect(lines() - before).toBeLessThanOrEqual(180);
    expect(app.logs()).not.toMatch(/bad\.[0-9a-f]{8}-/);
  }, 40_000);
});

describe('a client that calls too often', () => {
  test('gets 429, other clients do not, and the activity shows it once', async () => {
    const token = await tokenOf('eager');
    const statuses = new Map<number, number>();
    let last: Response | undefined;
    for (let i = 0; i < CALLS + 5; i++) {
      last = await postMcp(app.appUrl, token);
      await last.arrayBuffer();
      statuses.set(last.status, (statuses.get(last.status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [200, CALLS],
      [429, 5],
    ]);
    if (last) expectRateLimit(last, 'calls', CALLS);
    // A renewed token is the same client.
    expect((await postMcp(app.appUrl, await tokenOf('eager', { jti: 'renewed' }))).status).toBe(429);
    expect((await postMcp(app.appUrl, await tokenOf('patient'))).status).toBe(200);
    await expect
      .poll(async () => (await activityOf('eager')).filter(({ reason }) => reason === 'call_limit'))
      .toHaveLength(1);
  });
});

// Before the streams, which are counted against the slot that it holds until then.
test('a request whose body does not arrive gets 408 and releases its slot', async () => {
  const answer = await slowBody;
  expect(answer.status).toBe(408);
  expect(answer.header('connection')).toBe('close');
  expect(answer.durationMs).toBeLessThan(30_000);
  expect((await postMcp(app.appUrl, await tokenOf('slow-body'))).status).toBe(200);
}, 45_000);

describe('open streams', () => {
  test('of one client are limited and leave slots for other clients', async () => {
    const greedy = await tokenOf('greedy');
    const streams = await Promise.all(Array.from({ length: PER_CONNECTION }, () => openStream(greedy)));
    for (const { response } of streams)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expectRateLimit(await postMcp(app.appUrl, greedy), 'concurrent-calls', PER_CONNECTION);
    expect((await postMcp(app.appUrl, await tokenOf('modest'))).status).toBe(200);

    // The instance has a limit of its own and answers 503.
    const other = await tokenOf('other');
    // The call above releases its slot after its response.
    const held = () =>
      vi.waitUntil(
        async () => {
          const stream = await openStream(other);
          return stream.response.status === 200 && stream;
        },
        { timeout: 5_000, interval: 250 },
      );
    const more = await Promise.all(Array.from({ length: PER_INSTANCE - PER_CONNECTION }, held));
    const busy = await postMcp(app.appUrl, await tokenOf('modest'));
    expect([busy.status, Number(busy.headers.get('retry-after')) > 0]).toEqual([503, true]);

    // Clients that disconnect release their slots, and their tools stop.
    for (const { leave } of [...streams, ...more]) leave();
    await expect.poll(async () => (await postMcp(app.appUrl, greedy)).status, { timeout: 5_000 }).toBe(200);
    await expect
      .poll(async () => (await activityOf('greedy')).filter(({ reason }) => reason === 'ended'), {
        timeout: 5_000,
      })
      .toHaveLength(PER_CONNECTION);
  }, 40_000);

  test('release their slots when the clients disconnect', async () => {
    const token = await tokenOf('fickle');
    for (let round = 0; round < 6; round++) {
      const streams = await Promise.all(Array.from({ length: PER_CONNECTION }, () => openStream(token)));
      for (const { leave } of streams) leave();
      await expect
        .poll(
          async () => {
            const stream = await openStream(token, 1, 1);
            await stream.response.text();
            return stream.response.status;
          },
          { timeout: 5_000 },
        )
        .toBe(200);
    }
    const again = await Promise.all(Array.from({ length: PER_CONNECTION }, () => openStream(token)));
    expect(again.map(({ response }) => response.status)).toEqual(Array(PER_CONNECTION).fill(200));
    for (const { leave } of again) leave();
  }, 40_000);
});

test('a running call of a client that is revoked ends within two seconds', async () => {
  const permissions = ['connections:revoke'];
  const sub = 'user_streaming';
  const victim = await tokenOf('streaming', { sub });
  const admin = await tokenOf('streaming-admin', { sub, permissions });
  const { response } = await openStream(victim);
  const tool = async (name: string, args = {}) =>
    (await (await postMcp(app.appUrl, admin, toolCall(name, args))).json()).result.structuredContent;
  const found = async () => {
    const { connections } = await tool('connections');
    return connections.find(
      ({ clientId }: { clientId: string }) => clientId === 'https://streaming.example/id.json',
    );
  };
  await postMcp(app.appUrl, victim);
  await expect.poll(found).toBeDefined();
  const { id } = await found();
  const ended = response.text().then((text) => ({ text, at: performance.now() }));
  await tool('revoke', { id, confirm: true });
  const revokedAt = performance.now();
  const { text, at } = await ended;
  expect(at - revokedAt).toBeLessThan(2_500);
  expect(text).not.toContain('"structuredContent"');
  await expect
    .poll(async () => (await activityOf('streaming')).map(({ reason }) => reason), { timeout: 5_000 })
    .toContain('ended');
});
