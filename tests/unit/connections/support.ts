import { eq, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect } from 'vitest';
import { activityRow, type CallRecord, seenConnections } from '#lib/connections/activity-rows.ts';
import { writeActivity } from '#lib/connections/activity-write.ts';
import type { Context } from '#lib/connections/context.ts';
import { createContext } from '#lib/connections/process-context.ts';
import { openDatabase } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import * as schema from '#lib/db/schema.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import type { Grant, GrantList } from '#lib/workos/grants.ts';
import { ISSUER } from '#tests/support/caller.ts';

// The log reads its format from the configuration.
process.env.AUTHKIT_DOMAIN ??= 'https://auth.example.com';
process.env.WORKOS_API_KEY ??= 'sk_test';
process.env.WORKOS_CLIENT_ID ??= 'client_test';
process.env.WORKOS_COOKIE_PASSWORD ??= 'correct horse battery staple 0123456789';

export function grantOf(clientId: string, parts: Partial<Grant> = {}): Grant {
  return {
    applicationId: `conn_app_${clientId}`,
    clientId,
    name: clientId,
    grantedScopes: ['openid', 'profile'],
    redirectUris: [],
    dynamicallyRegistered: false,
    firstParty: false,
    resource: undefined,
    ...parts,
  };
}

/** A fake WorkOS: its grants, and whether it answers. */
export class FakeWorkos {
  grants = new Map<string, Grant[]>();
  up = true;
  complete = true;
  asked = 0;
  /** The ids of the deletions asked for. */
  deletions: string[] = [];

  list = async (userId: string): Promise<GrantList> => {
    this.asked++;
    if (!this.up) throw new Error('down');
    return { grants: this.grants.get(userId) ?? [], complete: this.complete };
  };

  delete = async (userId: string, which: string): Promise<'deleted' | 'absent'> => {
    this.deletions.push(which);
    if (!this.up) throw new Error('down');
    const held = this.grants.get(userId) ?? [];
    const kept = held.filter(({ clientId, applicationId }) => clientId !== which && applicationId !== which);
    this.grants.set(userId, kept);
    return kept.length === held.length ? 'absent' : 'deleted';
  };
}

let shared: Promise<Database> | undefined;
let user: string | undefined;

/** An in-memory database that is empty for each test file; tests are isolated by using different people. */
export function testDatabase(): Promise<Database> {
  const { testPath } = expect.getState();
  if (shared === undefined || testPath !== user) {
    user = testPath;
    shared = (shared ?? openDatabase({ kind: 'pglite', directory: 'memory://' }).then(({ db }) => db)).then(
      empty,
    );
  }
  return shared;
}

async function empty(db: Database): Promise<Database> {
  const tables = Object.values(schema).filter((value) => is(value, PgTable));
  await db.execute(sql`truncate ${sql.join(tables, sql`, `)}`);
  return db;
}

/** For `beforeAll`, because opening the database takes seconds. */
export async function openTestDatabase(): Promise<void> {
  await testDatabase();
}

/** An instance of the app on a database, with its own denylist. */
export function instance(
  workos: FakeWorkos,
  parts: { now?: () => Date; database?: () => Promise<Database> } = {},
): Context {
  return createContext({ database: testDatabase, issuer: ISSUER, grants: workos, ...parts });
}

type Seen = Partial<CallRecord> & { caller: Caller };

/** Records these calls as the endpoint does. */
export async function seenMany(app: Context, calls: readonly Seen[]): Promise<void> {
  const batch = calls.map((call) => {
    const record: CallRecord = {
      at: app.now(),
      method: 'tools/call',
      tool: 'identity',
      outcome: 'allowed',
      durationMs: 5,
      ...call,
    };
    return { record, row: activityRow(record) };
  });
  await writeActivity(
    await app.database(),
    batch.map(({ row }) => row),
    seenConnections(batch),
  );
}

/** Records one call of this caller. */
export async function seen(app: Context, caller: Caller, parts: Partial<CallRecord> = {}): Promise<void> {
  await seenMany(app, [{ ...parts, caller }]);
}

/** The recorded events of schema.revocations of a person, oldest first. */
export async function recordedEvents(subject: string): Promise<string[]> {
  const stored = await (await testDatabase())
    .select({ event: schema.revocations.event })
    .from(schema.revocations)
    .where(eq(schema.revocations.subject, subject))
    .orderBy(schema.revocations.id);
  return stored.map(({ event }) => event);
}
