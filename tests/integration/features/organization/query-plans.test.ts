import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA } from '#dev/authkit/state/people.ts';
import type { Context } from '#lib/connections/context.ts';
import { auditLog } from '#lib/connections/organization/audit.ts';
import { organizationApps, organizationPeople } from '#lib/connections/organization/groups.ts';
import { organizationConnections, organizationTotals } from '#lib/connections/organization/queries.ts';
import { createContext } from '#lib/connections/process-context.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { type StandIn, startStandIn } from '#tests/integration/authkit/fake-app.ts';
import { seedOrganization } from '#tests/support/large-organization.ts';
import { startPostgres, type TestPostgres } from '#tests/support/postgres.ts';
import { type ExplainedDatabase, openExplained, type Plan } from '#tests/support/query-plans.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

const ACME = 'org_01JADEXAMP1E0RG00000000000';
const CONNECTIONS = 2_000;
/** Those of another organization. */
const OTHERS = 20_000;
const PAGE = 25;
const ISSUER = 'https://issuer.example';
const admin = { userId: ADA.id, organizationId: ACME };

let standIn: StandIn;
let postgres: TestPostgres;
let explained: ExplainedDatabase;
let context: Context;

beforeAll(async () => {
  standIn = await startStandIn();
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
  postgres = await startPostgres();
  explained = await openExplained(await postgres.createDatabase());
  const { db } = explained;
  await seedOrganization(db, { issuer: ISSUER, organizationId: 'org_other', connections: OTHERS });
  await seedOrganization(db, { issuer: ISSUER, organizationId: ACME, connections: CONNECTIONS });
  const now = new Date();
  context = createContext({
    database: async () => db,
    issuer: ISSUER,
    // What WorkOS lists is stored below, and not again within a minute.
    now: () => now,
    grants: { list: async () => ({ grants: [], complete: false }), delete: async () => 'absent' },
  });
  await organizationTotals(admin, context);
  await backgroundWork();
});

afterAll(async () => {
  await explained?.close();
  await postgres?.close();
  await standIn?.close();
});

/** Rows read from each table, by all statements. */
function rowsRead(plans: readonly Plan[]): Record<string, number> {
  const read: Record<string, number> = {};
  for (const { table, rows } of plans.flatMap(({ scans }) => scans)) read[table] = (read[table] ?? 0) + rows;
  return read;
}

async function readBy(work: () => Promise<unknown>) {
  const plans = await explained.plansOf(work);
  const read = rowsRead(plans);
  return {
    statements: plans.length,
    connections: read.connections ?? 0,
    denials: read.denials ?? 0,
    activity: read.activity ?? 0,
  };
}

describe('the pages of an organization with 2,000 connections, beside one with 20,000', () => {
  test('the list reads only the connections it shows', async () => {
    const read = await readBy(() => organizationConnections(admin, {}, context));
    expect(read).toMatchObject({ statements: 1, connections: PAGE + 1 });
    expect(read.denials).toBeLessThanOrEqual(2 * (PAGE + 1));
  });

  test.each(['active', 'revoked'] as const)('the list of %s ones ends with the page', async (state) => {
    const read = await readBy(() => organizationConnections(admin, { state }, context));
    // A third are revoked, and each is looked up in three ways.
    expect(read).toMatchObject({ statements: 1 });
    expect(read.connections).toBeLessThanOrEqual(4 * (PAGE + 1));
    expect(read.denials).toBeLessThanOrEqual(10 * (PAGE + 1));
  });

  test.each(['pending', 'gone'] as const)(
    'the list of %s ones reads no connection when no denial is',
    async (state) => {
      const read = await readBy(() => organizationConnections(admin, { state }, context));
      expect(read.connections).toBe(0);
    },
  );

  test.each(['app-1.', 'user_1@', 'nowhere'])('a search of %s reads each connection once', async (search) => {
    const read = await readBy(() => organizationConnections(admin, { search }, context));
    expect(read.connections).toBeLessThanOrEqual(CONNECTIONS);
    expect(read.denials).toBeLessThanOrEqual(2 * (PAGE + 1));
  });

  test.each([
    ['app', organizationApps],
    ['person', organizationPeople],
  ] as const)(
    'by %s: each connection is read once, and then the first active one of each row',
    async (_, page) => {
      const read = await readBy(() => page(admin, {}, context));
      expect(read.statements).toBeLessThanOrEqual(2);
      // A third of the connections are revoked, so the first active one is among the first few.
      expect(read.connections).toBeLessThanOrEqual(CONNECTIONS + 10 * (PAGE + 1));
      expect(read.denials).toBeLessThanOrEqual(20 * (PAGE + 1));
    },
  );

  test('connections are counted in the organization alone', async () => {
    const { connections } = await readBy(() => organizationTotals(admin, context));
    expect(connections).toBe(CONNECTIONS);
  });

  test('the log reads only the calls it shows', async () => {
    const read = await readBy(() => auditLog(admin, {}, context));
    expect(read).toMatchObject({ statements: 3, activity: 51 });
  });

  test.each([
    // Twenty connections with a call each, whose ids are read first.
    ['of a person', { person: 'user_1@' }, 2 * 20],
    ['of an app, denied', { client: 'app-1.', outcome: 'denied' }, 2 * 3],
    ['of a person who is not there', { person: 'nowhere' }, 0],
  ] as const)('the log %s reads only the calls it shows', async (_, query, most) => {
    const { activity } = await readBy(() => auditLog(admin, query, context));
    expect(activity).toBeLessThanOrEqual(most);
  });
});
