import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_LIMITS } from '#lib/connections/policy/limits.ts';
import { setLimits, setOrganizationPolicy } from '#lib/connections/policy/policy.ts';
import { createContext } from '#lib/connections/process-context.ts';
import { openDatabase } from '#lib/db/connection.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { IN_FORCE_MS, untilInForce } from '#tests/support/in-force.ts';
import { legacyToolCall, postMcp } from '#tests/support/mcp-request.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

let postgres: TestPostgres;
let stack: Stack;
let url: string;
let database: Awaited<ReturnType<typeof openDatabase>>;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  stack = await startStack({ env: { DATABASE_URL: url } });
});

afterAll(async () => {
  await database?.close();
  await stack?.stop();
  await postgres?.close();
});

test('limits, hosts and an end that one instance sets are in force on another within a second', async () => {
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration: 'cimd',
    era: 'auto',
  });
  const me = (await client.callTool('identity')).structuredContent as { subject: string; issuer: string };
  const token = client.tokens?.access_token ?? '';
  database = await openDatabase({ kind: 'postgres', url });
  const { db } = database;
  // The other instance is this process.
  const other = createContext({
    database: async () => db,
    issuer: me.issuer,
    grants: { list: async () => ({ grants: [], complete: false }), delete: async () => 'absent' },
  });
  const find = async () => (await connectionsOf(me.subject, other)).rows.find(({ calls }) => calls > 0);
  await expect.poll(find).toBeDefined();
  const row = await find();
  const id = row?.id ?? '';
  const call = async (tool: string) =>
    (await postMcp(stack.appUrl, token, legacyToolCall(tool, { text: 'x' }))).text();
  const took = async (change: () => Promise<unknown>, isInForce: () => Promise<boolean>) => {
    expect(await isInForce()).toBe(false);
    await change();
    const { earliest, latest } = await untilInForce(isInForce);
    expect(earliest, `in force after ${earliest} ms`).toBeLessThan(IN_FORCE_MS);
    return Math.round(latest);
  };
  const change = { userId: me.subject, connectionId: id, by: 'ada' };

  const limit = await took(
    () => setLimits({ ...change, limits: { readOnly: true, toolsOff: [] } }, other),
    async () => (await call('store')).includes('limited this client'),
  );
  const organizationId = row?.organizationId;
  const host = row?.host ?? '';
  const hosts = (blockedHosts: string[]) =>
    setOrganizationPolicy(
      organizationId ?? '',
      { allowedHosts: [], blockedHosts, defaults: NO_LIMITS },
      'ada',
      other,
    );
  expect(organizationId).toBeDefined();
  const block = await took(
    () => hosts([host]),
    async () => (await call('identity')).includes('The organization blocks'),
  );
  const lift = await took(
    () => hosts([]),
    async () => !(await call('identity')).includes('The organization blocks'),
  );
  const end = await took(
    () => setLimits({ ...change, limits: { ...NO_LIMITS, expiresAt: new Date() } }, other),
    async () => (await call('identity')).includes('has expired'),
  );
  console.info(
    `In force on the other instance: limit ${limit}, block ${block}, lift ${lift}, end ${end} ms.`,
  );
  await client.close();
});
