import { sql } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ADA, BEN, CLEO } from '#dev/authkit/state/people.ts';
import { flushActivity } from '#lib/connections/activity.ts';
import { retryDue } from '#lib/connections/grant-deletion.ts';
import { BY_ADMIN } from '#lib/connections/organization/acts.ts';
import { NotAdminError } from '#lib/connections/organization/admin.ts';
import { auditLog } from '#lib/connections/organization/audit.ts';
import { organizationApps, organizationPeople } from '#lib/connections/organization/groups.ts';
import { changePolicy, policyEffect, readPolicy } from '#lib/connections/organization/policy.ts';
import {
  countScope,
  organizationConnection,
  organizationConnections,
  organizationTotals,
} from '#lib/connections/organization/queries.ts';
import { allowAgain, revokeInOrganization } from '#lib/connections/organization/revoke.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { denials } from '#lib/db/schema.ts';
import { handleMcp } from '#lib/mcp/endpoint.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { forgetPermissions } from '#lib/workos/permissions.ts';
import { clientId, type StandIn, startStandIn } from '#tests/integration/authkit/fake-app.ts';
import { connect, refresh, type TokenAnswer } from '#tests/integration/authkit/oauth-client.ts';
import { seedOrganization } from '#tests/support/large-organization.ts';
import { workosRequest } from '#tests/support/local-authkit.ts';
import { mcpMessage } from '#tests/support/mcp-request.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const CLIENT = clientId('desk');
const ACME = 'org_01JADEXAMP1E0RG00000000000';
const GLOBEX = 'org_01JG10BEX00000000000000000';
const admin = { userId: ADA.id, organizationId: ACME, by: 'ada@example.com' };

let standIn: StandIn;
const scheduled: Promise<unknown>[] = [];
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

async function settle(): Promise<void> {
  await flushActivity();
  await Promise.all(scheduled.splice(0));
  await backgroundWork();
}

const consent = (account: string, organization?: string) =>
  connect(standIn.authkit.url, {
    clientId: CLIENT,
    redirectUri: 'http://localhost:50505/callback',
    scope: 'openid profile offline_access',
    resource: standIn.resource,
    account,
    ...(organization !== undefined && { organization }),
  });
const refreshed = (answer: TokenAnswer) => refresh(standIn.authkit.url, CLIENT, answer.refresh_token ?? '');

async function call(answer: TokenAnswer): Promise<number> {
  const { headers, body } = mcpMessage('tools/list');
  const authorization = `Bearer ${answer.access_token}`;
  const request = new Request(standIn.resource, {
    method: 'POST',
    headers: { ...headers, host: new URL(standIn.resource).host, authorization },
    body,
  });
  const response = await handleMcp(request, (task) => {
    scheduled.push(Promise.resolve(task()));
  });
  await response.body?.cancel();
  return response.status === 503 ? call(answer) : response.status;
}

/** The connection of a person in an organization that an admin of it sees. */
async function connectionOf(userId: string, by = admin) {
  await flushActivity();
  const { rows } = await organizationConnections(by, { person: userId });
  return rows.find(({ firstSeen }) => firstSeen !== undefined);
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T12:00:00.600Z') });
  standIn = await startStandIn();
  standIn.documents.set('desk', {
    client_id: CLIENT,
    client_name: 'Desk',
    redirect_uris: ['http://localhost/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
  });
  const authkit = new URL(standIn.authkit.url);
  stubConfiguration({
    APP_URL: standIn.appUrl,
    AUTHKIT_DOMAIN: authkit.origin,
    WORKOS_API_KEY: 'sk_test_local',
    WORKOS_CLIENT_ID: 'client_local',
    WORKOS_API_HOSTNAME: authkit.hostname,
    WORKOS_API_PORT: authkit.port,
    WORKOS_API_HTTPS: 'false',
  });
  await db();
});
beforeEach(() => {
  forgetPermissions();
  pass(120);
});
afterAll(async () => {
  await settle();
  vi.useRealTimers();
  await standIn?.close();
});

