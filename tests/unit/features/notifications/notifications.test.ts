import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverDue, RETRY_AFTER_SECONDS } from '#features/notifications/deliver.ts';
import type { Payload } from '#features/notifications/payload.ts';
import { signedHeaders } from '#features/notifications/signature.ts';
import type { NotificationConfig } from '#lib/config/notifications.ts';
import { activityRow, type CallRecord, seenConnections } from '#lib/connections/activity-rows.ts';
import { writeActivity } from '#lib/connections/activity-write.ts';
import type { Context } from '#lib/connections/context.ts';
import { refreshGrants } from '#lib/connections/grants.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import {
  onNotification,
  pruneNotifications,
  secondsUntilDue,
  stopNotifications,
} from '#lib/connections/notifications.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { notifications } from '#lib/db/schema.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';
import {
  FakeWorkos,
  grantOf,
  instance,
  openTestDatabase,
  seen,
  testDatabase,
} from '#tests/unit/connections/support.ts';

type Received = { headers: Record<string, string | string[] | undefined>; body: string };

let received: Received[];
/** The status of each next answer; 204 when there is none. */
let answers: number[];
let server: Awaited<ReturnType<typeof loopbackServer>>;
let wakes = 0;
let target: NotificationConfig;

beforeAll(async () => {
  await openTestDatabase();
  server = await loopbackServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end();
  });
  target = { url: `${server.url}/hook`, secrets: [Buffer.alloc(32, 7)] };
});
afterAll(() => server.close());

beforeEach(async () => {
  received = [];
  answers = [];
  wakes = 0;
  onNotification(() => {
    wakes++;
  });
  await (await testDatabase()).delete(notifications);
});

const deliver = (app: Context) => deliverDue({ context: app, target, appUrl: 'https://mcp.example.com' });
const payloads = () => received.map(({ body }) => JSON.parse(body) as Payload);
const types = () => payloads().map(({ type }) => type);
const ids = () => received.map(({ headers }) => headers['webhook-id']);
const stored = async () => (await testDatabase()).select().from(notifications);
const makeDue = async () =>
  void (await (await testDatabase()).execute(sql`update notifications set next_attempt_at = now()`));

const DAY_MS = 24 * 60 * 60 * 1000;
const ago = (days: number) => ({ at: new Date(Date.now() - days * DAY_MS) });

