import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { startTrustingAppOnPostgres, type TrustingAppOnPostgres } from '#tests/support/trusting-app.ts';

const LIMIT = 200;

let app: TrustingAppOnPostgres;
/** Origins of the two instances. */
let instances: string[];

beforeAll(async () => {
  app = await startTrustingAppOnPostgres({
    MCP_FAILED_AUTH_PER_MINUTE: String(LIMIT),
    MCP_CALLS_PER_MINUTE: String(LIMIT),
    // Lets the test send from any client IP, as behind a proxy.
    TRUSTED_PROXY_HOPS: '1',
  });
  instances = [app.appUrl, (await app.startInstance()).url];
});
afterAll(() => app?.stop());

const badToken = (origin: string, address: string) =>
  bearerCall(origin, `bad-${crypto.randomUUID()}`, { 'x-forwarded-for': address });

/** Sends half of the requests to each instance, and counts the responses of each before its first 429. */
async function sendHalfToEach(send: (origin: string) => Promise<Response>, allowed: number) {
  const served = new Map(instances.map((origin) => [origin, 0]));
  const sendOne = async (origin: string) => {
    const response = await send(origin);
    await response.arrayBuffer();
    expect([allowed, 429]).toContain(response.status);
    if (response.status === allowed) served.set(origin, (served.get(origin) ?? 0) + 1);
    return response;
  };
  for (let n = 0; n < LIMIT / 2; n += 10)
    await Promise.all(instances.flatMap((origin) => Array.from({ length: 10 }, () => sendOne(origin))));
  const refusals = await Promise.all(
    instances.map(async (origin) => {
      let refusal: Response | undefined;
      const statusOf = async () => {
        refusal = await sendOne(origin);
        return refusal.status;
      };
      await expect.poll(statusOf, { timeout: 10_000 }).toBe(429);
      return refusal;
    }),
  );
  return { served: [...served.values()], refusals };
}

/** `Retry-After`, and the fields of draft-ietf-httpapi-ratelimit-headers with the same time. */
function expectRateLimit(response: Response | undefined, policy: string): void {
  const seconds = Number(response?.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(response?.headers.get('ratelimit-policy')).toBe(`"${policy}";q=${LIMIT};w=60`);
  expect(response?.headers.get('ratelimit')).toBe(`"${policy}";r=0;t=${seconds}`);
}

describe('two instances on one PostgreSQL', () => {
  test('refuse a client IP that sends half of its bad tokens to each', async () => {
    const { served, refusals } = await sendHalfToEach((origin) => badToken(origin, '198.51.100.1'), 401);
    // Alone, each of them would have accepted the whole limit.
    for (const count of served) expect(count).toBeLessThan(LIMIT);
    expect(served.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(LIMIT);
    for (const refusal of refusals) expectRateLimit(refusal, 'failed-authentication');
    for (const origin of instances) expect((await badToken(origin, '198.51.100.2')).status).toBe(401);
  });

  test('refuse a client that makes half of its calls to each, and record that', async () => {
    const client = 'https://eager.example/id.json';
    const token = await app.issuer.token({ client_id: client, sub: 'user_eager' });
    const patient = await app.issuer.token({
      client_id: 'https://patient.example/id.json',
      sub: 'user_eager',
    });
    // Until it has fetched the keys and the denylist, an instance may answer 503 on a busy machine.
    for (const origin of instances)
      await expect.poll(async () => (await bearerCall(origin, patient)).status).toBe(200);
    const { served, refusals } = await sendHalfToEach((origin) => bearerCall(origin, token), 200);
    for (const count of served) expect(count).toBeLessThan(LIMIT);
    expect(served.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(LIMIT);
    for (const refusal of refusals) expectRateLimit(refusal, 'calls');
    for (const origin of instances) expect((await bearerCall(origin, patient)).status).toBe(200);

    const recorded = () =>
      app.query(
        `select outcome from activity where reason = 'call_limit'
         and connection_id = (select id from connections where client_id = '${client}')`,
      );
    await expect.poll(recorded).toEqual([{ outcome: 'denied' }, { outcome: 'denied' }]);
  });

  test('write few rows for it', async () => {
    const written = async () => {
      const text = `select (n_tup_ins + n_tup_upd)::int as rows from pg_stat_user_tables where relname = 'limit_counts'`;
      return Number((await app.query(text))[0]?.rows);
    };
    await expect.poll(written, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(await written()).toBeLessThanOrEqual((4 * LIMIT) / 20);
  });
});

test('each instance counts alone while the database is unavailable', async () => {
  await app.postgres.stop();
  try {
    const [one = '', two = ''] = instances;
    const statuses = new Set<number>();
    for (let n = 0; n < LIMIT; n++) statuses.add((await badToken(one, '198.51.100.3')).status);
    expect([...statuses]).toEqual([401]);
    const refusal = await badToken(one, '198.51.100.3');
    expect(refusal.status).toBe(429);
    expectRateLimit(refusal, 'failed-authentication');
    expect((await badToken(two, '198.51.100.3')).status).toBe(401);
    await expect.poll(() => app.logs()).toContain('"event":"limits.not_shared"');
  } finally {
    await app.postgres.start();
  }
});
