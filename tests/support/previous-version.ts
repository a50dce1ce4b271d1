import { readFileSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { listActivity, toolsCalled } from '#lib/connections/activity-queries.ts';
import type { Context } from '#lib/connections/context.ts';
import { loadDenials } from '#lib/connections/denial-queries.ts';
import { retryDue } from '#lib/connections/grant-deletion.ts';
import { connectionId } from '#lib/connections/identity.ts';
import { createContext } from '#lib/connections/process-context.ts';
import { pruneActivity } from '#lib/connections/prune.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { revocationHistory } from '#lib/connections/revocation-history.ts';
import type { Database } from '#lib/db/database.ts';
import { migrate, needsMigration } from '#lib/db/migrate.ts';
import { MIGRATIONS } from '#lib/db/migrations.ts';
import * as schema from '#lib/db/schema.ts';
import { addLimitCounts } from '#lib/limits/limit-counts.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { FakeWorkos, grantOf, seenMany } from '#tests/unit/connections/support.ts';
import { callerOf, ISSUER } from './caller.ts';

/** A statement with its parameters, as it was sent to the database. */
type Statement = [text: string, parameters: unknown[]];

/** What a version of the code sends to the database, and the newest migration that it knows. */
export type Recording = { migration: string; statements: Statement[] };

const FILE = new URL('../unit/db/previous-version.json', import.meta.url);

/** A database of its own with the schema of this version, and everything that is sent to it. */
export async function recordedDatabase(): Promise<{ client: PGlite; db: Database; sent: Statement[] }> {
  const client = await PGlite.create('memory://');
  await migrate(drizzle(client, { schema }));
  const sent: Statement[] = [];
  const logger = { logQuery: (text: string, parameters: unknown[]) => void sent.push([text, parameters]) };
  return { client, db: drizzle(client, { schema, logger }), sent };
}

export const CLIENT = 'https://client.example.com/metadata.json';

/** Does everything that a running server does with its database, for one person. */
export async function useDatabase(db: Database, subject: string): Promise<Context> {
  const workos = new FakeWorkos();
  workos.grants.set(subject, [grantOf(CLIENT), grantOf('client_other')]);
  const app = createContext({ database: async () => db, issuer: ISSUER, grants: workos });
  const id = connectionId({ issuer: ISSUER, subject, clientId: CLIENT, sessionId: undefined });
  await needsMigration(db);
  const callers = [
    callerOf({ subject, clientId: CLIENT, sessionId: 'session_1' }),
    callerOf({ subject, clientId: undefined, sessionId: 'session_2' }),
  ];
  for (const outcome of ['allowed', 'denied', 'failed'] as const)
    await seenMany(
      app,
      callers.map((caller) => ({ caller, outcome })),
    );
  await loadDenials(db, 0, callers);
  await connectionsOf(subject, app);
  await getConnection(subject, id, app);
  await listActivity(subject, id, { filter: { outcome: 'allowed', tool: 'identity' } }, app);
  await toolsCalled(subject, id, app);
  await revokeConnection({ userId: subject, connectionId: id, by: 'test' }, app);
  workos.up = false;
  await revokeAll(subject, 'test', app);
  await retryDue(app);
  await revocationHistory(subject, id, app);
  await addLimitCounts(db, [{ key: subject, count: 1, msLeft: 60_000 }]);
  await pruneActivity(db, Date.now(), 1);
  return app;
}

export const readRecording = (): Recording => JSON.parse(readFileSync(FILE, 'utf8'));

/** Replaces the recording of the previous version by one of this version. Run it before a migration is added. */
export async function writeRecording(): Promise<void> {
  const { db, sent, client } = await recordedDatabase();
  await useDatabase(db, 'user_previous');
  await client.close();
  const recording: Recording = { migration: MIGRATIONS.at(-1)?.name ?? '', statements: sent };
  writeFileSync(FILE, `${JSON.stringify(recording, null, 1)}\n`);
}