test('an admin revokes a connection of a member of two organizations in one of them', async () => {
  const acme = await consent('cleo', 'Acme');
  const globex = await consent('cleo', 'Globex');
  expect([await call(acme), await call(globex)]).toEqual([200, 200]);
  const row = await connectionOf(CLEO.id);
  expect(row).toMatchObject({ state: 'active', person: { email: 'cleo@example.com', isMember: true } });
  const id = row?.id ?? '';

  expect(await revokeInOrganization(admin, { connection: id })).toEqual({ connections: 1, people: 1 });
  expect([await call(acme), await call(globex)]).toEqual([401, 200]);
  pass(60);
  await retryDue(processContext());
  pass(60);
  const [inAcme, inGlobex] = [await refreshed(acme), await refreshed(globex)];
  expect([inAcme.status, inGlobex.status]).toEqual([200, 200]);
  expect([await call(inAcme), await call(inGlobex)]).toEqual([401, 200]);
  expect((await organizationConnection(admin, id))?.state).toBe('revoked');
  expect((await getConnection(CLEO.id, id))?.state).toBe('revoked');

  expect(await allowAgain(admin, id)).toBe(true);
  expect(await call(inAcme)).toBe(200);
  expect((await organizationConnection(admin, id))?.state).toBe('active');
});

test('the grant of a member of one organization is deleted, and a new consent gets in', async () => {
  const first = await consent('ben');
  expect(await call(first)).toBe(200);
  const row = await connectionOf(BEN.id);
  expect(await revokeInOrganization(admin, { app: row?.appKey ?? '' })).toMatchObject({ people: 2 });
  await settle();
  await allowAgain(admin, (await connectionOf(CLEO.id))?.id ?? '');
  pass(60);
  while ((await retryDue(processContext())) > 0);
  expect((await refreshed(first)).status).toBe(400);
  pass(60);
  const again = await consent('ben');
  expect(await call(again)).toBe(200);
  expect(await call(first)).toBe(401);
});

test('revoking a person refuses what no instance has written yet', async () => {
  const unseen = await consent('ada');
  expect(await revokeInOrganization(admin, { person: ADA.id })).toBeDefined();
  expect(await call(unseen)).toBe(401);
  await settle();
});

test('what belongs to another organization does not exist for an admin', async () => {
  const globex = await consent('cleo', 'Globex');
  expect(await call(globex)).toBe(200);
  const owner = { userId: CLEO.id, organizationId: GLOBEX, by: 'cleo@example.com' };
  const found = await getConnectionIn(CLEO.id, decodeJwt(globex.access_token).org_id as string);
  expect(found).toBeDefined();
  const before = await (await db()).select().from(denials);
  for (const scope of [
    { connection: found ?? '' },
    { person: 'user_of_nobody' },
    { app: 'nowhere.example' },
  ]) {
    expect(await revokeInOrganization(admin, scope)).toBeUndefined();
    expect(await countScope(admin, scope)).toEqual({ connections: 0, people: 0 });
  }
  expect(await organizationConnection(admin, found ?? '')).toBeUndefined();
  expect(await allowAgain(admin, found ?? '')).toBe(false);
  const { entries } = await auditLog(admin, { kind: 'calls' });
  expect(entries.filter((entry) => entry.kind === 'call' && entry.connectionId === found)).toEqual([]);
  expect(await (await db()).select().from(denials)).toEqual(before);
  await expect(organizationTotals(owner)).rejects.toThrow(NotAdminError);
});