describe('what is notified', () => {
  test('the first call of a client, once, with its name from WorkOS and a link', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_first', clientId: 'client_1', organizationId: 'org_1' });
    workos.grants.set('user_first', [
      grantOf('client_1', { name: 'Wea\u202Ether', redirectUris: ['https://weather.example/cb'] }),
    ]);
    const software = { clientSoftware: { name: 'weather', version: '1.2' } };
    await seen(app, caller, software);
    await seen(app, caller, software);
    expect(wakes).toBe(1);
    expect(await deliver(app)).toBe(1);
    expect(payloads()).toEqual([
      {
        type: 'connection.created',
        timestamp: expect.stringMatching(/^20.*Z$/),
        data: {
          reason: 'An app was used with this account for the first time.',
          userId: 'user_first',
          organizationId: 'org_1',
          connectionId: connectionKey(caller),
          client: {
            id: 'client_1',
            name: 'Weather',
            host: null,
            redirectHosts: ['weather.example'],
            software: 'weather 1.2',
          },
          by: null,
          url: `https://mcp.example.com/clients/${connectionKey(caller)}`,
        },
      },
    ]);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const id = String(headers['webhook-id']);
    const now = Number(headers['webhook-timestamp']) * 1000;
    expect(headers).toMatchObject(signedHeaders(id, body, { secrets: target.secrets, now }));
  });

  test('a look-alike, also when only WorkOS knows its name', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const byHost = callerOf({ subject: 'user_alike', clientId: 'https://claude.evil.example/c.json' });
    const byName = callerOf({ subject: 'user_alike', clientId: 'client_2' });
    const local = callerOf({ subject: 'user_alike', clientId: 'client_3' });
    workos.grants.set('user_alike', [
      grantOf('client_2', { name: 'ChatGPT', redirectUris: ['https://evil.example/cb'] }),
      grantOf('client_3', { name: 'Claude Code', redirectUris: ['http://localhost:33418/callback'] }),
    ]);
    for (const caller of [byHost, byName, local]) await seen(app, caller);
    await deliver(app);
    const alike = payloads().filter(({ type }) => type === 'connection.look_alike');
    expect(alike.map(({ data }) => data.connectionId).sort()).toEqual(
      [byHost, byName].map(connectionKey).sort(),
    );
    expect(alike.map(({ data }) => data.reason).join()).toMatch(/“ChatGPT” but is not from OpenAI/);
  });

  test('the first call after 30 days without one, and no other', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_silent' });
    await seen(app, caller, ago(60));
    await seen(app, caller, ago(31));
    await seen(app, caller, ago(2));
    await seen(app, caller, { ...ago(1), outcome: 'denied' });
    await deliver(app);
    expect(types()).toEqual(['connection.created']);
    const resumed = callerOf({ subject: 'user_resumed' });
    await seen(app, resumed, ago(40));
    await seen(app, resumed, { ...ago(1), outcome: 'denied' });
    await seen(app, resumed);
    await seen(app, resumed);
    await deliver(app);
    expect(types().sort()).toEqual([
      'connection.created',
      'connection.created',
      'connection.used_after_silence',
    ]);
  });

  test('no refused call of a client that never got in', async () => {
    const app = instance(new FakeWorkos());
    const caller = callerOf({ subject: 'user_denied' });
    await seen(app, caller, { outcome: 'denied' });
    expect(await deliver(app)).toBe(0);
    await seen(app, caller, { outcome: 'failed' });
    expect(await deliver(app)).toBe(1);
  });

  test('a revocation once, with its origin: of one client, of all, or at WorkOS itself', async () => {
    const workos = new FakeWorkos();
    const app = instance(workos);
    const caller = callerOf({ subject: 'user_revokes', clientId: 'client_4', organizationId: 'org_1' });
    await seen(app, caller);
    const one = { userId: 'user_revokes', connectionId: connectionKey(caller), by: 'ada@example.com' };
    await revokeConnection(one, app);
    await revokeConnection(one, app);
    await revokeAll('user_revokes', 'ada@example.com', app);
    workos.grants.set('user_gone', [grantOf('client_6')]);
    const gone = callerOf({ subject: 'user_gone', clientId: 'client_6' });
    await seen(app, gone);
    await getConnection('user_gone', connectionKey(gone), app);
    workos.grants.delete('user_gone');
    await refreshGrants(app, gone, -1);
    await makeDue();
    await deliver(app);
    const revoked = payloads().filter(({ type }) => type === 'connection.revoked');
    const link = 'https://mcp.example.com/clients';
    expect(revoked).toHaveLength(3);
    expect(revoked.map(({ data: { connectionId, by, url } }) => [connectionId, by, url])).toEqual(
      expect.arrayContaining([
        [one.connectionId, one.by, `${link}/${one.connectionId}`],
        [null, one.by, link],
        [connectionKey(gone), null, `${link}/${connectionKey(gone)}`],
      ]),
    );
  });
});

