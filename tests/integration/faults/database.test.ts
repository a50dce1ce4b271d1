import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAGES } from '#lib/config/pages.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { bearerCall, postMcp, toolCall } from '#tests/support/mcp-request.ts';
import { signInToPages } from '#tests/support/page-session.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { startStack } from '#tests/support/stack.ts';
import { startTcpProxy, type TcpProxy } from '#tests/support/tcp-proxy.ts';
import { startTrustingApp, type TrustingApp } from '#tests/support/trusting-app.ts';

let postgres: TestPostgres;
let network: TcpProxy;
let app: TrustingApp;
let url: string;
let token: string;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  network = await startTcpProxy(Number(new URL(url).port));
  app = await startTrustingApp({ DATABASE_URL: url.replace(/:\d+\//, `:${network.port}/`) });
  token = await app.issuer.token({ client_id: 'https://fault.example/id.json' });
});
afterAll(async () => {
  await app?.stop();
  await network?.close();
  await postgres?.close();
});

const call = (name = 'identity', args = {}) => postMcp(app.appUrl, token, toolCall(name, args));
const page = (path: string) => fetch(`${app.appUrl}${path}`, { redirect: 'manual' });
const served = async () => (await call()).status;

/** Milliseconds after which no call may be served from what was read before. */
const KNOWN_FOR_MS = 1_000;

describe.each([
  ['cut off', 'cut'],
  ['silent', 'stalled'],
] as const)('a database that is %s', (_what, state) => {
  test('refuses every call with 503 within two seconds, then immediately, until it is back', async () => {
    expect(await served()).toBe(200);
    network.set(state);
    const since = performance.now();
    for (;;) {
      const asked = performance.now();
      const response = await call();
      if (asked - since > KNOWN_FOR_MS) {
        expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true]);
        break;
      }
      expect([200, 503]).toContain(response.status);
    }
    expect(performance.now() - since).toBeLessThan(4_000);
    const answers = await Promise.all(Array.from({ length: 20 }, served));
    expect(new Set(answers)).toEqual(new Set([503]));
    expect((await fetch(`${app.appUrl}/health/live`)).status).toBe(200);
    expect((await fetch(`${app.appUrl}/health/ready`)).status).toBe(503);
    // Requests that need no database are served.
    expect((await fetch(`${app.appUrl}/.well-known/oauth-protected-resource/mcp`)).status).toBe(200);
    expect((await postMcp(app.appUrl, undefined)).status).toBe(401);
    expect((await postMcp(app.appUrl, 'bad')).status).toBe(401);

    network.set('open');
    await expect.poll(served, { timeout: 15_000 }).toBe(200);
  });

  test('reveals no details to a client or on a page', async () => {
    network.set(state);
    await expect.poll(served, { timeout: 5_000 }).toBe(503);
    const pages = PAGES.map(({ path }) => page(path));
    for (const response of await Promise.all([call(), ...pages]))
      expect(await response.text()).not.toMatch(/postgres|ECONN|127\.0\.0\.1|denials|select /i);
    network.set('open');
    await expect.poll(served, { timeout: 15_000 }).toBe(200);
  });
});

test('a slow database delays calls and loses none', async () => {
  network.set({ delayMs: 60 });
  const statuses = await Promise.all(Array.from({ length: 10 }, served));
  for (const status of statuses) expect([200, 503]).toContain(status);
  expect(await served()).toBe(200);
  network.set('open');
});

test('a database that comes and goes makes calls fail with 503 and nothing else, and is used again each time', async () => {
  for (let times = 0; times < 3; times++) {
    network.set('cut');
    for (const status of await Promise.all(Array.from({ length: 5 }, served)))
      expect([200, 503]).toContain(status);
    await expect.poll(served, { timeout: 5_000 }).toBe(503);
    network.set('open');
    await expect.poll(served, { timeout: 15_000 }).toBe(200);
  }
  expect(app.app.running.child.exitCode).toBeNull();
});

test('connections that the database server closes are replaced, and the process keeps running', async () => {
  await postgres.query(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
  );
  await expect.poll(served, { timeout: 5_000 }).toBe(200);
  expect(app.app.running.child.exitCode).toBeNull();
});

test('with a read-only database (full, or a replica) calls that read are served, a call that writes fails, and no call is lost', async () => {
  const name = new URL(url).pathname.slice(1);
  const admin = url.replace(/[^/]*$/, 'postgres');
  const everyoneAgain = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
  const calls = async () => {
    const rows = await postgres.query(
      url,
      "select count(*)::int as calls from activity where tool = 'identity'",
    );
    return Number(rows[0]?.calls);
  };
  const before = await calls();
  await postgres.query(admin, `alter database ${name} set default_transaction_read_only = on`);
  await postgres.query(admin, everyoneAgain);
  let allowed = 0;
  const counted = async () => {
    const status = await served();
    if (status === 200) allowed += 1;
    return status;
  };
  await expect.poll(counted, { timeout: 5_000 }).toBe(200);
  for (let i = 0; i < 5; i++) expect(await counted()).toBe(200);
  const written = await call('store', { text: 'not kept' });
  expect(await written.text()).toMatch(/"isError":true/);
  // Not before the calls were tried to be written, in vain.
  await expect.poll(() => app.logs(), { timeout: 10_000 }).toMatch(/activity\.retrying.*25006/);
  await postgres.query(admin, `alter database ${name} reset default_transaction_read_only`);
  await postgres.query(admin, everyoneAgain);
  await expect
    .poll(async () => (await calls()) - before, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(allowed);
  expect(await served()).toBe(200);
});

// Pages and routes are bundled apart: what a page set up for the process fails with the page's classes of errors.
test('a database that a page used first and that then fails also makes calls fail with 503', async () => {
  const stack = await startStack({
    env: { DATABASE_URL: (await postgres.createDatabase()).replace(/:\d+\//, `:${network.port}/`) },
  });
  const pages = await signInToPages(stack.appUrl, 'ada');
  for (const { path } of PAGES) expect((await pages.request(path)).status).toBe(200);
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration: 'dcr',
    era: 'auto',
  });
  const status = async () => (await bearerCall(stack.appUrl, client.tokens?.access_token ?? '')).status;
  expect(await status()).toBe(200);
  network.set('cut');
  await expect.poll(status, { timeout: 5_000 }).not.toBe(200);
  expect(await status()).toBe(503);
  network.set('open');
  await expect.poll(status, { timeout: 15_000 }).toBe(200);
  await client.close();
  await stack.stop();
});