test('people without the permission, or after they lost it, can do and see nothing', async () => {
  const all = [
    () => organizationTotals(member),
    () => organizationApps(member),
    () => organizationPeople(member),
    () => organizationConnections(member),
    () => organizationConnection(member, 'AAAAAAAAAAAAAAAAAAAAAA'),
    () => countScope(member, { all: true }),
    () => revokeInOrganization(member, { all: true }),
    () => allowAgain(member, 'AAAAAAAAAAAAAAAAAAAAAA'),
    () => auditLog(member),
    () => readPolicy(member),
    () => policyEffect(member, policyOf()),
    () => changePolicy(member, policyOf()),
  ];
  let member: Omit<typeof admin, 'organizationId'> & { organizationId: string | undefined } = {
    userId: BEN.id,
    organizationId: ACME,
    by: 'ben@example.com',
  };
  for (const attempt of all) await expect(attempt()).rejects.toThrow(NotAdminError);
  member = { userId: ADA.id, organizationId: undefined, by: '' };
  for (const attempt of all) await expect(attempt()).rejects.toThrow(NotAdminError);

  const query = `?user_id=${CLEO.id}&organization_id=${ACME}`;
  const path = '/user_management/organization_memberships';
  const { body } = await workosRequest(standIn.authkit.url, 'GET', `${path}${query}`);
  member = { userId: CLEO.id, organizationId: ACME, by: 'cleo@example.com' };
  await organizationTotals(member);
  const role = (slug: string) =>
    workosRequest(standIn.authkit.url, 'PUT', `${path}/${(body.data as { id: string }[])[0]?.id}`, {
      role_slug: slug,
    });
  await role('member');
  pass(61);
  for (const attempt of all) await expect(attempt()).rejects.toThrow(NotAdminError);
  await role('admin');
});

test('the log has the calls of the organization and every act, and nothing of the calls but their facts', async () => {
  await changePolicy({ ...admin, by: `desk for ${ADA.id}` }, policyOf('evil.example'));
  const { entries } = await auditLog(admin, {});
  expect(entries.filter(({ kind }) => kind === 'act')).toMatchObject(
    [
      'changed_policy',
      'revoked_person',
      'allowed_again',
      'revoked_app',
      'allowed_again',
      'revoked_connection',
    ].map((act) => ({ act, by: expect.stringMatching(/^(desk for )?ada@example\.com$/) })),
  );
  const details = entries.flatMap((entry) => (entry.kind === 'act' ? entry.detail : []));
  expect(details.find((detail) => detail.startsWith('client.test of'))).toBe(
    'client.test of cleo@example.com',
  );
  expect(entries.filter(({ kind }) => kind === 'change')).toEqual([]);
  expect(entries.some((entry) => entry.kind === 'call' && entry.email === 'ben@example.com')).toBe(true);
  const pages: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await auditLog(admin, { limit: 2, ...(before && { before }) });
    pages.push(...page.entries.map(({ id }) => id));
    before = page.nextCursor;
    if (before === undefined) break;
  }
  expect(pages).toEqual(entries.map(({ id }) => id));
  const only = await auditLog(admin, { person: 'ben@', outcome: 'denied', client: 'client.test' });
  expect(only.entries.length).toBeGreaterThan(0);
  for (const entry of only.entries)
    expect(entry).toMatchObject({ email: 'ben@example.com', outcome: 'denied' });
  expect(await readPolicy(admin)).toMatchObject({ blockedHosts: ['evil.example'] });
  expect(await policyEffect(admin, policyOf('client.test'))).toMatchObject({
    people: 3,
    refusesInspector: false,
  });
});

