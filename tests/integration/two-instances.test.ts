import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { IN_FORCE_MS, untilInForce } from '#tests/support/in-force.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import type { Started } from '#tests/support/processes.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

let postgres: TestPostgres;
let stack: Stack;
let second: Started;

beforeAll(async () => {
  postgres = await startPostgres();
  const DATABASE_URL = await postgres.createDatabase();
  stack = await startStack({ env: { DATABASE_URL } });
  second = await stack.startInstance();
});

afterAll(async () => {
  await stack?.stop();
  await postgres?.close();
});

const connect = (registration: 'cimd' | 'dcr') =>
  ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration,
    era: 'auto',
    confirm: true,
  });

test('a client that is revoked on one instance is refused on the other within a second', async () => {
  const [admin, victim] = [await connect('cimd'), await connect('dcr')];
  const token = victim.tokens?.access_token ?? '';
  const me = (await victim.callTool('identity')).structuredContent as { clientId: string };
  // Both instances know the client, and that it is not revoked.
  expect((await bearerCall(stack.appUrl, token)).status).toBe(200);
  expect((await bearerCall(second.url, token)).status).toBe(200);

  const listed = await admin.callTool('connections');
  const { connections } = listed.structuredContent as { connections: { id: string; clientId: string }[] };
  const id = connections.find(({ clientId }) => clientId === me.clientId)?.id;
  const revoked = await admin.callTool('revoke', { id });
  const revokedAt = performance.now();
  expect(revoked.structuredContent).toMatchObject({ revoked: id });

  expect((await bearerCall(stack.appUrl, token)).status).toBe(401);
  const { latest } = await untilInForce(
    async () => (await bearerCall(second.url, token)).status === 401,
    revokedAt,
  );
  const response = await bearerCall(second.url, token);
  expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(latest, `in force on the other instance after ${latest} ms`).toBeLessThan(IN_FORCE_MS);
  console.info(`A revocation was in force on the other instance after ${Math.round(latest)} ms.`);

  // Both serve the administrator and a new consent of the same client. `iat` has whole seconds, so a consent in the
  // second of the revocation is still refused.
  await expect
    .poll(async () => (await victim.callTool('identity')).structuredContent, { timeout: 5_000 })
    .toMatchObject({ clientId: me.clientId });
  const renewed = victim.tokens?.access_token ?? '';
  expect(renewed).not.toBe(token);
  for (const origin of [stack.appUrl, second.url]) {
    expect((await bearerCall(origin, renewed)).status).toBe(200);
    expect((await bearerCall(origin, admin.tokens?.access_token ?? '')).status).toBe(200);
  }
  await Promise.all([admin.close(), victim.close()]);
});

test('an instance without its database answers 503 and recovers by itself', async () => {
  const client = await connect('cimd');
  const token = client.tokens?.access_token ?? '';
  await postgres.stop();
  await expect.poll(async () => (await bearerCall(second.url, token)).status, { timeout: 10_000 }).toBe(503);
  expect((await fetch(`${second.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${second.url}/health/live`)).status).toBe(200);
  await postgres.start();
  await expect.poll(async () => (await bearerCall(second.url, token)).status, { timeout: 10_000 }).toBe(200);
  expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
  await client.close();
});
