import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activityRow, type CallRecord, seenConnections } from '#lib/connections/activity-rows.ts';
import { writeActivity } from '#lib/connections/activity-write.ts';
import { claimNotifications, onNotification } from '#lib/connections/notifications.ts';
import { openDatabase } from '#lib/db/connection.ts';
import type { OpenDatabase } from '#lib/db/database.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { callerOf } from '#tests/support/caller.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const KEY = Buffer.alloc(32, 3);
const SECRET = `whsec_${KEY.toString('base64')}`;
const PATH = '/hook-4711';

type Notification = { type: string; data: { connectionId: string | null; client: { name: string } | null } };

const received: { headers: Record<string, string | string[] | undefined>; body: string }[] = [];
/** Answers of the receiver before it accepts. */
const failures = [503];
let receiver: Awaited<ReturnType<typeof loopbackServer>>;
let postgres: TestPostgres;
let url: string;
let stack: Stack;

beforeAll(async () => {
  receiver = await loopbackServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(failures.shift() ?? 204).end();
  });
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  stack = await startStack({
    env: {
      DATABASE_URL: url,
      NOTIFY_WEBHOOK_URL: `${receiver.url}${PATH}`,
      NOTIFY_WEBHOOK_SECRET: SECRET,
    },
    behaviour: { claims: 'permissions' },
  });
});
afterAll(async () => {
  await stack?.stop();
  await postgres?.close();
  await receiver?.close();
});

const parsed = () => received.map(({ body }) => JSON.parse(body) as Notification);

test('a first call and a revocation reach the receiver: signed, retried, and without a token', async () => {
  const client = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration: 'dcr',
    name: 'Weather',
    era: 'auto',
    confirm: true,
  });
  await client.callTool('identity');
  const patient = { timeout: 30_000 };
  await expect.poll(() => received.length, patient).toBe(2);
  const [first, again] = received;
  expect(first?.headers['webhook-id']).toBe(again?.headers['webhook-id']);
  expect(parsed()[1]).toMatchObject({ type: 'connection.created', data: { client: { name: 'Weather' } } });

  const id = parsed()[1]?.data.connectionId ?? '';
  const token = client.tokens?.access_token ?? 'none';
  await client.callTool('revoke', { id });
  await expect.poll(() => parsed().at(-1)?.type, patient).toBe('connection.revoked');
  for (const { headers, body } of received) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', KEY).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(body).not.toContain(token);
  }
  const logs = stack.logs();
  expect(logs).toContain('notification.delivered');
  for (const secret of [SECRET.slice(6), PATH]) expect(logs).not.toContain(secret);
  await client.close();
});

test('instances that see the first calls of clients at the same time report each client once', async () => {
  // The log reads its format from the configuration.
  stubConfiguration();
  onNotification(() => undefined);
  const database = await postgres.createDatabase();
  const instances: OpenDatabase[] = [];
  for (let n = 0; n < 3; n++) instances.push(await openDatabase({ kind: 'postgres', url: database }));
  const callers = Array.from({ length: 5 }, (_, n) =>
    callerOf({ subject: 'user_many', clientId: `client_${n}` }),
  );
  const write = ({ db }: OpenDatabase) => {
    const batch = callers.map((caller) => {
      const record: CallRecord = {
        caller,
        at: new Date(),
        method: 'ping',
        outcome: 'allowed',
        durationMs: 1,
      };
      return { record, row: activityRow(record) };
    });
    const calls = batch.map(({ row }) => row);
    return writeActivity(db, calls, seenConnections(batch));
  };
  await Promise.all(instances.flatMap((instance) => [write(instance), write(instance), write(instance)]));
  const claims = await Promise.all(
    instances.map(({ db }) => claimNotifications(db, { limit: 10, leaseSeconds: 60 })),
  );
  expect(claims.flat().map(({ connectionId }) => connectionId)).toHaveLength(5);
  expect(new Set(claims.flat().map(({ connectionId }) => connectionId)).size).toBe(5);
  for (const { close } of instances) await close();
});