test('the log has what members did to their connections, also by a client with the name of an admin', async () => {
  expect(await call(await consent('ben'))).toBe(200);
  const id = (await connectionOf(BEN.id))?.id ?? '';
  // A name that ends as the record of an admin's revocation does.
  const by = `Desk${BY_ADMIN}`;
  await revokeConnection({ userId: BEN.id, connectionId: id, by });
  await settle();
  const changes = async (query: Parameters<typeof auditLog>[1]) =>
    (await auditLog(admin, query)).entries.filter(({ kind }) => kind === 'change');
  const own = { event: 'revoked', email: 'ben@example.com', client: 'client.test', by };
  expect(await changes({ person: 'ben@', client: 'desk' })).toMatchObject([own]);
  expect(await changes({ person: 'cleo@' })).toEqual([]);
  expect(await changes({ client: 'other' })).toEqual([]);
  pass(1);
  await revokeAll(BEN.id, 'ben@example.com');
  await settle();
  expect(await changes({ person: BEN.id })).toMatchObject([{ event: 'revoked', connectionId: '' }, own]);
});

test('a list by state or search has the rows of the whole list that match', async () => {
  const database = await db();
  const { issuer } = processContext();
  await seedOrganization(database, { issuer, organizationId: ACME, connections: 30 });
  // What people did themselves, to clients that no admin revoked.
  await database.execute(sql`
    insert into denials (target, issuer, subject, revoked_at, deletion, regranted_at, next_attempt_at, version)
    select client_key, issuer, subject, '2030-01-01Z', (array['gone', 'pending', 'done', 'done'])[number],
      case when number = 4 then '2030-01-02Z'::timestamptz end, '2040-01-01Z', 1
    from (select *, row_number() over (order by id) as number from connections
          where organization_id = ${ACME} and client_id like 'client\\__') as numbered
    where number <= 4 and id not in (select target from denials)`);
  await database.execute(sql`
    insert into denials (target, issuer, subject, revoked_at, deletion, next_attempt_at, version)
    values ('all:user_1', ${issuer}, 'user_1', '2030-01-01Z', 'done', '2040-01-01Z', 1)`);
  const list = async (query: Parameters<typeof organizationConnections>[1]) =>
    (await organizationConnections(admin, { limit: 100, ...query })).rows;
  const all = await list({});
  for (const state of ['active', 'revoked', 'pending', 'gone'] as const) {
    const expected = all.filter((row) => row.state === state);
    expect(expected.length, state).toBeGreaterThan(0);
    expect(await list({ state })).toEqual(expected);
  }
  expect(all.find(({ person }) => person.userId === 'user_1')?.state).not.toBe('active');

  const ids = (rows: typeof all) => rows.map(({ id }) => id);
  for (const [search, isFound] of [
    ['BEN@exa', ({ person }) => person.userId === BEN.id],
    ['ben member', ({ person }) => person.userId === BEN.id],
    ['Client_2', ({ clientId }) => /client_2\d?$/.test(clientId ?? '')],
    ['app-0.', ({ appKey }) => appKey === 'app-0.example'],
    ['nowhere', () => false],
  ] satisfies [string, (row: (typeof all)[number]) => boolean][]) {
    const expected = all.filter(isFound);
    expect(expected.length > 0, search).toBe(search !== 'nowhere');
    expect(ids(await list({ search }))).toEqual(ids(expected));
    const people = (await organizationPeople(admin, { search, limit: 100 })).rows;
    expect(people.reduce((sum, { connections }) => sum + connections, 0)).toBe(expected.length);
  }
  const first = await organizationConnections(admin, { state: 'active', limit: 5 });
  const next = await list({ state: 'active', ...(first.nextCursor && { cursor: first.nextCursor }) });
  expect([...first.rows, ...next]).toEqual(await list({ state: 'active' }));
});

const policyOf = (...blockedHosts: string[]) => ({
  blockedHosts,
  allowedHosts: [],
  defaults: { readOnly: false, toolsOff: [] },
});

async function getConnectionIn(userId: string, organizationId: string): Promise<string | undefined> {
  await flushActivity();
  const { connectionId } = await import('#lib/connections/identity.ts');
  const id = connectionId({
    issuer: processContext().issuer,
    subject: userId,
    clientId: CLIENT,
    sessionId: undefined,
    organizationId,
  });
  return (await getConnection(userId, id))?.id;
}
