import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mcpMessage, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { rawRequest } from '#tests/support/raw-http.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

const FAILED = 10;
const CALLS = 40;
const OWN_AT_ONCE = 3;
const AT_ONCE = 5;

let app: TrustingAppOnPostgres;
/** Asked for before everything else, because its answer takes as long as the server's patience. */
let slowBody: ReturnType<typeof rawRequest>;

beforeAll(async () => {
  app = await startTrustingAppOnPostgres({
    MCP_FAILED_AUTH_PER_MINUTE: String(FAILED),
    MCP_CALLS_PER_MINUTE: String(CALLS),
    MCP_CONCURRENT_CALLS_PER_CONNECTION: String(OWN_AT_ONCE),
    MCP_CONCURRENT_CALLS: String(AT_ONCE),
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
  test('from one address is stopped, and told when to come back', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < FAILED; i++) statuses.push((await badToken('198.51.100.1')).status);
    expect(statuses).toEqual(Array(FAILED).fill(401));
    expectRateLimit(await badToken('198.51.100.1'), 'failed-authentication', FAILED);
  });

  test('does not stop anybody else, nor a discovery without a token, nor a good token that is known', async () => {
    expect((await badToken('198.51.100.2')).status).toBe(401);
    expect((await postMcp(app.appUrl, undefined, toolCall('identity'), from('198.51.100.1'))).status).toBe(
      401,
    );
    const token = await tokenOf('neighbour');
    expect((await postMcp(app.appUrl, token, toolCall('identity'), from('198.51.100.2'))).status).toBe(200);
    expect((await postMcp(app.appUrl, token, toolCall('identity'), from('198.51.100.1'))).status).toBe(200);
  });

  test('the same bad token again and again counts each time', async () => {
    const send = () => postMcp(app.appUrl, 'the.same.token', toolCall('identity'), from('198.51.100.3'));
    for (let i = 0; i < FAILED; i++) await send();
    expect((await send()).status).toBe(429);
  });

  test('from one IPv6 network is one address, however it is written', async () => {
    const spelt = (n: number) =>
      [`2001:db8:1:2::${n}`, `2001:DB8:1:2:0:0:0:${n}`, `[2001:db8:1:2::${n}]`, `[2001:db8:1:2::${n}]:443`][
        n % 4
      ] ?? '';
    const statuses: number[] = [];
    for (let n = 1; n <= FAILED + 2; n++) statuses.push((await badToken(spelt(n))).status);
    expect(statuses).toEqual([...Array(FAILED).fill(401), 429, 429]);
    expect((await badToken('2001:db8:1:3::1')).status).toBe(401);
  });

  test('from a mapped IPv4 address is that address', async () => {
    for (let i = 0; i < FAILED; i++) await badToken(i % 2 ? '198.51.100.9' : '::ffff:198.51.100.9');
    expect((await badToken('198.51.100.9')).status).toBe(429);
  });

  test('cannot be hidden behind addresses that the client puts in front', async () => {
    for (let i = 0; i < FAILED; i++) await badToken(`203.0.113.${i}, 198.51.100.10`);
    expect((await badToken('203.0.113.99, 198.51.100.10')).status).toBe(429);
  });

  test('from a thousand addresses writes a bounded log, and says how much it left out', async () => {
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
  test('is told to wait, others are not, and its owner sees that once', async () => {
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

// Before the streams: until then it holds one of the places that they are counted against.
test('a body that does not arrive is given up on, and its place is free again', async () => {
  const answer = await slowBody;
  expect(answer.status).toBe(408);
  expect(answer.header('connection')).toBe('close');
  expect(answer.durationMs).toBeLessThan(30_000);
  expect((await postMcp(app.appUrl, await tokenOf('slow-body'))).status).toBe(200);
}, 45_000);

describe('streams', () => {
  test('of one client are bounded, and do not take the places of others', async () => {
    const greedy = await tokenOf('greedy');
    const streams = await Promise.all(Array.from({ length: OWN_AT_ONCE }, () => openStream(greedy)));
    for (const { response } of streams)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expectRateLimit(await postMcp(app.appUrl, greedy), 'concurrent-calls', OWN_AT_ONCE);
    expect((await postMcp(app.appUrl, await tokenOf('modest'))).status).toBe(200);

    // The instance has its own bound, and says that it is busy.
    const other = await tokenOf('other');
    // The call just answered gives its place back after its response.
    const held = () =>
      vi.waitUntil(
        async () => {
          const stream = await openStream(other);
          return stream.response.status === 200 && stream;
        },
        { timeout: 5_000, interval: 250 },
      );
    const more = await Promise.all(Array.from({ length: AT_ONCE - OWN_AT_ONCE }, held));
    const busy = await postMcp(app.appUrl, await tokenOf('modest'));
    expect([busy.status, Number(busy.headers.get('retry-after')) > 0]).toEqual([503, true]);

    // Clients that go away give their places back, and their work stops.
    for (const { leave } of [...streams, ...more]) leave();
    await expect.poll(async () => (await postMcp(app.appUrl, greedy)).status, { timeout: 5_000 }).toBe(200);
    await expect
      .poll(async () => (await activityOf('greedy')).filter(({ reason }) => reason === 'ended'), {
        timeout: 5_000,
      })
      .toHaveLength(OWN_AT_ONCE);
  }, 40_000);

  test('of clients that come and go leave no place taken', async () => {
    const token = await tokenOf('fickle');
    for (let round = 0; round < 6; round++) {
      const streams = await Promise.all(Array.from({ length: OWN_AT_ONCE }, () => openStream(token)));
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
    const again = await Promise.all(Array.from({ length: OWN_AT_ONCE }, () => openStream(token)));
    expect(again.map(({ response }) => response.status)).toEqual(Array(OWN_AT_ONCE).fill(200));
    for (const { leave } of again) leave();
  }, 40_000);
});

test('a client that is revoked while its call runs loses that call within two seconds', async () => {
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
