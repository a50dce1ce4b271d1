import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { receiveWebhook } from '#features/webhooks/receive.ts';
import { type CallRecord, flushActivity, recordCall } from '#lib/connections/activity.ts';
import { checkRevocation } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { endedAmong, sessionEnd } from '#lib/db/ended.ts';
import { rows } from '#lib/db/rows.ts';
import * as schema from '#lib/db/schema.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { delivery, eventOf, signatureOf, WEBHOOK_SECRET } from '#tests/support/webhook.ts';

const URL = 'http://localhost:3000/webhooks/workos';
const HOUR_MS = 3_600_000;
const ISSUER = 'https://auth.example.com';

beforeAll(async () => {
  stubConfiguration({ WORKOS_WEBHOOK_SECRET: WEBHOOK_SECRET, LOG_FORMAT: 'json' });
  await db();
});
afterEach(() => vi.restoreAllMocks());

const deliver = (body: string, headers?: Record<string, string>) =>
  receiveWebhook(delivery(URL, body, headers));

let people = 0;
/** A person of whom everything is stored that can be. */
async function knownPerson(): Promise<Caller> {
  const caller = callerOf({
    issuer: ISSUER,
    subject: `user_${++people}`,
    clientId: `https://c${people}.example/id`,
  });
  await recorded(caller);
  const database = await db();
  const { issuer, subject } = caller;
  await database.insert(schema.revocations).values({
    id: crypto.randomUUID(),
    issuer,
    subject,
    connectionId: '',
    at: new Date(),
    event: 'revoked',
    by: 'ada@example.com',
  });
  // Goes with the sample tools.
  if ('notes' in schema)
    await database.execute(
      sql`insert into notes (id, issuer, subject, text, created_at) values (${crypto.randomUUID()}, ${issuer}, ${subject}, 'a', now())`,
    );
  return caller;
}

async function recorded(caller: Caller): Promise<void> {
  const call: CallRecord = {
    caller,
    at: new Date(),
    method: 'tools/call',
    outcome: 'allowed',
    durationMs: 1,
  };
  recordCall(call);
  await flushActivity();
}