describe('a normal call', () => {
  /** The database, with the statements that it was sent. */
  async function counted(): Promise<{ database: Database; statements: unknown[] }> {
    const database = await testDatabase();
    const statements: unknown[] = [];
    const count = (name: string, method: unknown) =>
      typeof method !== 'function'
        ? method
        : (...args: unknown[]) => {
            statements.push(name);
            return Reflect.apply(method, database, args);
          };
    const get = (of: Database, name: string) => count(name, Reflect.get(of, name));
    return { database: new Proxy(database, { get: (of, name) => get(of, String(name)) }), statements };
  }

  async function write(database: Database, caller: Caller): Promise<void> {
    const record: CallRecord = { caller, at: new Date(), method: 'ping', outcome: 'allowed', durationMs: 1 };
    const batch = [{ record, row: activityRow(record) }];
    const calls = batch.map(({ row }) => row);
    await writeActivity(database, calls, seenConnections(batch));
  }

  test('needs no statement more than without notifications, also the first call', async () => {
    const { database, statements } = await counted();
    for (const subject of ['user_counted', 'user_counted']) await write(database, callerOf({ subject }));
    expect(statements).toEqual(['execute', 'execute']);
    expect(wakes).toBe(1);
    stopNotifications();
    await write(database, callerOf({ subject: 'user_off' }));
    expect(statements).toHaveLength(3);
    expect(await stored()).toHaveLength(1);
  });
});

describe('delivery', () => {
  async function oneFact(subject: string): Promise<Context> {
    const app = instance(new FakeWorkos());
    await seen(app, callerOf({ subject }));
    return app;
  }

  test('is tried again with the same id until the receiver accepts, redirects are not followed', async () => {
    const app = await oneFact('user_retry');
    answers = [500, 307];
    expect(await deliver(app)).toBe(0);
    expect(await deliver(app)).toBe(0);
    expect(received).toHaveLength(1);
    await makeDue();
    expect(await deliver(app)).toBe(0);
    await makeDue();
    expect(await deliver(app)).toBe(1);
    await makeDue();
    expect(await deliver(app)).toBe(0);
    expect(received).toHaveLength(3);
    expect(new Set(ids()).size).toBe(1);
    expect(await stored()).toMatchObject([{ state: 'delivered', attempts: 3 }]);
  });

  test('waits longer after each failure, and ends after three days', async () => {
    const app = await oneFact('user_never');
    answers = new Array<number>(20).fill(500);
    const waits: number[] = [];
    for (;;) {
      await deliver(app);
      const seconds = await secondsUntilDue(await testDatabase());
      if (seconds === undefined) break;
      waits.push(Math.round(seconds / 5) * 5);
      await makeDue();
    }
    expect(waits).toEqual(RETRY_AFTER_SECONDS);
    expect(received).toHaveLength(RETRY_AFTER_SECONDS.length + 1);
    expect(await stored()).toMatchObject([{ state: 'failed' }]);
  });

  test('is done by one of several instances, and by another when that one ended', async () => {
    const app = await oneFact('user_shared');
    const hanging = { target, appUrl: '', context: app, fetch: () => new Promise<never>(() => undefined) };
    void deliverDue(hanging);
    await expect.poll(async () => (await stored())[0]?.attempts).toBe(1);
    expect(await deliver(instance(new FakeWorkos()))).toBe(0);
    expect(await secondsUntilDue(await testDatabase())).toBeGreaterThan(30);
    await makeDue();
    const both = await Promise.all([deliver(app), deliver(instance(new FakeWorkos()))]);
    expect(both.reduce((sum, one) => sum + one)).toBe(1);
    expect(received).toHaveLength(1);
  });

  test('of a new client waits while WorkOS is away, then goes without the name', async () => {
    const workos = new FakeWorkos();
    workos.up = false;
    const app = instance(workos);
    await seen(app, callerOf({ subject: 'user_nameless', clientId: 'client_5' }));
    for (let attempts = 0; attempts < 2; attempts++) {
      expect(await deliver(app)).toBe(0);
      await makeDue();
    }
    expect(await deliver(app)).toBe(1);
    expect(payloads()[0]?.data.client).toMatchObject({ id: 'client_5', name: null });
  });

  test('ends with the retention of its row', async () => {
    const database = await testDatabase();
    await oneFact('user_old');
    await pruneNotifications(database, 30);
    expect(await stored()).toHaveLength(1);
    await database.execute(sql`update notifications set at = now() - interval '31 days'`);
    await pruneNotifications(database, 30);
    expect(await rows(database, sql`select id from notifications`)).toEqual([]);
  });
});