/** Numbers of rows of a person, by table. Denials are left out. */
async function stored({ issuer, subject }: Caller): Promise<Record<string, number>> {
  const database = await db();
  const tables = await rows<{ name: string }>(
    database,
    sql`select table_name as name from information_schema.columns where column_name = 'subject' and table_name <> 'denials'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await rows<{ count: number }>(
      database,
      sql`select count(*)::int as count from ${sql.identifier(name)} where issuer = ${issuer} and subject = ${subject}`,
    );
    counts[name] = row?.count ?? 0;
  }
  const [calls] = await rows<{ count: number }>(
    database,
    sql`select (select count(*) from activity where connection_id not in (select id from connections))::int
          + (select count(*) from activity_daily where connection_id not in (select id from connections))::int as count`,
  );
  return { ...counts, 'calls without a connection': calls?.count ?? 0 };
}

const total = async (caller: Caller) =>
  Object.values(await stored(caller)).reduce((sum, count) => sum + count, 0);

describe('a delivery is refused, and nothing is applied', () => {
  const gone = async (person: Caller) => (await total(person)) === 0;

  test.each<[string, (body: string) => Record<string, string>]>([
    [
      'signed with another secret',
      (body) => ({ 'workos-signature': signatureOf(body, Date.now(), 'x'.repeat(29)) }),
    ],
    ['with the signature of another body', () => ({ 'workos-signature': signatureOf('{}') })],
    ['without a signature', () => ({ 'workos-signature': '' })],
    ['with a signature in another form', () => ({ 'workos-signature': 'v1=0' })],
    ['signed with nothing', (body) => ({ 'workos-signature': signatureOf(body, Date.now(), '') })],
    [
      'replayed after its time',
      (body) => ({ 'workos-signature': signatureOf(body, Date.now() - 75 * HOUR_MS) }),
    ],
    [
      'replayed with a new time',
      (body) => {
        const [, v1] = signatureOf(body, Date.now() - HOUR_MS).split(', ');
        return { 'workos-signature': `t=${Date.now()}, ${v1}` };
      },
    ],
  ])('%s', async (_what, headers) => {
    const person = await knownPerson();
    const body = eventOf('user.deleted', { id: person.subject });
    expect((await deliver(body, headers(body))).status).toBe(401);
    expect(await gone(person)).toBe(false);
  });

  test.each([
    ['no JSON', '{'],
    ['another shape', '{"event":"user.deleted"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no id of the person', eventOf('user.deleted', {})],
    ['an id that no database stores', eventOf('user.deleted', { id: 'a\u0000' })],
    ['no organization', eventOf('session.revoked', { id: 7 })],
  ])('signed, with %s', async (_what, body) => {
    expect((await deliver(body)).status).toBe(400);
  });

  test('longer than 256 KiB, before the rest of it is read', async () => {
    const long = eventOf('user.deleted', { id: 'user_x', text: 'x'.repeat(256 * 1024) });
    expect((await deliver(long)).status).toBe(413);
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(64 * 1024));
        sent++;
      },
    });
    const request = new Request(URL, { method: 'POST', body: endless, duplex: 'half' } as RequestInit);
    expect((await receiveWebhook(request)).status).toBe(413);
    expect(sent).toBeLessThan(10);
  });

  test('with another method than POST', async () => {
    const response = await receiveWebhook(new Request(URL));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

test('an event that means nothing here is accepted', async () => {
  expect((await deliver(eventOf('user.created', { id: 'user_1' }))).status).toBe(200);
});

describe('user.deleted', () => {
  test('erases what is stored of the person, and of no other', async () => {
    const [person, other] = [await knownPerson(), await knownPerson()];
    expect(Object.values(await stored(person)).filter((count) => count > 0).length).toBeGreaterThan(1);
    const before = await stored(other);
    expect(
      (await deliver(eventOf('user.deleted', { id: person.subject, email: 'a@b.example' }))).status,
    ).toBe(200);
    expect(await total(person)).toBe(0);
    expect(await stored(other)).toEqual(before);
    expect(await checkRevocation(other)).toBe('active');
  });

  test('is applied at the last of the attempts, which WorkOS repeats for three days', async () => {
    const person = await knownPerson();
    const signedAt = Date.now() - 72 * HOUR_MS;
    const body = eventOf('user.deleted', { id: person.subject }, new Date(signedAt));
    expect((await deliver(body, { 'workos-signature': signatureOf(body, signedAt) })).status).toBe(200);
    expect(await total(person)).toBe(0);
  });

  test('refuses every token of the person, one that is issued later included', async () => {
    const person = await knownPerson();
    await deliver(eventOf('user.deleted', { id: person.subject }));
    const later = callerOf({
      ...person,
      clientId: 'https://new.example/id',
      issuedAt: person.issuedAt + 3600,
    });
    expect([await checkRevocation(person), await checkRevocation(later)]).toEqual(['revoked', 'revoked']);
  });

  test('erases again what an instance records later', async () => {
    const person = await knownPerson();
    await deliver(eventOf('user.deleted', { id: person.subject }));
    await recorded(person);
    expect(await total(person)).toBe(0);
  });

  test('may be delivered twice, and for a person who was never here', async () => {
    const body = eventOf('user.deleted', { id: `user_${crypto.randomUUID()}` });
    expect((await deliver(body)).status).toBe(200);
    expect((await deliver(body)).status).toBe(200);
  });

  test('erases more calls than a statement deletes', async () => {
    const person = await knownPerson();
    await (await db()).execute(sql`
      insert into activity (id, connection_id, at, method, outcome, duration_ms)
      select gen_random_uuid(), (select id from connections where subject = ${person.subject}), now(), 'ping', 'allowed', 1
      from generate_series(1, 5001)`);
    await deliver(eventOf('user.deleted', { id: person.subject }));
    expect(await total(person)).toBe(0);
  });
});

describe('the end of a membership', () => {
  const inOrganization = (person: Caller, more: Partial<Caller> = {}) =>
    callerOf({ ...person, organizationId: 'org_1', ...more });
  const ended = (person: Caller, at: Date, event = 'organization_membership.deleted', status = 'active') =>
    deliver(eventOf(event, { id: 'om_1', user_id: person.subject, organization_id: 'org_1', status }, at));

  test.each([
    ['organization_membership.deleted', 'active'],
    ['organization_membership.updated', 'inactive'],
  ])('%s (%s) refuses the tokens for this organization and no others', async (event, status) => {
    const person = await knownPerson();
    const member = inOrganization(person);
    expect(await checkRevocation(member)).toBe('active');
    expect((await ended(person, new Date(), event, status)).status).toBe(200);
    expect(await checkRevocation(member)).toBe('revoked');
    expect(await checkRevocation(inOrganization(person, { clientId: 'https://new.example/id' }))).toBe(
      'revoked',
    );
    expect(await checkRevocation(callerOf({ ...person }))).toBe('active');
    expect(await checkRevocation(callerOf({ ...person, organizationId: 'org_2' }))).toBe('active');
  });

  test('does not end a later membership, also when it is reported late or twice', async () => {
    const person = await knownPerson();
    const again = inOrganization(person);
    const before = new Date((again.issuedAt - 3600) * 1000);
    await ended(person, before);
    await ended(person, before);
    expect(await checkRevocation(again)).toBe('active');
    expect(await checkRevocation(inOrganization(person, { issuedAt: again.issuedAt - 3601 }))).toBe(
      'revoked',
    );
  });

  test('a change of the role ends nothing', async () => {
    const person = await knownPerson();
    await ended(person, new Date(), 'organization_membership.updated');
    expect(await checkRevocation(inOrganization(person))).toBe('active');
  });
});

test('session.revoked records the session, once, in any order with other events', async () => {
  const body = eventOf('session.revoked', { id: 'session_1', user_id: 'user_1' });
  expect((await deliver(body)).status).toBe(200);
  expect((await deliver(body)).status).toBe(200);
  const [one, two] = [sessionEnd('session_1'), sessionEnd('session_2')];
  expect([...(await endedAmong(await db(), [one, two]))]).toEqual([one]);
});

test('the log names the event and no data of it', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await deliver(eventOf('user.deleted', { id: 'user_logged', email: 'canary@example.com' }));
  const lines = write.mock.calls.map(([line]) => String(line)).join('');
  expect(lines).toContain('webhook.applied');
  expect(lines).not.toContain('canary');
});
